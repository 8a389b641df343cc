// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "foreset/base/result.h"
#include "foreset/sql/engine.h"

namespace foreset::batch {

// What stands after FROM to read a JSON file (an array, or an object a line), compressed as
// LocalFile says. It is read to its end for that. Texts are texts at every depth; a column of them
// is one of dates or times only where TypeEvidence finds them in all its values. Integers, and
// numbers that a DOUBLE gives back, are numbers. Of the others a column is DECIMAL where that holds
// them, else text, and text within objects and lists. Of a number with a point DuckDB shows the
// nearest DOUBLE alone. An error of the engine when the file is damaged; kColumnsDiffer where keys
// differ in case alone.
Result<std::string> JsonRows(sql::Engine& engine, const std::string& path,
                             const std::string& compression);

}  // namespace foreset::batch
