// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

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
// Any member; nothing where there is none, or null.
std::optional<simdjson::dom::element> Member(simdjson::dom::element node, const char* name);
// The items of a member that is an array; else none.
std::vector<simdjson::dom::element> Items(simdjson::dom::element node, const char* name);
// The values in an array or object; else none.
std::vector<simdjson::dom::element> Children(simdjson::dom::element node);

}  // namespace foreset::sql
