// SPDX-License-Identifier: MIT
#include "foreset/batch/csv_evidence.h"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

namespace foreset::batch {
namespace {

constexpr std::size_t kDigitsOfBigint = 18;
constexpr std::size_t kDigitsOfDecimal = 38;
constexpr std::array<const char*, 5> kDateForms{"%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y",
                                                "%Y/%m/%d"};
constexpr std::size_t kLongestDate = 10;

// kDateForms, parsed once.
const std::vector<TimeFormat>& DateForms() {
  static const std::vector<TimeFormat> forms = [] {
    std::vector<TimeFormat> parsed;
    for (const char* form : kDateForms) parsed.push_back(TimeFormat::Parse(form).value());
    return parsed;
  }();
  return forms;
}

}  // namespace

void TypeEvidence::Add(std::string_view text) {
  ++values_;
  bool value = false;
  boolean_ = boolean_ && text.size() > 1 && ReadBoolean(text, value) == nullptr;
  if (number_) AddNumber(text);
  if (date_ || local_ || zoned_) AddTime(text);
  if (date_forms_ != 0) AddDateForms(text);
}

void TypeEvidence::AddDateForms(std::string_view text) {
  std::uint32_t seen = 0;
  for (std::size_t i = 0; i < kDateForms.size() && text.size() <= kLongestDate; ++i) {
    if (DateForms()[i].Read(text)) seen |= 1U << i;
  }
  date_forms_ &= seen;
}

std::vector<std::string> TypeEvidence::DateFormats() const {
  std::vector<std::string> formats;
  for (std::size_t i = 0; i < kDateForms.size() && IsText(); ++i) {
    if ((date_forms_ & (1U << i)) != 0) formats.emplace_back(kDateForms[i]);
  }
  return formats;
}

void TypeEvidence::AddNumber(std::string_view text) {
  std::string buffer;
  NumberText number;
  number_ = ReadNumber(text, *format_, buffer, number) == nullptr;
  if (!number_) return;
  // -0 is a number, and no integer gives it back.
  const bool minus_zero = number.negative && number.whole == "0" && number.fraction.empty();
  number_ = !minus_zero || number.has_exponent;
  integer_ = integer_ && number.fraction.empty() && !number.has_exponent;
  exponent_ = exponent_ || number.has_exponent;
  whole_ = std::max(whole_, number.whole.size());
  scale_ = std::max(scale_, number.fraction.size());
  double value = 0;
  // "12E4" is a code as likely as a number.
  floating_ = floating_ && (!number.has_exponent || number.whole.size() == 1) &&
              ReadDouble(text, *format_, value) == nullptr;
}

void TypeEvidence::AddTime(std::string_view text) {
  std::int32_t days = 0;
  std::int64_t micros = 0;
  date_ = date_ && ReadDate(text, *format_, days) == nullptr;
  local_ = local_ && ReadTimestamp(text, *format_, /*zoned=*/false, micros) == nullptr;
  zoned_ = zoned_ && !date_ && !local_ &&
           ReadTimestamp(text, *format_, /*zoned=*/false, micros) != nullptr &&
           ReadTimestamp(text, *format_, /*zoned=*/true, micros) == nullptr;
}

void TypeEvidence::Merge(const TypeEvidence& other) {
  if (other.values_ == 0) return;
  values_ += other.values_;
  boolean_ = boolean_ && other.boolean_;
  number_ = number_ && other.number_;
  integer_ = integer_ && other.integer_;
  floating_ = floating_ && other.floating_;
  date_ = date_ && other.date_;
  local_ = local_ && other.local_;
  zoned_ = zoned_ && other.zoned_;
  exponent_ = exponent_ || other.exponent_;
  whole_ = std::max(whole_, other.whole_);
  scale_ = std::max(scale_, other.scale_);
  date_forms_ &= other.date_forms_;
}

std::string TypeEvidence::Type() const {
  if (values_ == 0) return "VARCHAR";
  if (boolean_) return "BOOLEAN";
  if (number_) return NumberType();
  if (date_) return "DATE";
  if (local_) return "TIMESTAMP";
  return zoned_ ? "TIMESTAMP WITH TIME ZONE" : "VARCHAR";
}

std::string TypeEvidence::NumberType() const {
  if (exponent_) return floating_ ? "DOUBLE" : "VARCHAR";
  if (integer_ && whole_ <= kDigitsOfBigint) return "BIGINT";
  const std::size_t digits = whole_ + scale_;
  if (digits > kDigitsOfDecimal) return "VARCHAR";
  // Room for larger values than those that were seen.
  return fmt::format("DECIMAL({},{})",
                     digits <= kDigitsOfBigint ? kDigitsOfBigint : kDigitsOfDecimal, scale_);
}

}  // namespace foreset::batch
