// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/row_decoder.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <utility>

#include <arrow/array/builder_base.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <fmt/format.h>

#include "foreset/capture/mysql/calendar.h"
#include "foreset/capture/mysql/control_events.h"
#include "foreset/capture/mysql/image_builder.h"
#include "foreset/capture/mysql/row_limit.h"
#include "foreset/capture/mysql/unkept_key.h"

namespace foreset::mysql {
namespace {

// Of a row besides its values: operation, sequence, place, validity.
constexpr std::size_t kBytesPerRow = 48;
constexpr std::size_t kBytesPerValue = 8;

std::unexpected<Error> DamagedRow(const TableSchema& schema, std::string_view what) {
  return Err(ErrorKind::kCorruption, ErrorCode::kBinlogEventDamaged,
             fmt::format("rows of {}: {}", schema.id.ToString(), what));
}

bool AllPresent(Bytes bitmap, std::size_t columns) {
  for (std::size_t i = 0; i < columns; ++i) {
    if ((bitmap[i / 8] >> (i % 8) & 1U) == 0) return false;
  }
  return true;
}

bool BitOf(Bytes bitmap, std::size_t index) { return (bitmap[index / 8] >> (index % 8) & 1U) != 0; }

std::unexpected<Error> OutOfRoom(const arrow::Status& status) {
  return Err(ErrorKind::kInternal, ErrorCode::kInternal, "building a batch: " + status.ToString());
}

}  // namespace

Result<RowPlan> RowPlan::Make(const TableMap& map, std::shared_ptr<const TableSchema> schema) {
  RowPlan plan;
  if (map.columns.size() != schema->columns.size()) {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kSchemaMismatch,
               fmt::format("table {}: the event has {} columns, expected {}", schema->id.ToString(),
                           map.columns.size(), schema->columns.size()));
  }
  for (std::size_t i = 0; i < map.columns.size(); ++i) {
    auto column = PlanColumn(map.columns[i], schema->columns[i]);
    if (!column) {
      return std::unexpected(std::move(column).error().Within("table " + schema->id.ToString()));
    }
    plan.columns.push_back(std::move(*column));
  }
  plan.schema = std::move(schema);
  return plan;
}

// Options come first, then the bits.
Bytes TakePartialColumns(const RowPlan& plan, ByteReader& in) {
  constexpr std::uint64_t kPartialJson = 1;
  if ((ReadPackedInteger(in) & kPartialJson) == 0) return {};
  const auto json = static_cast<std::size_t>(
      std::count_if(plan.columns.begin(), plan.columns.end(),
                    [](const ColumnPlan& c) { return c.wire == WireType::kJson; }));
  return in.Take((json + 7) / 8);
}

class BatchBuilder::Impl {
 public:
  Impl(std::shared_ptr<const TableSchema> schema, ImageBuilder before, ImageBuilder after,
       DateTimeAs datetime, std::size_t largest_row)
      : schema_(std::move(schema)),
        before_(std::move(before)),
        after_(std::move(after)),
        datetime_(datetime),
        largest_row_(largest_row),
        shared_(*schema_) {}

  Result<std::uint64_t> Append(const RowPlan& plan, const RowsEvent& event, const EventPlace& place,
                               std::vector<QuarantinedRecord>& quarantined) {
    RETURN_IF_ERROR(CheckImages(plan, event));
    RETURN_IF_ERROR(CheckRowSizes(plan, event, datetime_, largest_row_));
    ByteReader in(event.rows);
    const std::size_t before = size();
    std::uint64_t rows = 0;
    while (!in.empty()) {
      const std::size_t start = in.offset();
      problem_.clear();
      RETURN_IF_ERROR(AppendRow(plan, event, in));
      if (in.offset() == start) return DamagedRow(*schema_, "a row without bytes");
      const Sequence sequence(place.epoch.value(), place.file_number, place.position,
                              place.first_row + rows, event.operation);
      PushRow(event.operation, sequence, place.first_row + rows, place);
      if (unkept_key_) {
        DropFrom(before);
        return std::unexpected(*std::exchange(unkept_key_, std::nullopt));
      }
      bytes_ += in.offset() - start + kBytesPerRow + kBytesPerValue * plan.columns.size();
      if (!problem_.empty()) {
        quarantined.push_back(
            {schema_->id, sequence, *place.transaction, ErrorCode::kValueUndecodable, problem_,
             std::string(AsText(event.rows.subspan(start, in.offset() - start)))});
        Drop(size() - 1, size());
      }
      ++rows;
    }
    return rows;
  }

  void AppendTruncate(const EventPlace& place) {
    before_.SkipRow();
    after_.SkipRow();
    const Sequence sequence(place.epoch.value(), place.file_number, place.position, place.first_row,
                            Operation::kTruncate);
    PushRow(Operation::kTruncate, sequence, place.first_row, place);
    bytes_ += kBytesPerRow;
  }

  void DropFrom(std::size_t row) {
    while (!dropped_.empty() && dropped_.back().second > row) {
      row = std::min(row, dropped_.back().first);
      dropped_.pop_back();
    }
    Drop(row, size());
  }

