// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/model/table_schema.h"

namespace foreset::debezium {

// A table as the configuration declares it (`source.kafka.schemas`): for topics that tell nothing.
struct DeclaredTable {
  TableId id;
  // Name and column definition without the name: "decimal(18,2) not null", in the table's order.
  std::vector<std::pair<std::string, std::string>> columns;
  std::vector<std::string> key;  // empty: rows are recognised whole
};

// kInvalidInput with kDeclaredTableInvalid when a type is not known to MySQL (or MariaDB), a column
// comes twice, there is none, or the key names a column that is not there. Key columns become NOT
// NULL.
Result<TableSchema> SchemaOf(const DeclaredTable& declared, bool is_mariadb);

}  // namespace foreset::debezium
