// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/io/type_fwd.h>

#include "foreset/base/result.h"
#include "foreset/batch/csv_dialect.h"

namespace foreset::batch {

// How much of a torn row is kept.
inline constexpr std::size_t kKeptOfTornRow = 64UL << 10U;

// A line on which a row begins and does not end: its quote is never closed, or what follows the
// next quote shows that this one did not belong there; or it is too long.
struct TornLine {
  std::uint64_t line = 0;  // from 1
  std::string_view text;   // valid during the call
  std::string_view reason;
};

struct CsvField {
  std::string_view text;  // quotes and escapes are gone
  bool quoted = false;
};

// The rows of a CSV file (RFC 4180 with the dialect's characters), as it streams by. A line ends
// with LF, CR LF or CR, whichever comes. A torn line costs itself, not the rows after it. Blank
// lines are no rows, but for files of one column: there they are its NULL. Holds one row in memory.
// Not thread-safe.
class CsvRows {
 public:
  // `torn` gets each torn line, and may be empty. Lines before the header are passed over; the
  // header is the first row.
  CsvRows(std::shared_ptr<arrow::io::InputStream> text, const CsvDialect& dialect,
          std::function<Status(const TornLine&)> torn);
  CsvRows(CsvRows&& other) noexcept;
  ~CsvRows();

  // The next row; false after the last one. kInputDamaged when the text cannot be read on.
  Result<bool> Next();

  // Of the row, valid until the next one is asked for.
  std::uint64_t line() const;  // where it begins, from 1
  // How many columns it has; `fields` are at most one more than the dialect has.
  std::uint64_t columns() const;
  const std::vector<CsvField>& fields() const;
  std::string_view text() const;  // as it stands in the file, without its line end
  // Why its fields cannot be told; null when they can.
  const char* fault() const;

 private:
  class Scanner;
  std::unique_ptr<Scanner> scanner_;
};

}  // namespace foreset::batch
