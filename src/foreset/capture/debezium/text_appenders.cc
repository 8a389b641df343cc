// SPDX-License-Identifier: MIT
// The appenders of value_plan.h for text, bytes and what is made of them.
#include <algorithm>
#include <bit>
#include <charconv>
#include <optional>

#include <arrow/array/builder_binary.h>
#include <arrow/array/builder_nested.h>
#include <arrow/array/builder_primitive.h>
#include <simdjson.h>

#include "foreset/base/byte_writer.h"
#include "foreset/capture/debezium/byte_texts.h"
#include "foreset/capture/debezium/json_strings.h"
#include "foreset/capture/debezium/value_plan.h"

namespace foreset::debezium {
namespace {

ValueOutcome AppendBinary(std::string_view bytes, arrow::ArrayBuilder& builder,
                          ValueContext& context) {
  return Appended(static_cast<arrow::BinaryBuilder&>(builder).Append(bytes), context);
}

ValueOutcome Unavailable(arrow::ArrayBuilder& builder, ValueContext& context) {
  const ValueOutcome outcome = Appended(builder.AppendNull(), context);
  return outcome == ValueOutcome::kOk ? ValueOutcome::kUnavailable : outcome;
}

ValueOutcome AppendText(const ValuePlan& plan, std::string_view json, arrow::ArrayBuilder& builder,
                        ValueContext& context) {
  const auto text = StringOf(json, context.unescaped);
  if (!text) return ValueOutcome::kWrong;
  if (*text == plan.unavailable) return Unavailable(builder, context);
  return AppendBinary(*text, builder, context);
}

bool IsLabel(const ValuePlan& plan, std::string_view text) {
  return std::ranges::find(plan.labels, text) != plan.labels.end();
}

// The connector puts a backslash before a comma in a streamed label, not in a snapshot's.
std::string WithoutEscapedCommas(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && text.substr(i + 1).starts_with(',')) continue;
    plain += text[i];
  }
  return plain;
}

ValueOutcome AppendEnum(const ValuePlan& plan, std::string_view json, arrow::ArrayBuilder& builder,
                        ValueContext& context) {
  const auto text = StringOf(json, context.unescaped);
  if (!text) return ValueOutcome::kWrong;
  // The empty text is the server's mark of a refused value.
  if (text->empty() || plan.labels.empty() || IsLabel(plan, *text)) {
    return AppendBinary(*text, builder, context);
  }
  const std::string plain = WithoutEscapedCommas(*text);
  if (!IsLabel(plan, plain)) {
    context.problem = "no such label";
    return ValueOutcome::kWrong;
  }
  return AppendBinary(plain, builder, context);
}

ValueOutcome AppendSet(const ValuePlan& plan, std::string_view json, arrow::ArrayBuilder& builder,
                       ValueContext& context) {
  const auto text = StringOf(json, context.unescaped);
  if (!text) return ValueOutcome::kWrong;
  std::string_view rest = *text;
  while (!rest.empty() && !plan.labels.empty()) {
    const std::size_t comma = rest.find(',');
    if (!IsLabel(plan, rest.substr(0, comma))) {
      context.problem = "no such label";
      return ValueOutcome::kWrong;
    }
    rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
  }
  return AppendBinary(*text, builder, context);
}

ValueOutcome AppendJson(const ValuePlan& plan, std::string_view json, arrow::ArrayBuilder& builder,
                        ValueContext& context) {
  const auto text = StringOf(json, context.unescaped);
  if (!text) return ValueOutcome::kWrong;
  if (*text == plan.unavailable) return Unavailable(builder, context);
  context.text.clear();
  if (!AppendServerJson(*text, context.text)) {
    context.problem = "not a JSON document";
    return ValueOutcome::kWrong;
  }
  return AppendBinary(context.text, builder, context);
}

bool DecodeBytes(ValueForm form, std::string_view text, std::string& out) {
  switch (form) {
    case ValueForm::kBase64UrlSafe:
      return DecodeBase64UrlSafe(text, out);
    case ValueForm::kHex:
      return DecodeHex(text, out);
    default:
      return DecodeBase64(text, out);
  }
}

ValueOutcome AppendBytes(const ValuePlan& plan, std::string_view json, arrow::ArrayBuilder& builder,
                         ValueContext& context) {
  const auto text = StringOf(json, context.unescaped);
  if (!text) return ValueOutcome::kWrong;
  if (*text == plan.unavailable || *text == plan.unavailable_base64) {
    return Unavailable(builder, context);
  }
  if (!DecodeBytes(plan.form.form, *text, context.bytes)) return ValueOutcome::kWrong;
  if (plan.source == SourceType::kBinary) {
    if (context.bytes.size() > plan.length) return ValueOutcome::kWrong;
    context.bytes.resize(plan.length, '\0');
  }
  return AppendBinary(context.bytes, builder, context);
}

