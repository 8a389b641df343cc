// SPDX-License-Identifier: MIT
#include "foreset/batch/keyed_merge.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "foreset/base/errors/batch.h"
#include "foreset/delta/deletion_vector.h"
#include "foreset/delta/file_scan.h"
#include "foreset/lake/lake_columns.h"
#include "foreset/model/arrow_status.h"
#include "foreset/model/table_schema.h"
#include "foreset/sql/relation.h"

namespace foreset::batch {
namespace {

constexpr char kExisting[] = "foreset_existing";
constexpr char kFile[] = "foreset_file";
constexpr char kRow[] = "foreset_row";
using HiddenRows = std::map<std::size_t, delta::DeletionVector>;  // by the file's ordinal

struct MergedFiles {
  std::shared_ptr<ObjectStore> store;
  std::shared_ptr<const delta::Snapshot> snapshot;
  std::vector<delta::AddFile> files;
};

// Some columns and where each row is: kFile (ordinal) and kRow (physical index).
class PlacedReader final : public sql::RelationReader {
 public:
  PlacedReader(const MergedFiles& table, std::size_t file, std::vector<int> columns)
      : table_(table), file_(file), columns_(std::move(columns)) {}

  Status Open(const std::vector<std::string>& names) {
    const delta::ScanOptions options{.columns = names, .keep_file = {}};
    scan_ =
        TRY(delta::FileScan::Open(*table_.store, *table_.snapshot, table_.files[file_], options));
    return {};
  }

  Result<std::shared_ptr<arrow::RecordBatch>> Next() override {
    auto scanned = TRY(scan_->Next());
    if (!scanned) return nullptr;
    arrow::Int64Builder files;
    arrow::Int64Builder rows;
    for (const std::int64_t row : scanned->rows) {
      RETURN_IF_ERROR(FromArrow(files.Append(static_cast<std::int64_t>(file_))));
      RETURN_IF_ERROR(FromArrow(rows.Append(row)));
    }
    arrow::ArrayVector all = scanned->batch->columns();
    all.push_back(TRY(FromArrow(files.Finish())));
    all.push_back(TRY(FromArrow(rows.Finish())));
    arrow::FieldVector fields = scanned->batch->schema()->fields();
    fields.push_back(arrow::field(kFile, arrow::int64()));
    fields.push_back(arrow::field(kRow, arrow::int64()));
    const auto batch = arrow::RecordBatch::Make(arrow::schema(std::move(fields)),
                                                scanned->batch->num_rows(), std::move(all));
    return FromArrow(batch->SelectColumns(columns_));
  }

 private:
  const MergedFiles& table_;
  std::size_t file_;
  std::vector<int> columns_;
  std::unique_ptr<delta::FileScan> scan_;
};

class PlacedRelation final : public sql::Relation {
 public:
  PlacedRelation(MergedFiles table, std::vector<std::string> names)
      : table_(std::move(table)), names_(std::move(names)) {
    arrow::FieldVector fields;
    for (const std::string& name : names_) {
      const auto field = table_.snapshot->schema()->GetFieldByName(name);
      fields.push_back(arrow::field(name, field->type()));
    }
    fields.push_back(arrow::field(kFile, arrow::int64()));
    fields.push_back(arrow::field(kRow, arrow::int64()));
    schema_ = arrow::schema(std::move(fields));
  }

  const std::shared_ptr<arrow::Schema>& schema() const override { return schema_; }
  std::optional<std::int64_t> rows() const override { return std::nullopt; }
  std::size_t parts() const override { return table_.files.size(); }
  Result<std::unique_ptr<sql::RelationReader>> Read(
      std::size_t part, const std::vector<int>& columns) const override {
    auto reader = std::make_unique<PlacedReader>(table_, part, columns);
    RETURN_IF_ERROR(reader->Open(names_));
    return reader;
  }

