// SPDX-License-Identifier: MIT
#include "foreset/sql/file_pruning.h"

#include <memory>
#include <set>
#include <string>
#include <utility>

#include <arrow/array/builder_binary.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "foreset/delta/schema_json.h"

namespace foreset::sql {
namespace {

constexpr const char* kView = "foreset_file_statistics";
// Digits that a statistics' JSON number keeps through a double.
constexpr int kExactDigits = 15;

// The SQL type in which statistics of the column compare as its values do; empty: they do not.
std::string ComparableType(const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::INT8:
    case arrow::Type::INT16:
    case arrow::Type::INT32:
    case arrow::Type::INT64:
      return "BIGINT";
    case arrow::Type::STRING:
      return "VARCHAR";
    case arrow::Type::DATE32:
      return "DATE";
    case arrow::Type::TIMESTAMP:
      return static_cast<const arrow::TimestampType&>(type).timezone().empty()
                 ? "TIMESTAMP"
                 : "TIMESTAMP WITH TIME ZONE";
    case arrow::Type::DECIMAL128: {
      const auto& decimal = static_cast<const arrow::Decimal128Type&>(type);
      if (decimal.precision() > kExactDigits) return "";
      return fmt::format("DECIMAL({},{})", decimal.precision(), decimal.scale());
    }
    default:
      return "";
  }
}

// NULL where there is no such statistic.
std::string Statistic(const char* bound, std::string_view column, const std::string& type) {
  std::string key;
  for (const char c : column) key += c == '"' ? std::string("\\\"") : std::string(1, c);
  const std::string path = fmt::format("$.{}.\"{}\"", bound, key);
  return fmt::format("TRY_CAST(stats ->> {} AS {})", Literal(path), type);
}

// What holds for the file when a row within the bound may be there. Times are cut to milliseconds
// by writers, the largest too.
std::string MayHold(const ColumnBound& bound, const arrow::Field& field, const std::string& type) {
  const std::string column = delta::PhysicalName(field);
  const std::string low = Statistic("minValues", column, type);
  std::string high = Statistic("maxValues", column, type);
  if (field.type()->id() == arrow::Type::TIMESTAMP) high += " + INTERVAL 1 MILLISECOND";
  const std::string value = fmt::format("CAST({} AS {})", Literal(bound.literal), type);
  const auto holds = [&](const std::string& statistic, std::string_view sign) {
    return fmt::format("coalesce({} {} {}, true)", statistic, sign, value);
  };
  if (bound.comparison.starts_with('<')) return holds(low, bound.comparison);
  if (bound.comparison.starts_with('>')) return holds(high, bound.comparison);
  return holds(low, "<=") + " AND " + holds(high, ">=");
}

std::string ConditionOf(const delta::Snapshot& snapshot, const std::vector<ColumnBound>& bounds) {
  std::string condition;
  for (const ColumnBound& bound : bounds) {
    const auto field = snapshot.schema()->GetFieldByName(bound.column);
    const std::string type = field == nullptr ? "" : ComparableType(*field->type());
    if (type.empty()) continue;
    condition += (condition.empty() ? "" : " AND ") + MayHold(bound, *field, type);
  }
  return condition;
}

std::shared_ptr<arrow::RecordBatch> StatisticsOf(const std::vector<const delta::AddFile*>& files) {
  arrow::Int64Builder places;
  arrow::StringBuilder stats;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const bool has = files[i]->stats_json.has_value();
    if (!places.Append(static_cast<std::int64_t>(i)).ok()) return nullptr;
    if (!(has ? stats.Append(*files[i]->stats_json) : stats.AppendNull()).ok()) return nullptr;
  }
  const auto schema =
      arrow::schema({arrow::field("place", arrow::int64()), arrow::field("stats", arrow::utf8())});
  auto place = places.Finish();
  auto stat = stats.Finish();
  if (!place.ok() || !stat.ok()) return nullptr;
  return arrow::RecordBatch::Make(schema, static_cast<std::int64_t>(files.size()),
                                  {*std::move(place), *std::move(stat)});
}

}  // namespace

Result<KeepFile> PruneFiles(Engine& engine, const delta::Snapshot& snapshot,
                            const std::vector<ColumnBound>& bounds, std::size_t& pruned) {
  pruned = 0;
  const std::string condition = ConditionOf(snapshot, bounds);
  std::vector<const delta::AddFile*> files;
  for (const delta::AddFile& file : snapshot.files()) files.push_back(&file);
  if (condition.empty() || files.size() < 2) return KeepFile();
  const auto batch = StatisticsOf(files);
  if (batch == nullptr) return KeepFile();
  RETURN_IF_ERROR(engine.Register({"main", kView}, MakeBatchRelation(batch->schema(), {batch})));
  const auto places =
      TRY(engine.Fetch(fmt::format("SELECT place FROM main.{} WHERE NOT ({})", kView, condition)));
  auto dropped = std::make_shared<std::set<const delta::AddFile*>>();
  for (std::int64_t row = 0; row < places->num_rows(); ++row) {
    const auto place = places->column(0)->GetScalar(row).ValueOrDie();
    const auto index = static_cast<const arrow::Int64Scalar&>(*place).value;
    dropped->insert(files[static_cast<std::size_t>(index)]);
  }
  pruned = dropped->size();
  return KeepFile([dropped](const delta::AddFile& file) { return !dropped->contains(&file); });
}

}  // namespace foreset::sql
