// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/row_limit.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <arrow/array.h>
#include <arrow/array/builder_base.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <fmt/format.h>

#include "foreset/base/errors/stops.h"
#include "foreset/capture/mysql/image_builder.h"

namespace foreset::mysql {
namespace {

constexpr std::size_t kNamingColumns = 3;  // of a table without a key
constexpr std::size_t kLongestShown = 64;

// The columns by which a row is named.
std::vector<std::size_t> NamingColumns(const TableSchema& schema) {
  if (!schema.key.empty()) return schema.key;
  std::vector<std::size_t> first(std::min(kNamingColumns, schema.columns.size()));
  std::iota(first.begin(), first.end(), 0);
  return first;
}

// A value as one reads it: bytes that are no plain text as hex digits, the rest cut off.
std::string ShownValue(std::string_view value) {
  const bool cut = value.size() > kLongestShown;
  value = value.substr(0, kLongestShown);
  const bool plain = std::ranges::all_of(value, [](char c) { return c >= ' ' && c <= '~'; });
  std::string text(plain ? value : "0x");
  for (std::size_t i = 0; !plain && i < value.size(); ++i) {
    text += fmt::format("{:02x}", static_cast<unsigned char>(value[i]));
  }
  return cut ? text + "…" : text;
}

using TextOf = std::function<std::optional<std::string>(std::size_t column)>;

std::unexpected<Error> TooLarge(const TableSchema& schema, std::size_t bytes, std::size_t limit,
                                const TextOf& text_of) {
  std::string name;
  for (const std::size_t column : NamingColumns(schema)) {
    const std::optional<std::string> text = text_of(column);
    name += fmt::format("{}{} = {}", name.empty() ? "" : ", ", schema.columns[column].name,
                        text ? ShownValue(*text) : "NULL");
  }
  return Err(ErrorKind::kInvalidInput, stop_error::kRowTooLarge,
             fmt::format("{}: the row where {} has {} bytes, one may have {}", schema.id.ToString(),
                         name, bytes, limit));
}

// Walks over the images of an event. Of long values only those that name the row are decoded.
class EventMeasure {
 public:
  EventMeasure(const RowPlan& plan, const RowsEvent& event, ImageBuilder scratch, std::size_t limit)
      : plan_(plan),
        event_(event),
        scratch_(std::move(scratch)),
        limit_(limit),
        naming_(NamingColumns(*plan.schema)) {}

  Status Check() {
    ByteReader in(event_.rows);
    while (!in.empty()) {
      const std::size_t start = in.offset();
      RETURN_IF_ERROR(CheckImage(in));
      if (event_.operation == Operation::kUpdate) {
        if (event_.partial_json) TakePartialColumns(plan_, in);
        RETURN_IF_ERROR(CheckImage(in));
      }
      if (in.offset() == start) return CutShort();
    }
    return {};
  }

 private:
  std::unexpected<Error> CutShort() const {
    return Err(ErrorKind::kCorruption, ErrorCode::kBinlogEventDamaged,
               fmt::format("rows of {}: cut short", plan_.schema->id.ToString()));
  }

  Status CheckImage(ByteReader& in) {
    const std::size_t start = in.offset();
    const std::size_t columns = plan_.columns.size();
    const Bytes nulls = in.Take((columns + 7) / 8);
    if (!in.ok()) return CutShort();
    RETURN_IF_ERROR(scratch_.BeginRow());
    for (std::size_t i = 0; i < columns; ++i) {
      const bool is_null = (nulls[i / 8] >> (i % 8) & 1U) != 0;
      if (!TRY(Pass(i, is_null, in))) {
        return CutShort();
      }
    }
    const std::size_t bytes = in.offset() - start;
    const auto row = TRY(scratch_.Finish(1, {{0, 1}}));
    if (bytes <= limit_) return {};
    return TooLarge(*plan_.schema, bytes, limit_, [&](std::size_t column) {
      return TextOfCell(*row->column(static_cast<int>(column)));
    });
  }

  // False when the bytes end within the value.
  Result<bool> Pass(std::size_t index, bool is_null, ByteReader& in) {
    const ColumnPlan& column = plan_.columns[index];
    arrow::ArrayBuilder& builder = scratch_.column(index);
    const bool wanted = std::ranges::find(naming_, index) != naming_.end();
    if (!is_null && wanted && !IsLong(column, in)) {
      return column.append(column, in, builder, context_) != CellOutcome::kCutShort;
    }
    if (!is_null && column.length_bytes > 0) {
      in.Skip(in.LittleEndian(column.length_bytes));
    } else if (!is_null) {
      return column.append(column, in, builder, context_) != CellOutcome::kCutShort;
    }
    if (const auto status = builder.AppendNull(); !status.ok()) {
      return Err(ErrorKind::kInternal, ErrorCode::kInternal, status.ToString());
    }
    return in.ok();
  }

  // No key is so long, but a table without one has such first columns.
  static bool IsLong(const ColumnPlan& column, ByteReader in) {
    constexpr std::size_t kLong = 64UL << 10U;
    return column.length_bytes > 0 && in.LittleEndian(column.length_bytes) > kLong;
  }

  static std::optional<std::string> TextOfCell(const arrow::Array& cell) {
    if (cell.IsNull(0)) return std::nullopt;
    const auto scalar = cell.GetScalar(0);
    if (!scalar.ok()) return std::nullopt;
    const auto* bytes = dynamic_cast<const arrow::BaseBinaryScalar*>(scalar->get());
    return bytes != nullptr ? bytes->value->ToString() : (*scalar)->ToString();
  }

  const RowPlan& plan_;
  const RowsEvent& event_;
  ImageBuilder scratch_;
  const std::size_t limit_;
  const std::vector<std::size_t> naming_;
  CellContext context_;
};

}  // namespace

std::size_t SizeOf(const SqlRowView& row) {
  return std::accumulate(row.lengths.begin(), row.lengths.end(), std::size_t{0});
}

Status CheckRowSize(const TableSchema& schema, const SqlRowView& row, std::size_t limit) {
  const std::size_t bytes = SizeOf(row);
  if (bytes <= limit) return {};
  return TooLarge(schema, bytes, limit, [&](std::size_t column) -> std::optional<std::string> {
    if (row.values[column] == nullptr) return std::nullopt;
    const std::string_view value(row.values[column], row.lengths[column]);
    return std::string(value.substr(0, kLongestShown + 1));
  });
}

Status CheckRowSizes(const RowPlan& plan, const RowsEvent& event, DateTimeAs datetime,
                     std::size_t limit) {
  if (event.rows.size() <= limit) return {};
  ImageBuilder scratch = TRY(ImageBuilder::Open(ArrowSchemaOf(*plan.schema, datetime)));
  return EventMeasure(plan, event, std::move(scratch), limit).Check();
}

}  // namespace foreset::mysql
