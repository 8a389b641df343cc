// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include <simdjson.h>

#include "foreset/base/result.h"
#include "foreset/sql/engine.h"

namespace foreset::sql {

// How DuckDB reads a statement without running it: the JSON of its json_serialize_sql. It is there,
// with "error": true and "error_message", also where DuckDB does not understand the statement, or
// does not write its kind down.
Result<std::string> SyntaxTree(Engine& engine, std::string_view statement);

// A member that is a text; empty where there is none.
std::string_view TextOf(simdjson::dom::element node, const char* member);

}  // namespace foreset::sql
