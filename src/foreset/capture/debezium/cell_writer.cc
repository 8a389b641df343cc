// SPDX-License-Identifier: MIT
// The values of rows: the other half of column_encoding.h.
#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/util/checked_cast.h>
#include <arrow/util/decimal.h>

#include "foreset/base/time_units.h"
#include "foreset/capture/debezium/column_encoding.h"
#include "foreset/capture/debezium/jackson_text.h"
#include "foreset/model/decimal_text.h"

namespace foreset::debezium {
namespace {

using arrow::internal::checked_cast;

std::int64_t IntegerAt(const arrow::Array& cells, std::int64_t row) {
  switch (cells.type_id()) {
    case arrow::Type::INT8:
      return checked_cast<const arrow::Int8Array&>(cells).Value(row);
    case arrow::Type::INT16:
      return checked_cast<const arrow::Int16Array&>(cells).Value(row);
    case arrow::Type::INT32:
      return checked_cast<const arrow::Int32Array&>(cells).Value(row);
    case arrow::Type::DATE32:
      return checked_cast<const arrow::Date32Array&>(cells).Value(row);
    case arrow::Type::TIMESTAMP:
      return checked_cast<const arrow::TimestampArray&>(cells).Value(row);
    default:
      return checked_cast<const arrow::Int64Array&>(cells).Value(row);
  }
}

// Binary and text arrays alike.
std::string_view BytesAt(const arrow::Array& cells, std::int64_t row) {
  return checked_cast<const arrow::BinaryArray&>(cells).GetView(row);
}

std::uint32_t ScaleOf(const arrow::Array& cells) {
  return static_cast<std::uint32_t>(
      checked_cast<const arrow::Decimal128Type&>(*cells.type()).scale());
}

arrow::Decimal128 DecimalAt(const arrow::Array& cells, std::int64_t row) {
  return arrow::Decimal128(checked_cast<const arrow::Decimal128Array&>(cells).GetValue(row));
}

// "-12.50": as the server shows it, never with an exponent.
std::string DecimalTextAt(const arrow::Array& cells, std::int64_t row) {
  if (cells.type_id() != arrow::Type::DECIMAL128) return std::string(BytesAt(cells, row));
  return DecimalText(DecimalAt(cells, row).ToIntegerString(),
                     static_cast<std::int32_t>(ScaleOf(cells)));
}

// Two's complement, big-endian, without bytes that only repeat the sign.
std::string UnscaledBytesAt(const arrow::Array& cells, std::int64_t row) {
  if (cells.type_id() != arrow::Type::DECIMAL128) {
    const std::string_view text = BytesAt(cells, row);
    const std::size_t point = text.find('.');
    return UnscaledBytes(text, point == std::string_view::npos
                                   ? 0
                                   : static_cast<std::uint32_t>(text.size() - point - 1));
  }
  const auto little = DecimalAt(cells, row).ToBytes();
  std::string bytes(little.rbegin(), little.rend());
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  std::size_t first = 0;
  while (first + 1 < bytes.size() && ((byte(first) == 0 && byte(first + 1) < 0x80) ||
                                      (byte(first) == 0xFF && byte(first + 1) >= 0x80))) {
    ++first;
  }
  return bytes.substr(first);
}

void AppendBase64Text(std::string& out, std::string_view bytes, bool url_safe = false) {
  out += '"';
  AppendBase64(out, bytes, url_safe);
  out += '"';
}

double DoubleIn(std::string_view bytes, std::size_t offset, bool little) {
  char copy[8];
  std::memcpy(copy, bytes.data() + offset, sizeof copy);
  if (!little) std::reverse(copy, copy + sizeof copy);
  double value = 0;
  std::memcpy(&value, copy, sizeof value);
  return value;
}

// The server's form is four bytes of SRID, then WKB.
void WriteGeometry(std::string& out, std::string_view bytes, bool point) {
  if (bytes.size() < 4) {
    out += "null";
    return;
  }
  std::uint32_t srid = 0;
  std::memcpy(&srid, bytes.data(), sizeof srid);
  const std::string_view wkb = bytes.substr(4);
  out += '{';
  if (point && wkb.size() >= 21) {
    const bool little = wkb[0] == 1;
    out += "\"x\":";
    AppendJavaDouble(out, DoubleIn(wkb, 5, little));
    out += ",\"y\":";
    AppendJavaDouble(out, DoubleIn(wkb, 13, little));
    out += ',';
  }
  out += "\"wkb\":";
  AppendBase64Text(out, wkb);
  out += ",\"srid\":";
  out += srid == 0 ? "null" : std::to_string(srid);
  out += '}';
}

void WriteVector(std::string& out, const arrow::Array& cells, std::int64_t row) {
  const auto& lists = checked_cast<const arrow::ListArray&>(cells);
  const auto& values = checked_cast<const arrow::FloatArray&>(*lists.values());
  out += '[';
  for (std::int64_t i = lists.value_offset(row); i < lists.value_offset(row + 1); ++i) {
    if (i > lists.value_offset(row)) out += ',';
    AppendJavaFloat(out, values.Value(i));
  }
  out += ']';
}

void AppendLabel(std::string& out, std::string_view label, bool streamed) {
  if (!streamed || label.find(',') == std::string_view::npos) return AppendJsonString(out, label);
  std::string escaped;
  for (const char c : label) {
    if (c == ',') escaped += '\\';
    escaped += c;
  }
  AppendJsonString(out, escaped);
}

void AppendJsonColumn(std::string& out, std::string_view json, bool streamed) {
  if (!streamed) return AppendJsonString(out, json);
  std::string compact;
  AppendCompactJson(compact, json);
  AppendJsonString(out, compact);
}

// Rounded down, as Java's floorDiv.
std::int64_t Milliseconds(std::int64_t microseconds) {
  const std::int64_t rest = microseconds % 1000;
  return microseconds / 1000 - (rest < 0 ? 1 : 0);
}

// The binlog counts years from 1900 and has 0 for the year 0000; in a copy the connector's driver
// takes that for a year of two digits.
void WriteYear(std::string& out, std::int64_t year, bool streamed) {
  if (year == 0) year = streamed ? 1900 : 2000;
  out += std::to_string(year);
}

void WriteTime(std::string& out, std::int64_t value, const ColumnEncoding& encoding,
               bool streamed) {
  switch (encoding.form) {
    case CellForm::kConnectTime:
      out += value < 0 || value >= kMicrosPerDay ? encoding.null : std::to_string(value / 1000);
      return;
    case CellForm::kMilliTimestamp:
      out += std::to_string(Milliseconds(value));
      return;
    case CellForm::kZonedTimestamp:
      out += '"';
      if (streamed) {
        AppendIsoInstant(out, value, encoding.digits);
      } else {
        AppendIsoInstant(out, value);
      }
      out += '"';
      return;
    default:
      out += std::to_string(value);
  }
}

void AppendDecimal(std::string& out, const arrow::Array& cells, std::int64_t row, CellForm form) {
  switch (form) {
    case CellForm::kWrappedBigint:
      out += std::to_string(static_cast<std::int64_t>(DecimalAt(cells, row).low_bits()));
      return;
    case CellForm::kDecimalText:
      return AppendJsonString(out, DecimalTextAt(cells, row));
    case CellForm::kDecimalNumber:
      out += DecimalTextAt(cells, row);
      return;
    case CellForm::kDecimalDouble:
      return AppendJavaDouble(out, std::strtod(DecimalTextAt(cells, row).c_str(), nullptr));
    default:
      return AppendBase64Text(out, UnscaledBytesAt(cells, row));
  }
}

}  // namespace

void AppendCell(std::string& out, const arrow::Array& cells, std::int64_t row,
                const ColumnEncoding& encoding, bool streamed) {
  if (cells.IsNull(row)) {
    out += encoding.null;
    return;
  }
  switch (encoding.form) {
    case CellForm::kYear:
      return WriteYear(out, IntegerAt(cells, row), streamed);
    case CellForm::kInteger:
    case CellForm::kDate:
    case CellForm::kMicroTime:
    case CellForm::kConnectTime:
    case CellForm::kMilliTimestamp:
    case CellForm::kMicroTimestamp:
    case CellForm::kZonedTimestamp:
      return WriteTime(out, IntegerAt(cells, row), encoding, streamed);
    case CellForm::kWrappedBigint:
    case CellForm::kDecimalBytes:
    case CellForm::kDecimalText:
    case CellForm::kDecimalNumber:
    case CellForm::kDecimalDouble:
      return AppendDecimal(out, cells, row, encoding.form);
    case CellForm::kFloat:
      return AppendJavaFloat(out, checked_cast<const arrow::FloatArray&>(cells).Value(row));
    case CellForm::kDouble:
      return AppendJavaDouble(out, checked_cast<const arrow::DoubleArray&>(cells).Value(row));
    case CellForm::kBoolean:
      out += checked_cast<const arrow::BooleanArray&>(cells).Value(row) ? "true" : "false";
      return;
    case CellForm::kBits: {
      const std::string_view big = BytesAt(cells, row);
      return AppendBase64Text(out, std::string(big.rbegin(), big.rend()));
    }
    case CellForm::kText:
      return AppendJsonString(out, BytesAt(cells, row));
    case CellForm::kLabel:
      return AppendLabel(out, BytesAt(cells, row), streamed);
    case CellForm::kJson:
      return AppendJsonColumn(out, BytesAt(cells, row), streamed);
    case CellForm::kBytes:
      return AppendBase64Text(out, BytesAt(cells, row));
    case CellForm::kBytesUrlSafe:
      return AppendBase64Text(out, BytesAt(cells, row), true);
    case CellForm::kBytesHex:
      out += '"';
      AppendHex(out, BytesAt(cells, row));
      out += '"';
      return;
    case CellForm::kGeometry:
      return WriteGeometry(out, BytesAt(cells, row), false);
    case CellForm::kPoint:
      return WriteGeometry(out, BytesAt(cells, row), true);
    case CellForm::kFloatVector:
      return WriteVector(out, cells, row);
  }
}

void AppendRow(std::string& out, const arrow::RecordBatch& rows, std::int64_t row,
               const std::vector<ColumnEncoding>& columns, const std::vector<std::size_t>& which,
               bool streamed) {
  out += '{';
  for (const std::size_t column : which) {
    if (out.back() != '{') out += ',';
    out += columns[column].name;
    AppendCell(out, *rows.column(static_cast<int>(column)), row, columns[column], streamed);
  }
  out += '}';
}

}  // namespace foreset::debezium
