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

enum Column : int {
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

std::shared_ptr<arrow::Schema> Columns() {
  return arrow::schema(
      {arrow::field("_seq", arrow::utf8()), arrow::field("_source_ts", LakeTimeType()),
       arrow::field("_gtid", arrow::utf8()), arrow::field("_file", arrow::utf8()),
       arrow::field("_pos", arrow::int64()), arrow::field("database", arrow::utf8()),
       arrow::field("table", arrow::utf8()), arrow::field("code", arrow::utf8()),
       arrow::field("reason", arrow::utf8()), arrow::field("bytes", arrow::binary()),
       arrow::field("_ingested_at", LakeTimeType()), arrow::field("_topic", arrow::utf8()),
       arrow::field("_partition", arrow::int64()), arrow::field("_offset", arrow::int64())});
}

void Write(RowBuilder& rows, const QuarantineRow& row, Timestamp now) {
  rows.Text(kSeq, row.sequence.ToString());
  rows.Time(kSourceTs, row.transaction.committed_at);
  rows.Text(kGtid, row.transaction.gtid);
  rows.Text(kFile, row.transaction.file);
  rows.Long(kPos, static_cast<std::int64_t>(row.sequence.position()));
  rows.Text(kDatabase, row.table.database);
  rows.Text(kTable, row.table.table);
  rows.Text(kCode, FormatCode(row.code));
  rows.Text(kReason, row.reason);
  rows.Text(kBytes, row.bytes);
  rows.Time(kIngestedAt, now);
  if (!row.topic.empty()) {
    rows.Text(kTopic, row.topic);
    rows.Long(kPartition, row.partition);
    rows.Long(kOffset, row.offset.value());
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
  const auto at = [&](Column column) {
    return rows.schema()->GetFieldIndex(Columns()->field(column)->name());
  };
  const auto text = [&](Column column) {
    const int index = at(column);
    return index >= 0 && reader.Has(index) ? std::string(reader.Text(index)) : std::string();
  };
  const auto sequence = Sequence::Parse(text(kSeq));
  if (!sequence || text(kTable).empty()) {
    return Err(ErrorKind::kCorruption, ErrorCode::kLakeColumnMissing,
               "a row of _quarantine has no _seq or table");
  }
  QuarantineRow parsed;
  parsed.table = {text(kDatabase), text(kTable)};
  parsed.sequence = *sequence;
  parsed.transaction.gtid = text(kGtid);
  parsed.transaction.file = text(kFile);
  if (at(kSourceTs) >= 0) parsed.transaction.committed_at = reader.Time(at(kSourceTs));
  parsed.code = ParseCode(text(kCode));
  parsed.reason = text(kReason);
  parsed.bytes = text(kBytes);
  parsed.topic = text(kTopic);
  if (parsed.topic.empty()) return parsed;
  parsed.partition = static_cast<std::int32_t>(reader.Long(at(kPartition)));
  parsed.offset = LogOffset(reader.Long(at(kOffset)));
  return parsed;
}

std::string QuarantineRow::Id() const {
  if (topic.empty()) return sequence.ToString();
  return fmt::format("{}:{}:{}", topic, partition, offset.value());
}

Result<std::unique_ptr<QuarantineTable>> QuarantineTable::OpenOrCreate(
    std::shared_ptr<ObjectStore> store, const LakeOptions& options) {
  LakeTable table = TRY(OpenOrCreatePlain(std::move(store), "_quarantine", options, *Columns()));
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
    Write(builder, row, now);
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
