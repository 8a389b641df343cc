// SPDX-License-Identifier: MIT
#include "foreset/delta/table_creation.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <arrow/type.h>
#include <fmt/format.h>

#include "foreset/base/json_writer.h"
#include "foreset/delta/schema_json.h"

namespace foreset::delta {
namespace {

constexpr std::string_view kForbiddenInNames = " ,;{}()\n\t=";

bool HoldsWallClock(const arrow::DataType& type) {
  if (type.id() == arrow::Type::TIMESTAMP) {
    return static_cast<const arrow::TimestampType&>(type).timezone().empty();
  }
  return std::ranges::any_of(type.fields(),
                             [](const auto& field) { return HoldsWallClock(*field->type()); });
}

// Delta's own engine takes such columns for invariants.
bool HoldsNotNull(const arrow::FieldVector& fields) {
  return std::ranges::any_of(fields, [](const auto& field) {
    const bool nested = field->type()->id() == arrow::Type::STRUCT;
    return !field->nullable() || (nested && HoldsNotNull(field->type()->fields()));
  });
}

// The first name that needs column mapping, also of nested columns; empty when there is none.
std::string FindForbiddenName(const arrow::FieldVector& fields) {
  for (const auto& field : fields) {
    if (!IsPlainColumnName(field->name())) return field->name();
    std::string nested = FindForbiddenName(field->type()->fields());
    if (!nested.empty()) return nested;
  }
  return {};
}

// Numbers the columns, parents before their children ("Column Mapping").
class ColumnNumbering {
 public:
  explicit ColumnNumbering(const std::function<std::string()>& make_id) : make_id_(make_id) {}

  arrow::FieldVector MapFields(const arrow::FieldVector& fields) {
    arrow::FieldVector mapped;
    for (const auto& field : fields) {
      const std::int64_t id = ++last_id_;
      auto numbered = WithMetadata(field, kColumnIdKey, fmt::format("{}", id));
      numbered =
          WithMetadata(numbered, kPhysicalNameKey, JsonWriter().String("col-" + make_id_()).Take());
      mapped.push_back(numbered->WithType(MapType(field->type())));
    }
    return mapped;
  }
  std::int64_t last_id() const { return last_id_; }

 private:
  // Only members of structs are columns; elements, keys and values are not.
  std::shared_ptr<arrow::DataType> MapType(const std::shared_ptr<arrow::DataType>& type) {
    switch (type->id()) {
      case arrow::Type::STRUCT:
        return arrow::struct_(MapFields(type->fields()));
      case arrow::Type::LIST:
        return arrow::list(type->field(0)->WithType(MapType(type->field(0)->type())));
      case arrow::Type::MAP: {
        const auto& map = static_cast<const arrow::MapType&>(*type);
        return std::make_shared<arrow::MapType>(
            map.key_field()->WithType(MapType(map.key_type())),
            map.item_field()->WithType(MapType(map.item_type())));
      }
      default:
        return type;
    }
  }

  const std::function<std::string()>& make_id_;
  std::int64_t last_id_ = 0;
};

using Features = std::optional<std::vector<std::string>>;

void AddMissing(Features& features, const Features& more) {
  if (!more) return;
  if (!features) features.emplace();
  for (const std::string& feature : *more) {
    if (std::ranges::find(*features, feature) == features->end()) features->push_back(feature);
  }
}

// What writers of that version must know without being told ("Writer Version Requirements").
Features ImpliedOfWriters(int version) {
  Features implied;
  if (version >= 2 && version < 7) implied = {"appendOnly", "invariants"};
  if (version >= 3 && version < 7) AddMissing(implied, Features({"checkConstraints"}));
  if (version >= 4 && version < 7) {
    AddMissing(implied, Features({"changeDataFeed", "generatedColumns"}));
  }
  if (version >= 5 && version < 7) AddMissing(implied, Features({"columnMapping"}));
  if (version == 6) AddMissing(implied, Features({"identityColumns"}));
  return implied;
}

}  // namespace

Protocol JoinProtocols(Protocol has, const Protocol& needs) {
  if (has.min_writer_version < needs.min_writer_version) {
    AddMissing(has.writer_features, ImpliedOfWriters(has.min_writer_version));
  }
  if (has.min_reader_version == 2 && needs.min_reader_version > 2) {
    AddMissing(has.reader_features, Features({"columnMapping"}));
  }
  has.min_reader_version = std::max(has.min_reader_version, needs.min_reader_version);
  has.min_writer_version = std::max(has.min_writer_version, needs.min_writer_version);
  AddMissing(has.reader_features, needs.reader_features);
  AddMissing(has.writer_features, needs.writer_features);
  return has;
}

bool IsPlainColumnName(const std::string& name) {
  return name.find_first_of(kForbiddenInNames) == std::string::npos;
}

Protocol ProtocolFor(const arrow::Schema& schema, const TableWish& wish) {
  std::vector<std::string> of_readers;
  if (wish.column_mapping) of_readers.emplace_back("columnMapping");
  if (wish.deletion_vectors) of_readers.emplace_back("deletionVectors");
  const bool wall_clock = std::ranges::any_of(
      schema.fields(), [](const auto& field) { return HoldsWallClock(*field->type()); });
  if (wall_clock) of_readers.emplace_back("timestampNtz");
  // What readers must know, writers must list too.
  std::vector<std::string> of_writers = of_readers;
  if (wish.append_only) of_writers.emplace_back("appendOnly");
  of_writers.emplace_back("domainMetadata");
  if (wish.in_commit_timestamps) of_writers.emplace_back("inCommitTimestamp");
  if (HoldsNotNull(schema.fields())) of_writers.emplace_back("invariants");

  Protocol protocol{.min_reader_version = 1, .min_writer_version = 7};
  protocol.writer_features = std::move(of_writers);
  if (!of_readers.empty()) {
    protocol.min_reader_version = 3;
    protocol.reader_features = std::move(of_readers);
  }
  return protocol;
}

Result<TableDefinition> DefineTable(const arrow::Schema& schema, const TableWish& wish,
                                    const std::function<std::string()>& make_id, Timestamp now) {
  TableDefinition table{.protocol = ProtocolFor(schema, wish), .metadata = {}};
  Metadata& metadata = table.metadata;
  metadata.id = make_id();
  if (!wish.name.empty()) metadata.name = wish.name;
  metadata.created_time_ms = now.value() / 1000;
  metadata.configuration = wish.properties;
  if (wish.deletion_vectors) metadata.configuration["delta.enableDeletionVectors"] = "true";
  if (wish.in_commit_timestamps) metadata.configuration["delta.enableInCommitTimestamps"] = "true";
  if (wish.append_only) metadata.configuration["delta.appendOnly"] = "true";
  if (wish.column_mapping) {
    ColumnNumbering numbering(make_id);
    const arrow::FieldVector mapped = numbering.MapFields(schema.fields());
    metadata.schema_json = TRY(SchemaToJson(*arrow::schema(mapped)));
    metadata.configuration["delta.columnMapping.mode"] = "name";
    metadata.configuration["delta.columnMapping.maxColumnId"] =
        fmt::format("{}", numbering.last_id());
    return table;
  }
  const std::string name = wish.any_names ? "" : FindForbiddenName(schema.fields());
  if (!name.empty()) {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kDeltaUnsupported,
               fmt::format("the column name '{}' needs column mapping", name));
  }
  metadata.schema_json = TRY(SchemaToJson(schema));
  return table;
}

}  // namespace foreset::delta
