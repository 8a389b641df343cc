// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "foreset/base/result.h"
#include "foreset/sql/engine.h"

namespace foreset::batch {

// What stands after FROM to read a JSON file (an array, or an object a line), compressed as
// LocalFile says. A column of texts is one of dates or times only where TypeEvidence finds them in
// all its values; the file is read to its end for that. Numbers are what DuckDB makes of them, and
// so are texts within objects and lists. An error of the engine when the file is damaged.
Result<std::string> JsonRows(sql::Engine& engine, const std::string& path,
                             const std::string& compression);

}  // namespace foreset::batch
