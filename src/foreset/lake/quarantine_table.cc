// SPDX-License-Identifier: MIT
#include "foreset/lake/quarantine_table.h"

#include <charconv>
#include <utility>

#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "foreset/delta/table_scan.h"
#include "foreset/lake/row_builder.h"
#include "foreset/lake/row_removal.h"

namespace foreset::lake {
namespace {

struct QuarantineColumn {
  enum : int {
    kSeq,
    kSourceTs,
    kGtid,
    kFile,
    kPos,
    kDatabase,
    kTable,
    kCode,
    kReason,
    kBytes,
    kIngestedAt,
    kTopic,
    kPartition,
    kOffset,
  };
};

std::shared_ptr<arrow::Schema> QuarantineColumns() {
  return arrow::schema(
      {arrow::field("_seq", arrow::utf8()), arrow::field("_source_ts", LakeTimeType()),
       arrow::field("_gtid", arrow::utf8()), arrow::field("_file", arrow::utf8()),
       arrow::field("_pos", arrow::int64()), arrow::field("database", arrow::utf8()),
       arrow::field("table", arrow::utf8()), arrow::field("code", arrow::utf8()),
       arrow::field("reason", arrow::utf8()), arrow::field("bytes", arrow::binary()),
       arrow::field("_ingested_at", LakeTimeType()), arrow::field("_topic", arrow::utf8()),
       arrow::field("_partition", arrow::int64()), arrow::field("_offset", arrow::int64())});
}

void WriteRow(RowBuilder& rows, const QuarantineRow& row, Timestamp now) {
  rows.Text(QuarantineColumn::kSeq, row.sequence.ToString());
  rows.Time(QuarantineColumn::kSourceTs, row.transaction.committed_at);
  rows.Text(QuarantineColumn::kGtid, row.transaction.gtid);
  rows.Text(QuarantineColumn::kFile, row.transaction.file);
  rows.Long(QuarantineColumn::kPos, static_cast<std::int64_t>(row.sequence.position()));
  rows.Text(QuarantineColumn::kDatabase, row.table.database);
  rows.Text(QuarantineColumn::kTable, row.table.table);
  rows.Text(QuarantineColumn::kCode, FormatCode(row.code));
  rows.Text(QuarantineColumn::kReason, row.reason);
  rows.Text(QuarantineColumn::kBytes, row.bytes);
  rows.Time(QuarantineColumn::kIngestedAt, now);
  if (!row.topic.empty()) {
    rows.Text(QuarantineColumn::kTopic, row.topic);
    rows.Long(QuarantineColumn::kPartition, row.partition);
    rows.Long(QuarantineColumn::kOffset, row.offset.value());
  }
  rows.EndRow();
}

// 2104 of "E2104".
ErrorCode ParseCode(std::string_view text) {
  std::uint16_t number = 0;
  if (text.starts_with('E')) std::from_chars(text.data() + 1, text.data() + text.size(), number);
  return static_cast<ErrorCode>(number);
}

}  // namespace

Result<QuarantineRow> QuarantineRow::Of(const arrow::RecordBatch& rows, std::int64_t row) {
  const RowReader reader(rows, row);
  const auto at = [&](int column) {
    return rows.schema()->GetFieldIndex(QuarantineColumns()->field(column)->name());
  };
  const auto text = [&](int column) {
    const int index = at(column);
    return index >= 0 && reader.Has(index) ? std::string(reader.Text(index)) : std::string();
  };
  const auto sequence = Sequence::Parse(text(QuarantineColumn::kSeq));
  if (!sequence || text(QuarantineColumn::kTable).empty()) {
    return Err(ErrorKind::kCorruption, ErrorCode::kLakeColumnMissing,
               "a row of _quarantine has no _seq or table");
  }
  QuarantineRow parsed;
  parsed.table = {text(QuarantineColumn::kDatabase), text(QuarantineColumn::kTable)};
  parsed.sequence = *sequence;
  parsed.transaction.gtid = text(QuarantineColumn::kGtid);
  parsed.transaction.file = text(QuarantineColumn::kFile);
  if (at(QuarantineColumn::kSourceTs) >= 0)
    parsed.transaction.committed_at = reader.Time(at(QuarantineColumn::kSourceTs));
  parsed.code = ParseCode(text(QuarantineColumn::kCode));
  parsed.reason = text(QuarantineColumn::kReason);
  parsed.bytes = text(QuarantineColumn::kBytes);
  parsed.topic = text(QuarantineColumn::kTopic);
  if (parsed.topic.empty()) return parsed;
  parsed.partition = static_cast<std::int32_t>(reader.Long(at(QuarantineColumn::kPartition)));
  parsed.offset = LogOffset(reader.Long(at(QuarantineColumn::kOffset)));
  return parsed;
}

std::string QuarantineRow::Id() const {
  if (topic.empty()) return sequence.ToString();
  return fmt::format("{}:{}:{}", topic, partition, offset.value());
}

Result<std::unique_ptr<QuarantineTable>> QuarantineTable::OpenOrCreate(
    std::shared_ptr<ObjectStore> store, const LakeOptions& options) {
  LakeTable table =
      TRY(OpenOrCreatePlain(std::move(store), "_quarantine", options, *QuarantineColumns()));
  return std::unique_ptr<QuarantineTable>(new QuarantineTable(std::move(table)));
}

bool QuarantineTable::IsCovered(const QuarantineRow& row) const {
  if (row.topic.empty()) return row.sequence < table_.progress().Floor();
  const auto* known =
      FindPartition(table_.progress().position.partitions, row.topic, row.partition);
  return known != nullptr && row.offset < known->next_offset;
}

Status QuarantineTable::Append(const std::vector<QuarantineRow>& rows,
                               const SourcePosition& covered) {
  RowBuilder builder(table_.columns());
  const Timestamp now = table_.options().clock->Now();
  bool any = false;
  for (const QuarantineRow& row : rows) {
    if (IsCovered(row)) continue;
    WriteRow(builder, row, now);
    any = true;
  }
  if (!any) return {};
  Progress next = table_.progress();
  next.position = covered;
  next.batch = next.batch.Next();
  return AppendPlain(table_, TRY(builder.Finish()), next);
}

Status QuarantineTable::Read(const std::function<Status(QuarantineRow)>& sink) const {
  return delta::ScanTable(table_.store(), *table_.snapshot(), table_.AllColumns(),
                          [&](const delta::ScannedBatch& scanned) -> Status {
                            for (std::int64_t row = 0; row < scanned.batch->num_rows(); ++row) {
                              RETURN_IF_ERROR(sink(TRY(QuarantineRow::Of(*scanned.batch, row))));
                            }
                            return {};
                          });
}

Result<std::uint64_t> QuarantineTable::Remove(const std::set<std::string>& ids,
                                              const std::string& operation) {
  const auto goes = [&](const arrow::RecordBatch& rows, std::int64_t row) -> Result<bool> {
    return ids.contains(TRY(QuarantineRow::Of(rows, row)).Id());
  };
  return RemoveRows(table_, goes, operation);
}

}  // namespace foreset::lake