  Result<std::shared_ptr<const ChangeBatch>> Finish() {
    const ImageBuilder::Ranges keep = KeptRanges();
    auto batch = std::make_shared<ChangeBatch>();
    batch->before = TRY(before_.Finish(size(), keep));
    batch->after = TRY(after_.Finish(size(), keep));
    if (batch->after->num_rows() == 0) return std::shared_ptr<const ChangeBatch>();
    batch->schema = schema_;
    batch->operations = Kept(std::move(operations_), keep);
    batch->sequences = Kept(std::move(sequences_), keep);
    batch->event_rows = Kept(std::move(event_rows_), keep);
    batch->event_offsets = Kept(std::move(event_offsets_), keep);
    batch->transaction_of = Kept(std::move(transaction_of_), keep);
    batch->transactions = std::move(transactions_);
    batch->rescued = KeptRescues(keep);
    return std::shared_ptr<const ChangeBatch>(std::move(batch));
  }

  const std::shared_ptr<const TableSchema>& schema() const { return schema_; }
  std::size_t size() const { return operations_.size(); }
  std::size_t bytes() const { return bytes_; }

 private:
  Status CheckImages(const RowPlan& plan, const RowsEvent& event) const {
    const std::size_t columns = plan.columns.size();
    if (event.column_count != columns) {
      return DamagedRow(*schema_, "another number of columns than the table map");
    }
    const bool complete =
        AllPresent(event.present, columns) &&
        (event.operation != Operation::kUpdate || AllPresent(event.present_after, columns));
    if (complete) return {};
    return Err(ErrorKind::kUnsupported, ErrorCode::kRowImageIncomplete,
               fmt::format("rows of {} do not carry all columns", schema_->id.ToString()));
  }

  Status AppendRow(const RowPlan& plan, const RowsEvent& event, ByteReader& in) {
    switch (event.operation) {
      case Operation::kDelete:
        after_.SkipRow();
        return AppendImage(plan, in, before_, true, {});
      case Operation::kUpdate:
        json_before_.assign(event.partial_json ? plan.columns.size() : 0, Bytes());
        RETURN_IF_ERROR(AppendImage(plan, in, before_, false, {}));
        return AppendImage(plan, in, after_, true,
                           event.partial_json ? TakePartialColumns(plan, in) : Bytes());
      default:
        before_.SkipRow();
        return AppendImage(plan, in, after_, true, {});
    }
  }

  // `rescue`: values that do not fit their type are kept as text (once a row: of the newest image).
  Status AppendImage(const RowPlan& plan, ByteReader& in, ImageBuilder& image, bool rescue,
                     Bytes partial) {
    RETURN_IF_ERROR(image.BeginRow());
    const std::size_t columns = plan.columns.size();
    const Bytes nulls = in.Take((columns + 7) / 8);
    if (!in.ok()) return DamagedRow(*schema_, "cut short");
    std::size_t json = 0;
    for (std::size_t i = 0; i < columns; ++i) {
      const ColumnPlan& column = plan.columns[i];
      const bool is_json = column.wire == WireType::kJson;
      const bool diffs = is_json && !partial.empty() && BitOf(partial, json);
      if (is_json) ++json;
      if (BitOf(nulls, i)) {
        const arrow::Status status = image.column(i).AppendNull();
        if (!status.ok()) return OutOfRoom(status);
        continue;
      }
      if (is_json && &image == &before_ && !json_before_.empty()) {
        ByteReader peek = in;
        json_before_[i] = peek.Take(peek.LittleEndian(column.length_bytes));
      }
      const CellOutcome outcome = diffs ? AppendDiffs(i, column, in, image)
                                        : column.append(column, in, image.column(i), context_);
      if (outcome != CellOutcome::kOk) RETURN_IF_ERROR(Note(outcome, i, rescue));
      if (shared_.MayBeIn(i)) CheckKeyText(i, image.column(i));
    }
    return {};
  }

  CellOutcome AppendDiffs(std::size_t index, const ColumnPlan& column, ByteReader& in,
                          ImageBuilder& image) {
    const Bytes diffs = in.Take(in.LittleEndian(column.length_bytes));
    if (!in.ok()) return CellOutcome::kCutShort;
    return AppendChangedJson(json_before_[index], diffs, image.column(index), context_);
  }

  void CheckKeyText(std::size_t column, const arrow::ArrayBuilder& builder) {
    const auto* texts = dynamic_cast<const arrow::StringBuilder*>(&builder);
    if (texts == nullptr || texts->length() == 0) return;
    const std::string_view text = texts->GetView(texts->length() - 1);
    if (shared_.Has(column, text)) unkept_key_ = KeyValueNotKept(*schema_, column, text);
  }

