// SPDX-License-Identifier: MIT
#include "foreset/cli/table/table_diff.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include <arrow/array.h>
#include <arrow/array/concatenate.h>
#include <arrow/array/util.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "foreset/base/hash128.h"
#include "foreset/base/json_writer.h"
#include "foreset/cli/output/cell_text.h"

namespace foreset::cli {
namespace {

constexpr std::int64_t kMostDifferences = 1'000'000;

using Batch = std::shared_ptr<arrow::RecordBatch>;

std::unexpected<Error> ArrowError(const arrow::Status& status) {
  return Err(ErrorKind::kInternal, ErrorCode::kInternal, status.ToString());
}

// The columns of the later version, then those that only the earlier one has.
std::shared_ptr<arrow::Schema> Union(const arrow::Schema& earlier, const arrow::Schema& later) {
  arrow::FieldVector fields;
  for (const auto& field : later.fields()) {
    const auto before = earlier.GetFieldByName(field->name());
    const bool same = before == nullptr || before->type()->Equals(field->type());
    fields.push_back(arrow::field(field->name(), same ? field->type() : arrow::utf8()));
  }
  for (const auto& field : earlier.fields()) {
    if (later.GetFieldByName(field->name()) == nullptr) {
      fields.push_back(arrow::field(field->name(), field->type()));
    }
  }
  return arrow::schema(fields);
}

Result<std::shared_ptr<arrow::Array>> AsText(const arrow::Array& column) {
  arrow::StringBuilder builder;
  for (std::int64_t row = 0; row < column.length(); ++row) {
    const auto status =
        column.IsNull(row) ? builder.AppendNull() : builder.Append(CellText(column, row));
    if (!status.ok()) return ArrowError(status);
  }
  auto text = builder.Finish();
  if (!text.ok()) return ArrowError(text.status());
  return *text;
}

// The batch in the common schema: absent columns NULL, columns of two types as text.
Result<Batch> Conform(const Batch& batch, const std::shared_ptr<arrow::Schema>& schema) {
  arrow::ArrayVector columns;
  for (const auto& field : schema->fields()) {
    auto column = batch->GetColumnByName(field->name());
    if (column == nullptr) {
      auto nulls = arrow::MakeArrayOfNull(field->type(), batch->num_rows());
      if (!nulls.ok()) return ArrowError(nulls.status());
      columns.push_back(*nulls);
    } else if (!column->type()->Equals(field->type())) {
      columns.push_back(TRY(AsText(*column)));
    } else {
      columns.push_back(std::move(column));
    }
  }
  return arrow::RecordBatch::Make(schema, batch->num_rows(), std::move(columns));
}

// The value of some columns of a row as one text that is equal for equal values only.
std::string Content(const arrow::RecordBatch& batch, std::int64_t row,
                    const std::vector<int>& columns) {
  JsonWriter json;
  json.BeginArray();
  for (const int column : columns) WriteCellJson(*batch.column(column), row, json);
  json.EndArray();
  return json.Take();
}

// One row with memory of its own.
Result<Batch> Copy(const arrow::RecordBatch& batch, std::int64_t row) {
  arrow::ArrayVector columns;
  for (const auto& column : batch.columns()) {
    auto copy = arrow::Concatenate({column->Slice(row, 1)});
    if (!copy.ok()) return ArrowError(copy.status());
    columns.push_back(*copy);
  }
  return arrow::RecordBatch::Make(batch.schema(), 1, std::move(columns));
}

struct Side {
  const delta::Snapshot* snapshot;
  RowScan scan;
  std::vector<const delta::AddFile*> files;  // that the other side has not
};

std::vector<const delta::AddFile*> OnlyIn(const delta::Snapshot& in, const delta::Snapshot& other) {
  std::set<delta::FileKey> others;
  for (const delta::AddFile& file : other.files()) others.insert(delta::KeyOf(file));
  std::vector<const delta::AddFile*> files;
  for (const delta::AddFile& file : in.files()) {
    if (!others.contains(delta::KeyOf(file))) files.push_back(&file);
  }
  return files;
}

class Differ {
 public:
  Differ(ObjectStore& store, std::shared_ptr<arrow::Schema> schema) : store_(store) {
    diff_.schema = std::move(schema);
    for (int i = 0; i < diff_.schema->num_fields(); ++i) all_.push_back(i);
  }

  Result<TableDiff> Run(const Side& earlier, const Side& later, std::vector<int> key) {
    key_ = std::move(key);
    RETURN_IF_ERROR(Count(earlier, -1));
    RETURN_IF_ERROR(Count(later, +1));
    std::int64_t differences = 0;
    for (const auto& [hash, count] : counts_) differences += count < 0 ? -count : count;
    if (differences > kMostDifferences) {
      return Err(
          ErrorKind::kUnsupported, ErrorCode::kTooManyDifferences,
          fmt::format("{} rows differ; a diff shows at most {}", differences, kMostDifferences));
    }
    RETURN_IF_ERROR(Collect(earlier, -1));
    RETURN_IF_ERROR(Collect(later, +1));
    Emit();
    return std::move(diff_);
  }

