// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <set>
#include <string>

#include "foreset/capture/debezium/message.h"
#include "foreset/capture/kafka/table_origins.h"
#include "foreset/model/schema_change.h"

namespace foreset::kafka {

// The schema changes that rows tell where no statement does. Pure.

// A table that no statement described begins with the first of its rows, `message`.
SchemaChange BeginsWith(const TableOrigin& origin, const debezium::Message& message);

// `message`, a row at `at`, describes its table otherwise than `now`, as `described`: nothing when
// the two are one.
std::optional<SchemaChange> ToldBy(const debezium::Message& message, Sequence at,
                                   const TableSchema& now, const TableSchema& described);

// The columns that the first row of all lacks, `message` at `at`, the connector leaves out: the
// table is without them. Nothing when it lacks none.
struct ColumnsLeftOut {
  SchemaChange change;
  std::set<std::string> columns;
};
std::optional<ColumnsLeftOut> LeftOutBy(const debezium::Message& message, Sequence at,
                                        const TableSchema& now);

}  // namespace foreset::kafka
