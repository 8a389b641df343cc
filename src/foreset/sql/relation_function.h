// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "foreset/sql/duckdb_handle.h"
#include "foreset/sql/relation.h"

namespace foreset::sql {

// Makes a relation known to DuckDB as a table function without parameters: only the wanted columns
// are read, by as many threads as there are parts. The function holds the relation. For the sources
// of this folder only.
Status RegisterRelationFunction(duckdb_connection connection, const std::string& name,
                                std::shared_ptr<const Relation> relation);

}  // namespace foreset::sql