 private:
  using RowSink = std::function<Status(const arrow::RecordBatch&, std::int64_t)>;

  Status EachRow(const Side& side, const RowSink& sink) {
    const auto each = [&](const Batch& scanned) -> Status {
      const Batch batch = TRY(Conform(scanned, diff_.schema));
      for (std::int64_t row = 0; row < batch->num_rows(); ++row) {
        RETURN_IF_ERROR(sink(*batch, row));
      }
      return {};
    };
    for (const delta::AddFile* file : side.files) {
      RETURN_IF_ERROR(side.scan.RunFile(store_, *side.snapshot, *file, each));
    }
    return {};
  }

  Status Count(const Side& side, std::int64_t step) {
    return EachRow(side, [&](const arrow::RecordBatch& batch, std::int64_t row) -> Status {
      const auto it = counts_.try_emplace(HashBytes(Content(batch, row, all_))).first;
      it->second += step;
      if (it->second == 0) counts_.erase(it);
      return {};
    });
  }

  // Keeps the rows that the counts say are this side's surplus.
  Status Collect(const Side& side, std::int64_t step) {
    return EachRow(side, [&](const arrow::RecordBatch& batch, std::int64_t row) -> Status {
      const auto it = counts_.find(HashBytes(Content(batch, row, all_)));
      if (it == counts_.end() || it->second * step <= 0) return {};
      it->second -= step;
      Place(step > 0, TRY(Copy(batch, row)));
      return {};
    });
  }

  // Rows of one key stand together, in the order in which keys first come.
  void Place(bool added, Batch row) {
    std::string key = key_.empty() ? std::to_string(groups_.size()) : Content(*row, 0, key_);
    const auto [it, first] = group_of_.try_emplace(std::move(key), groups_.size());
    if (first) groups_.emplace_back();
    auto& group = groups_[it->second];
    (added ? group.added : group.removed).push_back(std::move(row));
  }

  void Emit() {
    for (Group& group : groups_) {
      const std::size_t pairs =
          key_.empty() ? 0 : std::min(group.removed.size(), group.added.size());
      for (std::size_t i = 0; i < pairs; ++i) {
        diff_.rows.push_back({DiffKind::kChangedFrom, std::move(group.removed[i])});
        diff_.rows.push_back({DiffKind::kChangedTo, std::move(group.added[i])});
      }
      for (std::size_t i = pairs; i < group.removed.size(); ++i) {
        diff_.rows.push_back({DiffKind::kRemoved, std::move(group.removed[i])});
      }
      for (std::size_t i = pairs; i < group.added.size(); ++i) {
        diff_.rows.push_back({DiffKind::kAdded, std::move(group.added[i])});
      }
      diff_.changed += static_cast<std::int64_t>(pairs);
      diff_.removed += static_cast<std::int64_t>(group.removed.size() - pairs);
      diff_.added += static_cast<std::int64_t>(group.added.size() - pairs);
    }
  }

  struct Group {
    std::vector<Batch> removed;
    std::vector<Batch> added;
  };

  ObjectStore& store_;
  TableDiff diff_;
  std::vector<int> all_;
  std::vector<int> key_;
  std::unordered_map<Hash128, std::int64_t> counts_;  // later minus earlier
  std::vector<Group> groups_;
  std::unordered_map<std::string, std::size_t> group_of_;
};

// The query with the columns that this version of the table has.
RowQuery Within(const RowQuery& query, const arrow::Schema& schema, const arrow::Schema& other) {
  RowQuery within = query;
  std::erase_if(within.columns, [&](const std::string& column) {
    return schema.GetFieldByName(column) == nullptr && other.GetFieldByName(column) != nullptr;
  });
  return within;
}

}  // namespace

std::string_view NameOf(DiffKind kind) {
  switch (kind) {
    case DiffKind::kRemoved:
      return "removed";
    case DiffKind::kAdded:
      return "added";
    case DiffKind::kChangedFrom:
      return "changed_from";
    case DiffKind::kChangedTo:
      return "changed_to";
  }
  return "";
}

Result<TableDiff> DiffTable(ObjectStore& store, const delta::Snapshot& earlier,
                            const delta::Snapshot& later, const RowQuery& query,
                            const std::vector<std::string>& key) {
  const arrow::Schema& before = *earlier.schema();
  const arrow::Schema& after = *later.schema();
  const Side from{&earlier, TRY(RowScan::Prepare(before, Within(query, before, after))),
                  OnlyIn(earlier, later)};
  const Side to{&later, TRY(RowScan::Prepare(after, Within(query, after, before))),
                OnlyIn(later, earlier)};
  auto schema = Union(*from.scan.schema(), *to.scan.schema());
  std::vector<int> key_columns;
  for (const std::string& name : key) {
    const int index = schema->GetFieldIndex(name);
    // A key that is not wholly among the columns cannot pair rows.
    if (index < 0) return Differ(store, std::move(schema)).Run(from, to, {});
    key_columns.push_back(index);
  }
  return Differ(store, std::move(schema)).Run(from, to, std::move(key_columns));
}

}  // namespace foreset::cli
