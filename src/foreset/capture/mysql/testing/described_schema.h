// SPDX-License-Identifier: MIT
#pragma once

#include "foreset/base/result.h"
#include "foreset/capture/mysql/schema_registry.h"
#include "foreset/capture/mysql/table_map.h"
#include "foreset/model/table_schema.h"

namespace foreset::mysql::testing {

// The schema that a table map with full metadata describes, as far as it can: JSON of MariaDB is
// text, UUID and INET are BINARY, lengths are in bytes. For tests, fuzzers and benchmarks, which
// have no server to ask.
TableSchema DescribedSchema(const TableMap& map);

// Puts the first described schema of every table in a binlog file's bytes into the registry, also
// of tables that appear in compressed transactions only.
Status DescribeTables(Bytes file, bool is_mariadb, SchemaRegistry& registry);

}  // namespace foreset::mysql::testing
