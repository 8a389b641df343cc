// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/type_fwd.h>

#include "foreset/base/result.h"
#include "foreset/capture/debezium/value_form.h"
#include "foreset/model/table_schema.h"

namespace foreset::debezium {

// What became of one value.
enum class ValueOutcome : std::uint8_t {
  kOk,           // appended
  kRescued,      // NULL was appended; ValueContext::text is the value as the server shows it
  kUnavailable,  // NULL was appended: the connector did not have the value
  kWrong,        // nothing was appended: not of the form; ValueContext::problem may say more
};

// Scratch memory that values share, and the particulars of the last outcome.
struct ValueContext {
  std::string text;
  std::string unescaped;
  std::string bytes;
  std::string problem;
};

// How the values of one column get from JSON into an Arrow builder: chosen once for a schema and a
// form, so that decoding a value is one indirect call. Immutable once made.
struct ValuePlan {
  // `json`: the value's text, never the word null; scalars may have white space behind them,
  // objects and arrays are whole.
  using Append = ValueOutcome (*)(const ValuePlan& plan, std::string_view json,
                                  arrow::ArrayBuilder& builder, ValueContext& context);

  Append append = nullptr;
  SourceType source = SourceType::kInt;
  ColumnForm form;
  std::int64_t lowest = 0;  // of integers
  std::int64_t highest = 0;
  std::uint32_t precision = 0;
  bool zero_filled = false;  // DECIMAL: shown with leading zeros
  std::uint32_t scale = 0;   // DECIMAL: of the column; temporal types: fractional digits
  std::uint32_t length = 0;  // BIT: bits; BINARY: bytes
  std::vector<std::string> labels;
  std::string unavailable;         // the placeholder as text
  std::string unavailable_base64;  // and where bytes are in base64
};

// kInvalidInput with kMessageValue when the type is never written in that form.
Result<ValuePlan> PlanValue(const ColumnSchema& column, ColumnForm form,
                            std::string_view unavailable);

// What became of an append: kOk or kWrong.
ValueOutcome Appended(const arrow::Status& status, ValueContext& context);

// The appenders, by kind of type; null when the form does not fit.
ValuePlan::Append NumberAppender(const ValuePlan& plan, const ColumnSchema& column);
ValuePlan::Append TemporalAppender(const ValuePlan& plan);
ValuePlan::Append TextAppender(const ValuePlan& plan);

}  // namespace foreset::debezium
