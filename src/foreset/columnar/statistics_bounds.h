// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <arrow/type_fwd.h>

namespace foreset {

// The smallest and largest value of one column so far, as JSON texts that no value lies outside of:
//   integers            as they are
//   float, double       shortest text; infinities have none; the largest has none once a NaN was
//                       seen, as engines sort NaN above all
//   decimal             a number, digits in full
//   string              cut to 32 characters, the largest rounded up; none where that is not
//                       possible or the bytes are not UTF-8
//   date                "2026-01-31"
//   timestamp           "2026-01-31T10:20:30.123Z", without Z for wall-clock times; milliseconds,
//                       the largest rounded up
// Dates and times outside the years 1 to 9999 have no text. Not thread-safe.
class ColumnBounds {
 public:
  virtual ~ColumnBounds() = default;
  // `column` has the type that the bounds were made for.
  virtual void Update(const arrow::Array& column) = 0;
  virtual std::optional<std::string> MinJson() const = 0;
  virtual std::optional<std::string> MaxJson() const = 0;
};

// Null for types without bounds (boolean, binary, nested).
std::unique_ptr<ColumnBounds> MakeColumnBounds(const arrow::DataType& type);

}  // namespace foreset
