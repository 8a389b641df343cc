// SPDX-License-Identifier: MIT
#include "foreset/lake/column_ids.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <utility>

#include <arrow/type.h>
#include <fmt/format.h>

#include "foreset/delta/schema_json.h"
#include "foreset/delta/table_creation.h"
#include "foreset/lake/lake_columns.h"
#include "foreset/model/table_schema.h"

namespace foreset::lake {
namespace {

constexpr char kMode[] = "delta.columnMapping.mode";
constexpr char kMaxId[] = "delta.columnMapping.maxColumnId";

bool IsPlain(const arrow::Field& field) {
  return delta::IsPlainColumnName(field.name()) &&
         std::ranges::all_of(field.type()->fields(),
                             [](const auto& child) { return IsPlain(*child); });
}

class Numberer {
 public:
  Numberer(std::int64_t max_id, bool keep_names, const std::function<std::string()>& make_id)
      : max_id_(max_id), keep_names_(keep_names), make_id_(make_id) {}

  std::int64_t max_id() const { return max_id_; }

  arrow::FieldVector Number(const arrow::FieldVector& fields, const arrow::FieldVector& existing) {
    arrow::FieldVector numbered;
    for (const auto& field : fields) numbered.push_back(Number(field, existing));
    return numbered;
  }

 private:
  std::shared_ptr<arrow::Field> Number(const std::shared_ptr<arrow::Field>& field,
                                       const arrow::FieldVector& existing) {
    const arrow::Field* old = FindField(existing, field->name());
    auto numbered = field;
    if (field->type()->id() == arrow::Type::STRUCT) {
      arrow::FieldVector inner;
      if (old != nullptr && old->type()->id() == arrow::Type::STRUCT) inner = old->type()->fields();
      numbered = field->WithType(arrow::struct_(Number(field->type()->fields(), inner)));
    }
    if (old != nullptr && delta::ColumnId(*old)) return numbered->WithMetadata(old->metadata());
    const std::string physical =
        old != nullptr && keep_names_ ? field->name() : fmt::format("col-{}", make_id_());
    numbered = delta::WithMetadata(numbered, delta::kColumnIdKey, std::to_string(++max_id_));
    return delta::WithMetadata(numbered, delta::kPhysicalNameKey, fmt::format("\"{}\"", physical));
  }

  std::int64_t max_id_;
  bool keep_names_;
  const std::function<std::string()>& make_id_;
};

}  // namespace

bool HasPlainNames(const arrow::Schema& columns) {
  return std::ranges::all_of(columns.fields(), [](const auto& field) { return IsPlain(*field); });
}

Result<std::shared_ptr<arrow::Schema>> WithColumnIds(const std::shared_ptr<arrow::Schema>& columns,
                                                     const arrow::Schema& existing,
                                                     delta::Metadata& metadata,
                                                     const std::function<std::string()>& make_id) {
  const bool mapped =
      metadata.configuration.contains(kMode) && metadata.configuration.at(kMode) != "none";
  if (!mapped && HasPlainNames(*columns)) return columns;
  std::int64_t max_id = 0;
  if (const auto it = metadata.configuration.find(kMaxId); it != metadata.configuration.end()) {
    std::from_chars(it->second.data(), it->second.data() + it->second.size(), max_id);
  }
  Numberer numberer(max_id, !mapped, make_id);
  auto numbered = arrow::schema(numberer.Number(columns->fields(), existing.fields()));
  if (!mapped) metadata.configuration[kMode] = "name";
  metadata.configuration[kMaxId] = std::to_string(numberer.max_id());
  return numbered;
}

}  // namespace foreset::lake