// The connector's bits are little-endian, the server's big-endian.
ValueOutcome AppendBits(const ValuePlan& plan, std::string_view json, arrow::ArrayBuilder& builder,
                        ValueContext& context) {
  const auto text = StringOf(json, context.unescaped);
  if (!text || !DecodeBase64(*text, context.bytes)) return ValueOutcome::kWrong;
  std::string& bytes = context.bytes;
  const std::size_t width = (plan.length + 7U) / 8U;
  if (bytes.size() > width) return ValueOutcome::kWrong;
  bytes.resize(width, '\0');
  std::ranges::reverse(bytes);
  const unsigned spare = static_cast<unsigned>(width * 8) - plan.length;
  if (static_cast<std::uint8_t>(bytes[0]) >> (8 - spare) != 0) return ValueOutcome::kWrong;
  return AppendBinary(bytes, builder, context);
}

// The WKB of a POINT whose own is missing.
bool AppendPoint(const simdjson::dom::element& value, std::string& out) {
  constexpr std::uint64_t kLittleEndian = 1;
  constexpr std::uint64_t kPoint = 1;
  double x = 0;
  double y = 0;
  if (value["x"].get(x) != simdjson::SUCCESS || value["y"].get(y) != simdjson::SUCCESS)
    return false;
  AppendLittleEndian(out, kLittleEndian, 1);
  AppendLittleEndian(out, kPoint, 4);
  AppendLittleEndian(out, std::bit_cast<std::uint64_t>(x), 8);
  AppendLittleEndian(out, std::bit_cast<std::uint64_t>(y), 8);
  return true;
}

// As the server keeps it: four bytes of SRID, little-endian, and the WKB.
ValueOutcome AppendGeometry(const ValuePlan&, std::string_view json, arrow::ArrayBuilder& builder,
                            ValueContext& context) {
  simdjson::dom::parser parser;
  simdjson::dom::element value;
  if (parser.parse(json.data(), json.size(), true).get(value) != simdjson::SUCCESS) {
    return ValueOutcome::kWrong;
  }
  std::int64_t srid = 0;
  const auto told = value["srid"];
  if (told.error() == simdjson::SUCCESS && !told.is_null() &&
      (told.get(srid) != simdjson::SUCCESS || srid < 0 || srid > 0xFFFFFFFFLL)) {
    return ValueOutcome::kWrong;
  }
  context.text.clear();
  AppendLittleEndian(context.text, static_cast<std::uint64_t>(srid), 4);
  std::string_view wkb;
  if (value["wkb"].get(wkb) == simdjson::SUCCESS) {
    if (!DecodeBase64(wkb, context.bytes) || context.bytes.empty()) return ValueOutcome::kWrong;
    context.text += context.bytes;
  } else if (!AppendPoint(value, context.text)) {
    return ValueOutcome::kWrong;
  }
  return AppendBinary(context.text, builder, context);
}

// The numbers of "[1.0,2.5]"; nothing when it is no such array.
std::optional<std::vector<float>> ReadFloats(std::string_view json) {
  std::vector<float> numbers;
  const std::string_view text = ScalarOf(json);
  if (!text.starts_with('[') || !text.ends_with(']')) return std::nullopt;
  const char* at = text.data() + 1;
  const char* const end = text.data() + text.size() - 1;
  const auto skip = [&] {
    while (at != end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) ++at;
  };
  for (skip(); at != end; skip()) {
    float number = 0;
    const auto [next, error] = std::from_chars(at, end, number);
    if (error != std::errc()) return std::nullopt;
    numbers.push_back(number);
    at = next;
    skip();
    if (at == end) return numbers;
    if (*at != ',') return std::nullopt;
    ++at;
    if (at == end) return std::nullopt;
  }
  return numbers;
}

ValueOutcome AppendVector(const ValuePlan&, std::string_view json, arrow::ArrayBuilder& builder,
                          ValueContext& context) {
  const auto numbers = ReadFloats(json);
  if (!numbers) return ValueOutcome::kWrong;
  auto& list = static_cast<arrow::ListBuilder&>(builder);
  auto& values = static_cast<arrow::FloatBuilder&>(*list.value_builder());
  arrow::Status status = values.Reserve(static_cast<std::int64_t>(numbers->size()));
  if (status.ok()) status = list.Append();
  if (status.ok()) status = values.AppendValues(*numbers);
  return Appended(status, context);
}

}  // namespace

ValuePlan::Append TextAppender(const ValuePlan& plan) {
  const ValueForm form = plan.form.form;
  const bool bytes =
      form == ValueForm::kBase64 || form == ValueForm::kBase64UrlSafe || form == ValueForm::kHex;
  switch (plan.source) {
    case SourceType::kBit:
      return form == ValueForm::kBase64 ? AppendBits : nullptr;
    case SourceType::kBinary:
    case SourceType::kVarBinary:
    case SourceType::kBlob:
      return bytes ? AppendBytes : nullptr;
    case SourceType::kGeometry:
      return form == ValueForm::kGeometry ? AppendGeometry : nullptr;
    case SourceType::kVector:
      return form == ValueForm::kArray ? AppendVector : nullptr;
    default:
      break;
  }
  if (form != ValueForm::kText) return nullptr;
  switch (plan.source) {
    case SourceType::kEnum:
      return AppendEnum;
    case SourceType::kSet:
      return AppendSet;
    case SourceType::kJson:
      return AppendJson;
    default:
      return AppendText;
  }
}

}  // namespace foreset::debezium
