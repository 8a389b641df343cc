// SPDX-License-Identifier: MIT
#include "foreset/cli/row_life.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <arrow/array.h>
#include <arrow/array/concatenate.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/type_traits.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "foreset/base/ascii.h"
#include "foreset/cli/output/cell_text.h"
#include "foreset/cli/row_scan.h"
#include "foreset/cli/source_key.h"
#include "foreset/cli/table_argument.h"
#include "foreset/cli/wiring.h"
#include "foreset/model/arrow_types.h"
#include "foreset/sql/engine.h"

namespace foreset::cli {
namespace {

// A life of more events than this shows its first part only.
constexpr std::int64_t kMostRows = 100'000;

// "-12.5e3", but not "1-2", "inf" or a column's name.
bool IsNumber(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && IsDigit(text.back());
}

// The value in SQL, for a column of that type. What is none of its values stays text, which DuckDB
// refuses to convert.
std::string LiteralOf(const std::string& value, const arrow::DataType& type) {
  const bool number = arrow::is_integer(type.id()) || arrow::is_decimal(type.id()) ||
                      arrow::is_floating(type.id()) || type.id() == arrow::Type::BOOL;
  if (number && IsNumber(value)) return value;
  const std::string text = sql::Literal(value);
  const bool bytes = arrow::is_binary_like(type.id()) && !arrow::is_string(type.id());
  return bytes ? fmt::format("from_hex({})", text) : text;
}

class LifeReader {
 public:
  // `stores` outlive it.
  LifeReader(const lake::LakeStores& stores, TableSchema schema,
             const std::vector<std::string>& key)
      : stores_(stores) {
    life_.schema = std::move(schema);
    for (std::size_t i = 0; i < key.size(); ++i) {
      const ColumnSchema& column = life_.schema.columns[life_.schema.key[i]];
      life_.key_columns.push_back(column.name);
      literals_.push_back(LiteralOf(key[i], *ArrowTypeOf(column)));
    }
  }

  // `prefix` comes before each column, as in "after."; `names` are the key's names there.
  std::string Condition(const std::string& prefix, const std::vector<std::string>& names) const {
    std::vector<std::string> tests;
    for (std::size_t i = 0; i < names.size(); ++i) {
      tests.push_back(fmt::format("{}{} = {}", prefix, sql::Quoted(names[i]), literals_[i]));
    }
    return fmt::format("({})", fmt::join(tests, " AND "));
  }

  // Reads the rows for which `where` holds. A table that is not there (yet) leaves no trace.
  Status Read(lake::Layer layer, const std::string& folder, const std::string& where) {
    const auto store = SubStore(stores_[layer], folder);
    const auto snapshot = delta::Snapshot::Load(store);
    if (!snapshot && snapshot.error().kind == ErrorKind::kNotFound) return {};
    if (!snapshot) return std::unexpected(snapshot.error());
    const RowScan scan =
        TRY(RowScan::Prepare(*(*snapshot)->schema(), {.columns = {}, .where = where, .limit = {}}));
    RowTrace trace{.layer = layer, .table = lake::NameOf(layer, folder), .rows = {}};
    RETURN_IF_ERROR(RunLimited(scan, *store, **snapshot, kMostRows,
                               [&](const auto& rows) { return Keep(*rows, trace); }));
    std::ranges::stable_sort(trace.rows, {}, SequenceOf);
    life_.traces.push_back(std::move(trace));
    return {};
  }

  // The key's columns in bronze and history.
  std::vector<std::string> LoggedNames() const {
    std::vector<std::string> names;
    for (const std::size_t column : life_.schema.key) {
      names.push_back(life_.schema.columns[column].InLake());
    }
    return names;
  }
  RowLife Take() { return std::move(life_); }
  const RowLife& life() const { return life_; }

 private:
  static Status Keep(const arrow::RecordBatch& rows, RowTrace& trace) {
    for (std::int64_t row = 0; row < rows.num_rows(); ++row) {
      arrow::ArrayVector columns;
      for (const auto& column : rows.columns()) {
        auto copy = arrow::Concatenate({column->Slice(row, 1)});
        if (!copy.ok()) {
          return Err(ErrorKind::kInternal, ErrorCode::kInternal, copy.status().ToString());
        }
        columns.push_back(*copy);
      }
      trace.rows.push_back(arrow::RecordBatch::Make(rows.schema(), 1, std::move(columns)));
    }
    return {};
  }

