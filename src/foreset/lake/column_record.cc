// SPDX-License-Identifier: MIT
#include "foreset/lake/column_record.h"

#include <algorithm>
#include <utility>

#include <arrow/type.h>
#include <fmt/format.h>
#include <simdjson.h>

#include "foreset/base/errors/lake.h"
#include "foreset/base/json_writer.h"
#include "foreset/delta/schema_json.h"

namespace foreset::lake {
namespace {

std::unexpected<Error> Foreign(std::string what) {
  return Err(ErrorKind::kInvalidInput, lake_error::kForeignColumns, std::move(what));
}

const std::shared_ptr<arrow::Field>* FindExact(const arrow::FieldVector& fields,
                                               const std::string& name) {
  const auto found =
      std::ranges::find_if(fields, [&](const auto& field) { return field->name() == name; });
  return found == fields.end() ? nullptr : &*found;
}

// `within` is "" or "after.".
Result<arrow::FieldVector> Ordered(const arrow::FieldVector& written, const arrow::FieldVector& now,
                                   const std::string& within) {
  arrow::FieldVector ordered;
  for (const auto& field : written) {
    const std::string name = within + field->name();
    const auto* there = FindExact(now, field->name());
    if (there == nullptr) return Foreign(fmt::format("column '{}' is gone", name));
    const bool both_structs =
        field->type()->id() == arrow::Type::STRUCT && (*there)->type()->id() == arrow::Type::STRUCT;
    if (both_structs) {
      auto inner = TRY(Ordered(field->type()->fields(), (*there)->type()->fields(), name + "."));
      ordered.push_back((*there)->WithType(arrow::struct_(inner)));
    } else if (field->type()->Equals(*(*there)->type())) {
      ordered.push_back(*there);
    } else {
      return Foreign(fmt::format("column '{}' is {}, it was {}", name, (*there)->type()->ToString(),
                                 field->type()->ToString()));
    }
  }
  for (const auto& field : now) {
    if (FindExact(written, field->name()) == nullptr) {
      return Foreign(fmt::format("column '{}{}' was added", within, field->name()));
    }
  }
  return ordered;
}

std::unexpected<Error> DamagedColumns() {
  return Err(ErrorKind::kCorruption, ErrorCode::kProgressDamaged,
             "the record of the table's columns is not in its form");
}

}  // namespace

Result<std::string> ToJson(const ColumnRecord& record) {
  JsonWriter json;
  json.BeginObject().Member("schema", record.schema.value());
  json.Key("columns").Raw(TRY(delta::SchemaToJson(*record.columns)));
  json.EndObject();
  return json.Take();
}

Result<ColumnRecord> ColumnRecordFromJson(std::string_view text) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  std::int64_t schema = 0;
  simdjson::dom::object columns;
  if (parser.parse(text.data(), text.size()).get(root) != simdjson::SUCCESS ||
      root["schema"].get(schema) != simdjson::SUCCESS ||
      root["columns"].get(columns) != simdjson::SUCCESS) {
    return DamagedColumns();
  }
  return ColumnRecord{SchemaVersion(schema), TRY(delta::SchemaFromJson(simdjson::minify(columns)))};
}

Result<std::shared_ptr<arrow::Schema>> InOrderOf(const arrow::Schema& written,
                                                 const arrow::Schema& now) {
  return arrow::schema(TRY(Ordered(written.fields(), now.fields(), "")), now.metadata());
}

}  // namespace foreset::lake
