// SPDX-License-Identifier: MIT
#include "foreset/batch/keyed_merge.h"

#include <map>
#include <memory>
#include <optional>
#include <utility>

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
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
using HiddenRows = std::map<std::size_t, delta::DeletionVector>;  // by the file's ordinal

struct TableFiles {
  std::shared_ptr<ObjectStore> store;
  std::shared_ptr<const delta::Snapshot> snapshot;
  std::vector<delta::AddFile> files;
};

// Key columns and where each row is: `file` (ordinal) and `row` (physical index).
class KeyReader final : public sql::RelationReader {
 public:
  KeyReader(const TableFiles& table, std::size_t file, std::vector<int> columns)
      : table_(table), file_(file), columns_(std::move(columns)) {}

  Status Open(const std::vector<std::string>& key) {
    const delta::ScanOptions options{.columns = key, .keep_file = {}};
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
    fields.push_back(arrow::field("file", arrow::int64()));
    fields.push_back(arrow::field("row", arrow::int64()));
    const auto batch = arrow::RecordBatch::Make(arrow::schema(std::move(fields)),
                                                scanned->batch->num_rows(), std::move(all));
    return FromArrow(batch->SelectColumns(columns_));
  }

 private:
  const TableFiles& table_;
  std::size_t file_;
  std::vector<int> columns_;
  std::unique_ptr<delta::FileScan> scan_;
};

class KeyRelation final : public sql::Relation {
 public:
  KeyRelation(TableFiles table, std::vector<std::string> key)
      : table_(std::move(table)), key_(std::move(key)) {
    arrow::FieldVector fields;
    for (const std::string& name : key_) {
      const auto field = table_.snapshot->schema()->GetFieldByName(name);
      fields.push_back(arrow::field(name, field->type()));
    }
    fields.push_back(arrow::field("file", arrow::int64()));
    fields.push_back(arrow::field("row", arrow::int64()));
    schema_ = arrow::schema(std::move(fields));
  }

  const std::shared_ptr<arrow::Schema>& schema() const override { return schema_; }
  std::optional<std::int64_t> rows() const override { return std::nullopt; }
  std::size_t parts() const override { return table_.files.size(); }
  Result<std::unique_ptr<sql::RelationReader>> Read(
      std::size_t part, const std::vector<int>& columns) const override {
    auto reader = std::make_unique<KeyReader>(table_, part, columns);
    RETURN_IF_ERROR(reader->Open(key_));
    return reader;
  }

 private:
  TableFiles table_;
  std::vector<std::string> key_;
  std::shared_ptr<arrow::Schema> schema_;
};

Result<std::vector<std::string>> KeyOfTable(const DeltaTarget& target,
                                            const std::vector<std::string>& key) {
  std::vector<std::string> names;
  for (const std::string& wanted : key) {
    std::string found;
    for (const auto& field : target.columns()->fields()) {
      if (SameName(field->name(), wanted)) found = field->name();
    }
    if (found.empty()) {
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

Result<HiddenRows> FindRows(sql::Engine& engine, const TableFiles& table, const std::string& staged,
                            const std::vector<std::string>& key) {
  for (const std::string& name : key) {
    if (table.snapshot->schema()->GetFieldByName(name) == nullptr) {
      return Err(ErrorKind::kInvalidInput, batch_error::kKeyMissing,
                 fmt::format("the table has no column \"{}\", which --key names", name));
    }
  }
  RETURN_IF_ERROR(engine.Register({kExisting}, std::make_shared<KeyRelation>(table, key)));
  const auto found =
      TRY(engine.Query(fmt::format("SELECT e.file, e.row FROM {} e SEMI JOIN {} s ON {}", kExisting,
                                   staged, Joined(key, " AND ", [](const std::string& name) {
                                     return fmt::format("e.{0} IS NOT DISTINCT FROM s.{0}", name);
                                   }))));
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

Status WriteSurvivors(DeltaTarget& target, const TableFiles& table, const delta::AddFile& file,
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

}  // namespace

Result<Merge> MergeStaged(sql::Engine& engine, DeltaTarget& target, const std::string& staged,
                          const std::vector<std::string>& key, Pace& pace) {
  const std::vector<std::string> names = TRY(KeyOfTable(target, key));
  Merge merge;
  if (target.exists()) {
    TableFiles table{target.shared_store(), target.snapshot(), {}};
    for (const delta::AddFile& file : target.snapshot()->files()) table.files.push_back(file);
    const HiddenRows hidden = TRY(FindRows(engine, table, staged, names));
    for (const auto& [file, rows] : hidden) {
      RETURN_IF_ERROR(WriteSurvivors(target, table, table.files[file], rows));
      merge.removed.push_back(table.files[file]);
      merge.replaced += rows.cardinality();
    }
  }
  const auto rows = TRY(engine.Query(fmt::format(
      "SELECT * EXCLUDE ({0}) FROM {1} QUALIFY row_number() OVER (PARTITION BY {2} ORDER BY {0} "
      "DESC) = 1",
      kOrdinal, staged, Joined(names, ", ", [](const std::string& name) { return name; }))));
  while (const auto batch = TRY(rows->Next())) {
    RETURN_IF_ERROR(target.Write(*batch));
    RETURN_IF_ERROR(pace.Count(batch->num_rows()));
    merge.rows += static_cast<std::uint64_t>(batch->num_rows());
  }
  return merge;
}

}  // namespace foreset::batch