 private:
  MergedFiles table_;
  std::vector<std::string> names_;
  std::shared_ptr<arrow::Schema> schema_;
};

bool HasField(const arrow::Schema& columns, const std::string& name) {
  return std::ranges::any_of(columns.fields(),
                             [&](const auto& field) { return SameName(field->name(), name); });
}

Result<std::vector<std::string>> KeyOfTable(const DeltaTarget& target, const arrow::Schema& staged,
                                            const std::vector<std::string>& key) {
  std::vector<std::string> names;
  for (const std::string& wanted : key) {
    std::string found;
    for (const auto& field : target.columns()->fields()) {
      if (SameName(field->name(), wanted)) found = field->name();
    }
    if (found.empty() || !HasField(staged, found)) {
      return Err(ErrorKind::kInvalidInput, batch_error::kKeyMissing,
                 fmt::format("the rows have no column \"{}\", which --key names", wanted));
    }
    names.push_back(std::move(found));
  }
  return names;
}

std::string Joined(const std::vector<std::string>& key, const char* separator, const auto& each) {
  std::string text;
  for (const std::string& name : key) {
    text += (text.empty() ? "" : separator) + each(sql::Quoted(name));
  }
  return text;
}

// e and s are the same row by its key.
std::string SameKey(const std::vector<std::string>& key) {
  return Joined(key, " AND ", [](const std::string& name) {
    return fmt::format("e.{0} IS NOT DISTINCT FROM s.{0}", name);
  });
}

Result<HiddenRows> FindRows(sql::Engine& engine, const MergedFiles& table,
                            const std::string& staged, const std::vector<std::string>& key) {
  for (const std::string& name : key) {
    if (table.snapshot->schema()->GetFieldByName(name) == nullptr) {
      return Err(ErrorKind::kInvalidInput, batch_error::kKeyMissing,
                 fmt::format("the table has no column \"{}\", which --key names", name));
    }
  }
  RETURN_IF_ERROR(engine.Register({kExisting}, std::make_shared<PlacedRelation>(table, key)));
  const auto found =
      TRY(engine.Query(fmt::format("SELECT e.{}, e.{} FROM {} e SEMI JOIN {} s ON {}", kFile, kRow,
                                   kExisting, staged, SameKey(key))));
  HiddenRows hidden;
  while (const auto batch = TRY(found->Next())) {
    const auto& files = static_cast<const arrow::Int64Array&>(*batch->column(0));
    const auto& rows = static_cast<const arrow::Int64Array&>(*batch->column(1));
    for (std::int64_t i = 0; i < batch->num_rows(); ++i) {
      hidden[static_cast<std::size_t>(files.Value(i))].Add(
          static_cast<std::uint64_t>(rows.Value(i)));
    }
  }
  return hidden;
}

Status WriteSurvivors(DeltaTarget& target, const MergedFiles& table, const delta::AddFile& file,
                      const delta::DeletionVector& hidden) {
  const auto scan = TRY(delta::FileScan::Open(*table.store, *table.snapshot, file, {}));
  while (const auto scanned = TRY(scan->Next())) {
    std::vector<std::uint32_t> kept;
    for (std::size_t i = 0; i < scanned->rows.size(); ++i) {
      if (!hidden.Contains(static_cast<std::uint64_t>(scanned->rows[i]))) {
        kept.push_back(static_cast<std::uint32_t>(i));
      }
    }
    if (!kept.empty()) {
      RETURN_IF_ERROR(target.Write(*TRY(lake::TakeRows(scanned->batch, kept))));
    }
  }
  return {};
}

// Columns of the table that the staged rows do not have.
std::vector<std::string> LackingColumns(const DeltaTarget& target, const arrow::Schema& staged) {
  std::vector<std::string> lacking;
  for (const auto& field : target.snapshot()->schema()->fields()) {
    if (!HasField(staged, field->name())) lacking.push_back(field->name());
  }
  return lacking;
}

// The last staged row of each key.
std::string LastOfEach(const std::string& staged, const std::vector<std::string>& key) {
  return fmt::format(
      "SELECT * FROM {1} QUALIFY row_number() OVER (PARTITION BY {2} ORDER BY {0} DESC) = 1",
      kOrdinal, staged, Joined(key, ", ", [](const std::string& name) { return name; }));
}

// The same with the values that the table's rows have in columns that are not staged.
Result<std::string> Completed(sql::Engine& engine, const MergedFiles& table,
                              const std::vector<std::string>& key,
                              const std::vector<std::string>& lacking, const std::string& rows) {
  std::vector<std::string> names = key;
  names.insert(names.end(), lacking.begin(), lacking.end());
  RETURN_IF_ERROR(engine.Register({kExisting}, std::make_shared<PlacedRelation>(table, names)));
  return fmt::format(
      "SELECT s.*, {} FROM ({}) s LEFT JOIN (SELECT * FROM {} QUALIFY row_number() OVER (PARTITION "
      "BY {} ORDER BY {} DESC, {} DESC) = 1) e ON {}",
      Joined(lacking, ", ", [](const std::string& name) { return "e." + name; }), rows, kExisting,
      Joined(key, ", ", [](const std::string& name) { return name; }), kFile, kRow, SameKey(key));
}

}  // namespace

Result<Merge> MergeStaged(sql::Engine& engine, DeltaTarget& target, const std::string& staged,
                          const std::vector<std::string>& key, Pace& pace) {
  const auto shown = TRY(engine.Fetch(fmt::format("SELECT * FROM {} LIMIT 0", staged)));
  const std::vector<std::string> names = TRY(KeyOfTable(target, *shown->schema(), key));
  Merge merge;
  std::string last = LastOfEach(staged, names);
  if (target.exists()) {
    MergedFiles table{target.shared_store(), target.snapshot(), {}};
    for (const delta::AddFile& file : target.snapshot()->files()) table.files.push_back(file);
    const HiddenRows hidden = TRY(FindRows(engine, table, staged, names));
    for (const auto& [file, rows] : hidden) {
      RETURN_IF_ERROR(WriteSurvivors(target, table, table.files[file], rows));
      merge.removed.push_back(table.files[file]);
      merge.replaced += rows.cardinality();
    }
    const std::vector<std::string> lacking = LackingColumns(target, *shown->schema());
    if (merge.replaced > 0 && !lacking.empty()) {
      last = TRY(Completed(engine, table, names, lacking, last));
    }
  }
  const auto rows =
      TRY(engine.Query(fmt::format("SELECT * EXCLUDE ({}) FROM ({})", kOrdinal, last)));
  while (const auto batch = TRY(rows->Next())) {
    RETURN_IF_ERROR(target.Write(*batch));
    RETURN_IF_ERROR(pace.Count(batch->num_rows()));
    merge.rows += static_cast<std::uint64_t>(batch->num_rows());
  }
  return merge;
}

}  // namespace foreset::batch
