// SPDX-License-Identifier: MIT
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "foreset/model/schema_change.h"
#include "foreset/model/table_schema.h"

namespace foreset::debezium {

// The same columns with the same types, in the same order.
bool SameColumns(const TableSchema& a, const TableSchema& b);

// The change from one table to the other by the names of columns: `change` with its columns and its
// `after`. It cannot be followed where the names do not tell what existing rows hold: a column that
// was added with a default or NOT NULL, a type that does not take the old values, another key, and
// columns that are gone beside columns that have come, since a rename looks the same.
SchemaChange DifferenceOf(const TableSchema& before, const TableSchema& described,
                          SchemaChange change);

// The columns of the table that a row image (a JSON object) lacks, when the image has no field that
// is no column, and lacks none of the key; else none.
std::set<std::string> LeftOut(const TableSchema& table, std::string_view image);
// The table without these columns, none of which is of the key.
TableSchema Without(const TableSchema& table, const std::set<std::string>& columns);

// Makes `schema` the change's `after`; it cannot be followed with a column's name that the lake
// keeps for itself.
void SetAfter(SchemaChange& change, TableSchema schema);

}  // namespace foreset::debezium
