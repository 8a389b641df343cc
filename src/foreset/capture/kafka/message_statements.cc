// SPDX-License-Identifier: MIT
#include "foreset/capture/kafka/message_statements.h"

#include <memory>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "foreset/capture/debezium/connect_schema.h"
#include "foreset/capture/debezium/schema_difference.h"

namespace foreset::kafka {
namespace {

std::vector<std::string> KeyOf(const TableSchema& schema) {
  std::vector<std::string> names;
  for (const std::size_t column : schema.key) names.push_back(schema.columns[column].name);
  return names;
}

SchemaChange ChangeBy(const debezium::Message& message, const TableId& table, Sequence at) {
  SchemaChange change;
  change.table = table;
  change.sequence = at;
  change.committed_at = message.source.committed_at;
  return change;
}

// What existing rows get of a column with a default is not told as the server shows it.
void CheckDefaults(const debezium::ConnectSchema& fields, SchemaChange& change) {
  for (const ColumnChange& column : change.columns) {
    const auto* added = std::get_if<ColumnAdded>(&column);
    if (added == nullptr || change.cannot_follow) continue;
    const debezium::ConnectField* field = fields.Find(added->name);
    if (field == nullptr || !field->has_default) continue;
    change.cannot_follow =
        NotFollowed(fmt::format("column {} was added with a default, and messages do not tell what "
                                "existing rows get",
                                added->name));
  }
}

}  // namespace

SchemaChange BeginsWith(const TableOrigin& origin, const debezium::Message& message) {
  SchemaChange created = ChangeBy(message, origin.schema->id, origin.since);
  created.kind = SchemaChangeKind::kCreate;
  created.after = origin.schema;
  return created;
}

std::optional<SchemaChange> ToldBy(const debezium::Message& message, Sequence at,
                                   const TableSchema& now, const TableSchema& described) {
  if (debezium::SameColumns(now, described) && KeyOf(now) == KeyOf(described)) return std::nullopt;
  SchemaChange change = ChangeBy(message, now.id, at);
  change.gtid = message.source.gtid;
  change = debezium::DifferenceOf(now, described, std::move(change));
  CheckDefaults(*message.connect, change);
  return change;
}

std::optional<ColumnsLeftOut> LeftOutBy(const debezium::Message& message, Sequence at,
                                        const TableSchema& now) {
  ColumnsLeftOut left{
      .change = ChangeBy(message, now.id, at),
      .columns = debezium::LeftOut(now, message.after.empty() ? message.before : message.after)};
  if (left.columns.empty()) return std::nullopt;
  TableSchema rest = debezium::Without(now, left.columns);
  rest.version = rest.version.Next();
  left.change.after = std::make_shared<const TableSchema>(std::move(rest));
  for (const std::string& column : left.columns) {
    left.change.columns.emplace_back(ColumnDropped{column});
  }
  return left;
}

}  // namespace foreset::kafka
