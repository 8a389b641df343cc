// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace foreset {

// The folder of a thing that somebody else has named: a table of a source, a file, a connector. It
// is one part of a path: never empty, never "." or "..", without slashes and control characters,
// so it stays in the folder that it is put in. Different names give different folders; ordinary
// names are their own. What cannot stand is percent-escaped ("a/b" is "a%2Fb", ".." is ".%2E"), as
// is a '%' that would read as an escape. The one place where this is decided.
std::string FolderOfName(std::string_view name);

// The name of which FolderOfName makes this folder.
std::string NameOfFolder(std::string_view folder);

}  // namespace foreset
