// SPDX-License-Identifier: MIT
#pragma once

#include "foreset/base/result.h"
#include "foreset/cli/context.h"
#include "foreset/cli/sql/query_output.h"
#include "foreset/sql/lake_session.h"

namespace foreset::cli {

// Questions from a person at a terminal until they leave: statements over several lines, history,
// completion of tables, columns and words, and commands that begin with a backslash. A failed
// statement is told, and the next one asked for.
Status RunShell(sql::LakeSession& session, QueryOutput output, Context& context);

}  // namespace foreset::cli