  Status Note(CellOutcome outcome, std::size_t column, bool rescue) {
    const std::string& name = schema_->columns[column].name;
    if (outcome == CellOutcome::kCutShort) {
      return DamagedRow(*schema_, fmt::format("cut short in column {}", name));
    }
    if (outcome == CellOutcome::kUndecodable && problem_.empty()) {
      problem_ = fmt::format("column {}: {}", name, context_.problem);
    } else if (outcome == CellOutcome::kRescued && IsKeyColumn(*schema_, column)) {
      unkept_key_ = KeyValueNotKept(*schema_, column, context_.text);
    } else if (outcome == CellOutcome::kRescued && rescue) {
      rescued_.push_back({size(), name, context_.text, std::string(kNotACalendarDate)});
    }
    return {};
  }

  void PushRow(Operation operation, Sequence sequence, std::uint64_t row, const EventPlace& place) {
    if (transaction_number_ != place.transaction_number) {
      transactions_.push_back(*place.transaction);
      transaction_number_ = place.transaction_number;
    }
    operations_.push_back(operation);
    sequences_.push_back(sequence);
    event_rows_.push_back(static_cast<std::uint32_t>(row));
    event_offsets_.push_back(place.position);
    transaction_of_.push_back(static_cast<std::uint32_t>(transactions_.size() - 1));
  }

  void Drop(std::size_t first, std::size_t last) {
    if (first == last) return;
    if (!dropped_.empty() && dropped_.back().second == first) {
      dropped_.back().second = last;
    } else {
      dropped_.emplace_back(first, last);
    }
  }

  ImageBuilder::Ranges KeptRanges() const {
    ImageBuilder::Ranges keep;
    std::size_t next = 0;
    for (const auto& [first, last] : dropped_) {
      if (next < first) keep.emplace_back(next, first);
      next = last;
    }
    if (next < size()) keep.emplace_back(next, size());
    return keep;
  }

  template <typename T>
  std::vector<T> Kept(std::vector<T> all, const ImageBuilder::Ranges& keep) const {
    if (dropped_.empty()) return all;
    std::vector<T> kept;
    for (const auto& [first, last] : keep) {
      kept.insert(kept.end(), all.begin() + static_cast<std::ptrdiff_t>(first),
                  all.begin() + static_cast<std::ptrdiff_t>(last));
    }
    return kept;
  }

  std::vector<RescuedValue> KeptRescues(const ImageBuilder::Ranges& keep) {
    std::vector<RescuedValue> kept;
    std::size_t range = 0;
    std::size_t before = 0;  // rows kept in the ranges passed
    for (RescuedValue& value : rescued_) {
      while (range < keep.size() && keep[range].second <= value.row) {
        before += keep[range].second - keep[range].first;
        ++range;
      }
      if (range == keep.size()) break;
      if (value.row < keep[range].first) continue;
      value.row = before + value.row - keep[range].first;
      kept.push_back(std::move(value));
    }
    return kept;
  }

  std::shared_ptr<const TableSchema> schema_;
  ImageBuilder before_;
  ImageBuilder after_;
  const DateTimeAs datetime_;
  const std::size_t largest_row_;
  const SharedTexts shared_;
  std::vector<Operation> operations_;
  std::vector<Sequence> sequences_;
  std::vector<std::uint32_t> event_rows_;
  std::vector<std::uint64_t> event_offsets_;
  std::vector<std::uint32_t> transaction_of_;
  std::vector<SourceTransaction> transactions_;
  std::uint64_t transaction_number_ = 0;
  std::vector<RescuedValue> rescued_;
  std::optional<Error> unkept_key_;
  ImageBuilder::Ranges dropped_;  // ascending
  std::size_t bytes_ = 0;
  CellContext context_;
  std::string problem_;             // of the current row
  std::vector<Bytes> json_before_;  // of the current row, by column
};

BatchBuilder::BatchBuilder(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
BatchBuilder::~BatchBuilder() = default;

Result<std::unique_ptr<BatchBuilder>> BatchBuilder::Open(std::shared_ptr<const TableSchema> schema,
                                                         DateTimeAs datetime,
                                                         std::size_t largest_row) {
  const auto fields = ArrowSchemaOf(*schema, datetime);
  ImageBuilder before = TRY(ImageBuilder::Open(fields));
  ImageBuilder after = TRY(ImageBuilder::Open(fields));
  auto impl = std::make_unique<Impl>(std::move(schema), std::move(before), std::move(after),
                                     datetime, largest_row);
  return std::unique_ptr<BatchBuilder>(new BatchBuilder(std::move(impl)));
}

Result<std::uint64_t> BatchBuilder::Append(const RowPlan& plan, const RowsEvent& event,
                                           const EventPlace& place,
                                           std::vector<QuarantinedRecord>& quarantined) {
  return impl_->Append(plan, event, place, quarantined);
}
void BatchBuilder::AppendTruncate(const EventPlace& place) { impl_->AppendTruncate(place); }
const std::shared_ptr<const TableSchema>& BatchBuilder::schema() const { return impl_->schema(); }
std::size_t BatchBuilder::size() const { return impl_->size(); }
std::size_t BatchBuilder::bytes() const { return impl_->bytes(); }
void BatchBuilder::DropFrom(std::size_t row) { impl_->DropFrom(row); }
Result<std::shared_ptr<const ChangeBatch>> BatchBuilder::Finish() { return impl_->Finish(); }

}  // namespace foreset::mysql
