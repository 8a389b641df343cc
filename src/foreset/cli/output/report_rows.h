// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include <arrow/type_fwd.h>

#include "foreset/base/clock.h"
#include "foreset/base/result.h"
#include "foreset/cli/context.h"
#include "foreset/cli/output/row_writer.h"

namespace foreset::cli {

enum class ReportType : std::uint8_t { kText, kInteger, kTime, kTruth };

struct ReportColumn {
  std::string name;
  ReportType type = ReportType::kText;
};

// Rows that a command makes up itself (a list of tables, a history), small enough to hold, written
// as any other rows are.
class ReportRows {
 public:
  // Nothing, text, an integer, a time or a truth: of its column's type.
  using Value = std::variant<std::monostate, std::string, std::int64_t, Timestamp, bool>;

  explicit ReportRows(std::vector<ReportColumn> columns) : columns_(std::move(columns)) {}

  // One value for each column.
  void Add(std::vector<Value> row) { rows_.push_back(std::move(row)); }
  bool empty() const { return rows_.empty(); }

  Status WriteTo(OutputFormat format, Context& context) const;

 private:
  std::vector<ReportColumn> columns_;
  std::vector<std::vector<Value>> rows_;
};

}  // namespace foreset::cli
