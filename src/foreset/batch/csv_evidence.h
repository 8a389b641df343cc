// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "foreset/batch/csv_values.h"

namespace foreset::batch {

// What the values of a column show of its type. When in doubt it is text: a type is found only
// where it holds every value that was seen as it is written.
//   BOOLEAN    only true and false
//   BIGINT     at most 18 digits
//   DECIMAL    longer integers, and numbers with a point, up to 38 digits
//   DOUBLE     where a number has an exponent, and each gives back its digits
//   DATE, TIMESTAMP (also WITH TIME ZONE)   with four-digit years, or as the format says
// Not thread-safe. The format outlives it.
class TypeEvidence {
 public:
  explicit TypeEvidence(const ValueFormat& format) : format_(&format) {}
  void Add(std::string_view text);
  // As if this had seen the other's values too.
  void Merge(const TypeEvidence& other);
  // As SQL writes it.
  std::string Type() const;
  // Whether nothing but text holds what was seen; false before any value.
  bool IsText() const { return values_ > 0 && Type() == "VARCHAR"; }
  std::uint64_t values() const { return values_; }
  // The date formats that every value has, where it is text for want of one; at most two.
  std::vector<std::string> DateFormats() const;

 private:
  void AddNumber(std::string_view text);
  void AddTime(std::string_view text);
  void AddDateForms(std::string_view text);
  std::string NumberType() const;

  const ValueFormat* format_;
  std::uint64_t values_ = 0;
  // Whether every value is such a one.
  bool boolean_ = true;
  bool number_ = true;
  bool integer_ = true;
  bool floating_ = true;  // gives back its digits; an exponent is written 1.5e10
  bool date_ = true;
  bool local_ = true;  // a date, or a time without offset
  bool zoned_ = true;
  std::uint32_t date_forms_ = ~0U;  // a bit for each of kDateForms
  bool exponent_ = false;           // whether some value has one
  std::size_t whole_ = 0;           // the most digits before a point
  std::size_t scale_ = 0;           // and after it
};

}  // namespace foreset::batch
