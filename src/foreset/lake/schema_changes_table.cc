// SPDX-License-Identifier: MIT
#include "foreset/lake/schema_changes_table.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/util/checked_cast.h>

#include "foreset/delta/table_scan.h"
#include "foreset/lake/file_stats.h"
#include "foreset/lake/row_builder.h"
#include "foreset/model/table_schema_json.h"

namespace foreset::lake {
namespace {

constexpr char kTableName[] = "_schema_changes";
constexpr std::array<std::string_view, 4> kKinds = {"create", "alter", "drop", "replace"};

enum Column : int {
  kSeq,
  kSourceTs,
  kGtid,
  kDatabase,
  kTable,
  kKind,
  kDdl,
  kSchema,
  kVersion,
  kColumns,
  kCannotFollow,
};

std::shared_ptr<arrow::Schema> Columns() {
  return arrow::schema(
      {arrow::field("_seq", arrow::utf8()), arrow::field("_source_ts", LakeTimeType()),
       arrow::field("_gtid", arrow::utf8()), arrow::field("database", arrow::utf8()),
       arrow::field("table", arrow::utf8()), arrow::field("kind", arrow::utf8()),
       arrow::field("ddl", arrow::utf8()), arrow::field("schema", arrow::utf8()),
       arrow::field("version", arrow::int64()), arrow::field("columns", arrow::utf8()),
       arrow::field("cannot_follow", arrow::utf8())});
}

void Write(RowBuilder& rows, const SchemaChange& change) {
  rows.Text(kSeq, change.sequence.ToString());
  rows.Time(kSourceTs, change.committed_at);
  rows.Text(kGtid, change.gtid);
  rows.Text(kDatabase, change.table.database);
  rows.Text(kTable, change.table.table);
  rows.Text(kKind, kKinds[static_cast<std::size_t>(change.kind)]);
  rows.Text(kDdl, change.ddl);
  if (change.after != nullptr) {
    rows.Text(kSchema, ToJson(*change.after));
    rows.Long(kVersion, change.after->version.value());
  }
  rows.Text(kColumns, ToJson(change.columns));
  if (change.cannot_follow) rows.Text(kCannotFollow, change.cannot_follow->ToString());
  rows.EndRow();
}

// "E5104: message". Rows of older programs have the message alone.
Error ParseReason(std::string_view text) {
  constexpr std::size_t kDigits = 4;
  std::uint16_t number = 0;
  if (text.starts_with('E') && text.substr(1 + kDigits).starts_with(": ")) {
    std::from_chars(text.data() + 1, text.data() + 1 + kDigits, number);
  }
  const ErrorPage* page = FindErrorPage(number);
  if (page == nullptr) return NotFollowed(std::string(text));
  return {ErrorKind::kInvalidInput, page->code, std::string(text.substr(1 + kDigits + 2)), {}};
}

Result<SchemaChange> Parse(const RowReader& row) {
  SchemaChange change;
  change.sequence = Sequence::Parse(row.Text(kSeq)).value_or(Sequence());
  change.committed_at = row.Time(kSourceTs);
  change.gtid = row.Text(kGtid);
  change.table = {std::string(row.Text(kDatabase)), std::string(row.Text(kTable))};
  const auto kind = std::ranges::find(kKinds, row.Text(kKind));
  if (kind == kKinds.end()) {
    return Err(ErrorKind::kCorruption, ErrorCode::kProgressDamaged,
               "_schema_changes has a row of an unknown kind");
  }
  change.kind = static_cast<SchemaChangeKind>(kind - kKinds.begin());
  change.ddl = row.Text(kDdl);
  if (row.Has(kSchema)) {
    change.after = std::make_shared<const TableSchema>(TRY(TableSchemaFromJson(row.Text(kSchema))));
  }
  change.columns = TRY(ColumnChangesFromJson(row.Text(kColumns)));
  if (row.Has(kCannotFollow)) change.cannot_follow = ParseReason(row.Text(kCannotFollow));
  return change;
}

}  // namespace

Result<std::unique_ptr<SchemaChangesTable>> SchemaChangesTable::OpenOrCreate(
    std::shared_ptr<ObjectStore> store, const LakeOptions& options) {
  LakeTable table = TRY(OpenOrCreatePlain(std::move(store), kTableName, options, *Columns()));
  std::unique_ptr<SchemaChangesTable> result(new SchemaChangesTable(std::move(table)));
  RETURN_IF_ERROR(result->Read());
  return result;
}

Status SchemaChangesTable::Append(const std::vector<SchemaChange>& changes) {
  RowBuilder rows(Columns());
  std::vector<SchemaChange> added;
  for (const SchemaChange& change : changes) {
    const bool known = std::ranges::any_of(changes_, [&](const SchemaChange& old) {
      return old.table == change.table && old.sequence == change.sequence;
    });
    if (known) continue;
    Write(rows, change);
    added.push_back(change);
  }
  if (added.empty()) return {};
  RETURN_IF_ERROR(AppendPlain(table_, TRY(rows.Finish()), table_.progress()));
  changes_.insert(changes_.end(), added.begin(), added.end());
  std::ranges::stable_sort(changes_, {}, &SchemaChange::sequence);
  return {};
}

std::vector<SchemaChange> SchemaChangesTable::Of(const TableId& table) const {
  std::vector<SchemaChange> changes;
  std::ranges::copy_if(changes_, std::back_inserter(changes),
                       [&](const SchemaChange& change) { return change.table == table; });
  return changes;
}

Status SchemaChangesTable::Read() {
  changes_.clear();
  RETURN_IF_ERROR(delta::ScanTable(
      table_.store(), *table_.snapshot(), {}, [&](const delta::ScannedBatch& scanned) -> Status {
        for (std::int64_t row = 0; row < scanned.batch->num_rows(); ++row) {
          changes_.push_back(TRY(Parse(RowReader(*scanned.batch, row))));
        }
        return {};
      }));
  std::ranges::stable_sort(changes_, {}, &SchemaChange::sequence);
  return {};
}

}  // namespace foreset::lake
