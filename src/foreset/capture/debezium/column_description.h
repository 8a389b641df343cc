// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/model/table_schema.h"

namespace foreset::debezium {

// A column type in the pieces in which Debezium tells it, in `tableChanges` and in the parameters
// of propagated source types alike.
struct ColumnDescription {
  std::string name;
  std::string type;  // "DECIMAL UNSIGNED", "ENUM"
  std::optional<std::uint32_t> length;
  std::optional<std::uint32_t> scale;
  std::string charset;              // empty: not told
  std::vector<std::string> labels;  // ENUM and SET
  bool nullable = true;
};

// The column as native capture describes it. kUnsupported with kColumnTypeUnsupported when the type
// is not known.
Result<ColumnSchema> ToColumn(const ColumnDescription& description, bool is_mariadb);

}  // namespace foreset::debezium
