// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "foreset/sql/duckdb_handle.h"

// What DuckDB says, as ours. For the sources of this folder only.
namespace foreset::sql {

// By the kind with which DuckDB begins its message ("Binder Error: …"). A failure of a relation has
// passed through DuckDB as text and gets its code back.
Error ErrorOf(std::string_view message);

}  // namespace foreset::sql
