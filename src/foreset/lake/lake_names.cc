// SPDX-License-Identifier: MIT
#include "foreset/lake/lake_names.h"

#include <algorithm>
#include <utility>
#include <variant>

#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "foreset/base/json_writer.h"
#include "foreset/delta/schema_json.h"
#include "foreset/lake/lake_columns.h"

namespace foreset::lake {
namespace {

// On a column whose name is not the source's: which column of the source it was.
constexpr std::string_view kOwnerKey = "foreset.column";

std::string Quoted(const std::string& text) {
  JsonWriter json;
  json.String(text);
  return json.Take();
}

bool BelongsTo(const arrow::Field& field, const std::string& column) {
  return SameName(delta::TextMetadata(field, kOwnerKey).value_or(field.name()), column);
}

// The statement brought the column, or gave it this name: what the name meant before is another.
bool IsNewName(const TableSchema& before, const SchemaChange& change, const std::string& name) {
  if (change.kind != SchemaChangeKind::kAlter || !before.FindColumn(name)) return true;
  return std::ranges::any_of(change.columns, [&](const ColumnChange& column) {
    if (const auto* added = std::get_if<ColumnAdded>(&column)) return SameName(added->name, name);
    const auto* renamed = std::get_if<ColumnRenamed>(&column);
    return renamed != nullptr && SameName(renamed->to, name) && !SameName(renamed->from, name);
  });
}

// The first of the column's names that is its own and of its type, or that nobody has.
std::string NameFor(const arrow::FieldVector& existing, const TableSchema& after,
                    const ColumnSchema& column, DateTimeAs datetime) {
  const auto type = ArrowTypeOf(column, datetime);
  std::string name = column.name;
  for (int n = 2;; ++n) {
    if (const arrow::Field* field = FindField(existing, name)) {
      if (BelongsTo(*field, column.name) && field->type()->Equals(*type)) return field->name();
    } else if (SameName(name, column.name) || !after.FindColumn(name)) {
      return name;
    }
    name = fmt::format("{}__{}", column.name, n);
  }
}

}  // namespace

TableSchema NameColumns(const arrow::FieldVector& existing, const TableSchema& before,
                        const SchemaChange& change, DateTimeAs datetime) {
  TableSchema after = *change.after;
  for (ColumnSchema& column : after.columns) {
    const std::string name = IsNewName(before, change, column.name)
                                 ? NameFor(existing, after, column, datetime)
                                 : before.columns[*before.FindColumn(column.name)].InLake();
    column.lake_name.text = name == column.name ? "" : name;
  }
  return after;
}

TableSchema WithoutLakeNames(TableSchema schema) {
  for (ColumnSchema& column : schema.columns) column.lake_name.text.clear();
  return schema;
}

arrow::FieldVector LakeFields(const TableSchema& schema, DateTimeAs datetime) {
  arrow::FieldVector fields = ArrowSchemaOf(schema, datetime)->fields();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const ColumnSchema& column = schema.columns[i];
    if (column.InLake() == column.name) continue;
    fields[i] =
        delta::WithMetadata(fields[i]->WithName(column.InLake()), kOwnerKey, Quoted(column.name));
  }
  return fields;
}

Result<std::shared_ptr<arrow::RecordBatch>> ByLakeNames(const arrow::RecordBatch& rows,
                                                        const TableSchema& schema) {
  arrow::FieldVector fields = rows.schema()->fields();
  if (fields.size() != schema.columns.size()) {
    return Err(ErrorKind::kInternal, ErrorCode::kInternal,
               fmt::format("rows of {} columns for {}, which has {}", fields.size(),
                           schema.id.ToString(), schema.columns.size()));
  }
  for (std::size_t i = 0; i < fields.size(); ++i) {
    fields[i] = fields[i]->WithName(schema.columns[i].InLake());
  }
  return MakeBatch(arrow::schema(std::move(fields)), rows.num_rows(), rows.columns());
}

}  // namespace foreset::lake
