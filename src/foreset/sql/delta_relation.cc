// SPDX-License-Identifier: MIT
#include "foreset/sql/delta_relation.h"

#include <string>
#include <utility>

#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "foreset/delta/file_scan.h"

namespace foreset::sql {
namespace {

class FileReader final : public RelationReader {
 public:
  explicit FileReader(std::unique_ptr<delta::FileScan> scan) : scan_(std::move(scan)) {}

  Result<BatchPtr> Next() override {
    auto scanned = TRY(scan_->Next());
    if (!scanned) return nullptr;
    return std::move(scanned->batch);
  }

 private:
  std::unique_ptr<delta::FileScan> scan_;
};

class DeltaRelation final : public Relation {
 public:
  DeltaRelation(std::shared_ptr<ObjectStore> store, std::shared_ptr<const delta::Snapshot> snapshot,
                const KeepFile& keep_file)
      : store_(std::move(store)), snapshot_(std::move(snapshot)) {
    for (const delta::AddFile& file : snapshot_->files()) {
      if (!keep_file || keep_file(file)) files_.push_back(&file);
    }
  }

  const std::shared_ptr<arrow::Schema>& schema() const override { return snapshot_->schema(); }
  std::optional<std::int64_t> rows() const override { return std::nullopt; }
  std::size_t parts() const override { return files_.size(); }

  Result<std::unique_ptr<RelationReader>> Read(std::size_t part,
                                               const std::vector<int>& columns) const override {
    delta::ScanOptions options;
    options.columns.emplace();
    for (const int column : columns) options.columns->push_back(schema()->field(column)->name());
    return std::make_unique<FileReader>(
        TRY(delta::FileScan::Open(*store_, *snapshot_, *files_[part], options)));
  }

 private:
  std::shared_ptr<ObjectStore> store_;
  std::shared_ptr<const delta::Snapshot> snapshot_;
  std::vector<const delta::AddFile*> files_;  // of the snapshot
};

}  // namespace

std::shared_ptr<const Relation> MakeDeltaRelation(std::shared_ptr<ObjectStore> store,
                                                  std::shared_ptr<const delta::Snapshot> snapshot,
                                                  const KeepFile& keep_file) {
  return std::make_shared<DeltaRelation>(std::move(store), std::move(snapshot), keep_file);
}

}  // namespace foreset::sql
