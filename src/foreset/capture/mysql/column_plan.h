// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "foreset/base/byte_reader.h"
#include "foreset/base/result.h"
#include "foreset/capture/mysql/charset.h"
#include "foreset/capture/mysql/packed_decimal.h"
#include "foreset/capture/mysql/table_map.h"
#include "foreset/model/table_schema.h"

namespace foreset::mysql {

// What became of one value. In all cases but kCutShort the reader stands behind the value and the
// builder has grown by one.
enum class CellOutcome : std::uint8_t {
  kOk,
  kRescued,      // NULL was appended; CellContext::text is the value as the server shows it
  kUndecodable,  // NULL was appended; CellContext::problem says why
  kCutShort,     // the bytes ended within the value: the event is damaged; nothing was appended
};

// Scratch memory that values share, and the particulars of the last outcome.
struct CellContext {
  std::string text;
  std::string problem;
};

// How the values of one column get from rows events into an Arrow builder: chosen once for a table
// map and a schema, so that decoding a value is one indirect call. Immutable once made.
struct ColumnPlan {
  using Append = CellOutcome (*)(const ColumnPlan& plan, ByteReader& in,
                                 arrow::ArrayBuilder& builder, CellContext& context);

  Append append = nullptr;
  SourceType source = SourceType::kInt;
  WireType wire = WireType::kNull;
  std::uint8_t length_bytes = 0;  // of the length before the value
  std::uint8_t width = 0;         // bytes of fixed-width values
  std::uint8_t digits = 0;        // fractional digits
  std::uint32_t pad_to = 0;       // BINARY: zero bytes are added up to this length
  bool inflate = false;           // MariaDB's COMPRESSED columns
  DecimalShape decimal;
  bool zero_filled =
      false;  // DECIMAL that is kept as text: with leading zeros, as the server shows it
  const Charset* charset = nullptr;
  std::vector<std::string> labels;  // ENUM and SET
};

// Compares what the event says about a column with what is believed, and chooses the decoder.
// kInvalidInput with kSchemaMismatch when they differ in type, size, sign, name, labels or
// character set; kUnsupported with kCharsetUnknown.
Result<ColumnPlan> PlanColumn(const TableMapColumn& wire, const ColumnSchema& believed);

// The decoder of a plan whose other members are set; null when the wire type cannot hold the
// source type.
ColumnPlan::Append AppenderFor(const ColumnPlan& plan, const ColumnSchema& column);

// Appends the text of a JSON column's new value, which is `before` changed by `diffs`.
CellOutcome AppendChangedJson(Bytes before, Bytes diffs, arrow::ArrayBuilder& builder,
                              CellContext& context);

}  // namespace foreset::mysql
