// SPDX-License-Identifier: MIT
#include "foreset/lake/schema_changes_table.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <string_view>
#include <utility>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/util/checked_cast.h>
#include <fmt/format.h>

#include "foreset/delta/table_scan.h"
#include "foreset/lake/file_stats.h"
#include "foreset/lake/row_builder.h"
#include "foreset/model/table_schema_json.h"

namespace foreset::lake {
namespace {

constexpr char kTableName[] = "_schema_changes";
constexpr std::array<std::string_view, 4> kChangeKinds = {"create", "alter", "drop", "replace"};

struct SchemaChangeColumn {
  enum : int {
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
    kLife,
  };
};

std::shared_ptr<arrow::Schema> SchemaChangeColumns() {
  return arrow::schema(
      {arrow::field("_seq", arrow::utf8()), arrow::field("_source_ts", LakeTimeType()),
       arrow::field("_gtid", arrow::utf8()), arrow::field("database", arrow::utf8()),
       arrow::field("table", arrow::utf8()), arrow::field("kind", arrow::utf8()),
       arrow::field("ddl", arrow::utf8()), arrow::field("schema", arrow::utf8()),
       arrow::field("version", arrow::int64()), arrow::field("columns", arrow::utf8()),
       arrow::field("cannot_follow", arrow::utf8()), arrow::field("life", arrow::int64())});
}

void WriteChange(RowBuilder& rows, const RecordedChange& recorded) {
  const SchemaChange& change = recorded.change;
  rows.Text(SchemaChangeColumn::kSeq, change.sequence.ToString());
  rows.Time(SchemaChangeColumn::kSourceTs, change.committed_at);
  rows.Text(SchemaChangeColumn::kGtid, change.gtid);
  rows.Text(SchemaChangeColumn::kDatabase, change.table.database);
  rows.Text(SchemaChangeColumn::kTable, change.table.table);
  rows.Text(SchemaChangeColumn::kKind, kChangeKinds[static_cast<std::size_t>(change.kind)]);
  rows.Text(SchemaChangeColumn::kDdl, change.ddl);
  if (change.after != nullptr) {
    rows.Text(SchemaChangeColumn::kSchema, ToJson(*change.after));
    rows.Long(SchemaChangeColumn::kVersion, change.after->version.value());
  }
  rows.Text(SchemaChangeColumn::kColumns, ToJson(change.columns));
  if (change.cannot_follow)
    rows.Text(SchemaChangeColumn::kCannotFollow, change.cannot_follow->ToString());
  rows.Long(SchemaChangeColumn::kLife, recorded.life.value());
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

Result<RecordedChange> Parse(const RowReader& row, bool has_lives) {
  RecordedChange recorded;
  SchemaChange& change = recorded.change;
  change.sequence = Sequence::Parse(row.Text(SchemaChangeColumn::kSeq)).value_or(Sequence());
  change.committed_at = row.Time(SchemaChangeColumn::kSourceTs);
  change.gtid = row.Text(SchemaChangeColumn::kGtid);
  change.table = {std::string(row.Text(SchemaChangeColumn::kDatabase)),
                  std::string(row.Text(SchemaChangeColumn::kTable))};
  const auto kind = std::ranges::find(kChangeKinds, row.Text(SchemaChangeColumn::kKind));
  if (kind == kChangeKinds.end()) {
    return Err(ErrorKind::kCorruption, ErrorCode::kProgressDamaged,
               "_schema_changes has a row of an unknown kind");
  }
  change.kind = static_cast<SchemaChangeKind>(kind - kChangeKinds.begin());
  change.ddl = row.Text(SchemaChangeColumn::kDdl);
  if (row.Has(SchemaChangeColumn::kSchema)) {
    change.after = std::make_shared<const TableSchema>(
        TRY(TableSchemaFromJson(row.Text(SchemaChangeColumn::kSchema))));
  }
  change.columns = TRY(ColumnChangesFromJson(row.Text(SchemaChangeColumn::kColumns)));
  if (row.Has(SchemaChangeColumn::kCannotFollow))
    change.cannot_follow = ParseReason(row.Text(SchemaChangeColumn::kCannotFollow));
  if (has_lives && row.Has(SchemaChangeColumn::kLife))
    recorded.life = LifeNumber(row.Long(SchemaChangeColumn::kLife));
  return recorded;
}

bool IsSame(const RecordedChange& a, const RecordedChange& b) {
  return a.life == b.life && a.change.table == b.change.table &&
         a.change.sequence == b.change.sequence && a.change.kind == b.change.kind &&
         a.change.cannot_follow.has_value() == b.change.cannot_follow.has_value();
}

}  // namespace

Result<std::unique_ptr<SchemaChangesTable>> SchemaChangesTable::Open(
    std::shared_ptr<ObjectStore> store, const LakeOptions& options) {
  if (!TRY(LakeTable::Exists(*store))) {
    return Err(ErrorKind::kNotFound, ErrorCode::kLakeEmpty,
               fmt::format("there is no {}", store->Describe()));
  }
  return OpenOrCreate(std::move(store), options);
}

Result<std::unique_ptr<SchemaChangesTable>> SchemaChangesTable::OpenOrCreate(
    std::shared_ptr<ObjectStore> store, const LakeOptions& options) {
  LakeTable table =
      TRY(OpenOrCreatePlain(std::move(store), kTableName, options, *SchemaChangeColumns()));
  std::unique_ptr<SchemaChangesTable> result(new SchemaChangesTable(std::move(table)));
  RETURN_IF_ERROR(result->Read());
  return result;
}

// Programs that did not count lives made the table without the column.
Status SchemaChangesTable::MakeRoomForLives() {
  if (table_.snapshot()->schema()->num_fields() > SchemaChangeColumn::kLife) return {};
  delta::Transaction transaction = table_.Begin();
  // A table of the lake's own has no schema of the source, and so but one version of it.
  TRY(table_.SetColumns(transaction, SchemaChangeColumns(), SchemaVersion(1)));
  // With the schema: a commit without one records the columns as they were.
  return table_.Commit(std::move(transaction), table_.progress(), table_.source_schema().get());
}

Status SchemaChangesTable::Append(const RecordedChange& recorded) {
  const auto known = [&](const RecordedChange& old) { return IsSame(old, recorded); };
  if (std::ranges::any_of(changes_, known)) return {};
  RETURN_IF_ERROR(MakeRoomForLives());
  RowBuilder rows(SchemaChangeColumns());
  WriteChange(rows, recorded);
  RETURN_IF_ERROR(AppendPlain(table_, TRY(rows.Finish()), table_.progress()));
  changes_.push_back(recorded);
  Sort();
  return {};
}

void SchemaChangesTable::Sort() {
  std::ranges::stable_sort(changes_, {}, [](const RecordedChange& recorded) {
    return std::pair(recorded.life, recorded.change.sequence);
  });
}

void SchemaChangesTable::CountLives() {
  struct Newest {
    LifeNumber life{0};
    bool dropped = false;
  };
  std::map<TableId, Newest> newest;
  for (auto& [life, change] : changes_) {
    if (life.value() != 0) continue;
    Newest& of = newest[change.table];
    const bool begins = change.kind == SchemaChangeKind::kCreate && !of.dropped;
    if (begins || of.life.value() == 0) of.life = LifeNumber(of.life.value() + 1);
    of.dropped = change.kind == SchemaChangeKind::kDrop;
    life = of.life;
  }
}

Status SchemaChangesTable::Read() {
  changes_.clear();
  const bool has_lives = table_.snapshot()->schema()->num_fields() > SchemaChangeColumn::kLife;
  RETURN_IF_ERROR(delta::ScanTable(
      table_.store(), *table_.snapshot(), table_.AllColumns(),
      [&](const delta::ScannedBatch& scanned) -> Status {
        for (std::int64_t row = 0; row < scanned.batch->num_rows(); ++row) {
          changes_.push_back(TRY(Parse(RowReader(*scanned.batch, row), has_lives)));
        }
        return {};
      }));
  Sort();
  CountLives();
  Sort();
  return {};
}

}  // namespace foreset::lake