  static std::string SequenceOf(const std::shared_ptr<arrow::RecordBatch>& row) {
    const auto sequence = row->GetColumnByName("_seq");
    return sequence == nullptr ? "" : CellText(*sequence, 0);
  }

  const lake::LakeStores& stores_;
  RowLife life_;
  std::vector<std::string> literals_;
};

// The key's names in a dimension; empty when it shows all columns under their own names.
std::vector<std::string> NamesIn(const lake::DimensionSpec& spec,
                                 const std::vector<std::string>& key) {
  std::vector<std::string> names;
  for (const std::string& column : key) {
    const auto it =
        std::ranges::find(spec.columns, column, &std::pair<std::string, std::string>::second);
    names.push_back(it == spec.columns.end() ? column : it->first);
  }
  return names;
}

Result<TableSchema> FindSchema(const std::shared_ptr<ObjectStore>& bronze,
                               const std::shared_ptr<ObjectStore>& silver,
                               const std::string& folder) {
  for (const auto& layer : {silver, bronze}) {
    const auto snapshot = delta::Snapshot::Load(SubStore(layer, folder));
    if (!snapshot) continue;
    if (auto schema = SourceSchemaOf(**snapshot)) return std::move(*schema);
  }
  return Err(ErrorKind::kNotFound, ErrorCode::kTableNotNamed,
             fmt::format("the lake has no table \"{}\"", folder),
             "`foreset table ls silver -c …` lists the tables.");
}

Status CheckKey(const TableSchema& schema, const std::vector<std::string>& key) {
  std::vector<std::string> names;
  for (const std::size_t column : schema.key) names.push_back(schema.columns[column].name);
  if (names.empty()) {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kUsage,
               fmt::format("{} has no key: its rows cannot be told apart", schema.id.ToString()),
               "Look for rows with `foreset table cat … --where`.");
  }
  if (names.size() == key.size()) return {};
  return Err(ErrorKind::kInvalidInput, ErrorCode::kUsage,
             fmt::format("the key of {} is ({}): {} values wanted, {} given", schema.id.ToString(),
                         fmt::join(names, ", "), names.size(), key.size()));
}

}  // namespace

Result<RowLife> ReadRowLife(const Configuration& configuration, const std::string& table,
                            const std::vector<std::string>& key, const Context& context) {
  std::string folder = table;
  const std::size_t slash = folder.find('/');
  if (slash != std::string::npos && lake::LayerNamed(folder.substr(0, slash))) {
    folder.erase(0, slash + 1);
  }
  const lake::Lake lake = TRY(OpenLake(configuration, context));
  TableSchema schema = TRY(FindSchema(lake.stores.bronze, lake.stores.silver, folder));
  RETURN_IF_ERROR(CheckKey(schema, key));
  const auto dimensions = lake.layout.DimensionsOf(schema.id);
  LifeReader reader(lake.stores, std::move(schema), key);
  const std::vector<std::string> names = reader.life().key_columns;
  const std::vector<std::string> logged = reader.LoggedNames();
  const std::string either =
      reader.Condition("after.", logged) + " OR " + reader.Condition("before.", logged);
  RETURN_IF_ERROR(reader.Read(lake::Layer::kBronze, folder, either));
  RETURN_IF_ERROR(reader.Read(lake::Layer::kSilver, folder, reader.Condition("", names)));
  for (const lake::DimensionSpec& spec : dimensions) {
    // A dimension's own names are as they were configured.
    const std::vector<std::string> past = spec.columns.empty() ? logged : NamesIn(spec, names);
    RETURN_IF_ERROR(reader.Read(lake::Layer::kGold, spec.history, reader.Condition("", past)));
    RETURN_IF_ERROR(
        reader.Read(lake::Layer::kGold, spec.current, reader.Condition("", NamesIn(spec, names))));
  }
  return reader.Take();
}

}  // namespace foreset::cli
