// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "foreset/base/result.h"
#include "foreset/storage/object_store.h"

// Paths of data files as actions carry them (PROTOCOL.md, "Add File and Remove File"): relative to
// the table or absolute, URI-encoded.
namespace foreset::delta {

// "%20" and the like decoded; what is no escape stays as it is.
std::string DecodeUri(std::string_view text);
// A relative path as an action carries it: what a URI's path may not hold is escaped.
std::string EncodeUri(std::string_view plain_path);

// One spelling for each file: decoded, "file:///x" and "file:/x" as "/x". Two actions speak of the
// same file when these are equal.
std::string CanonicalPath(std::string_view path);

// The plain path below the table of the file that an action names; nothing for one that is
// elsewhere by its spelling. It may be the table's all the same: through a link, or by another name
// of the same storage.
std::optional<std::string> PathBelow(const ObjectStore& table, std::string_view path);

// Where a file of the table is: an object of a store. The store is the table's own unless the path
// is absolute and leads elsewhere (a shallow clone).
struct DataLocation {
  const ObjectStore* store = nullptr;
  std::string path;                     // relative to the store's root, plain
  std::shared_ptr<ObjectStore> opened;  // keeps a store that is not the table's own
};

// kCorruption for a relative path that leaves the table; kUnsupported for an absolute one that the
// table's storage cannot reach.
Result<DataLocation> LocateData(const ObjectStore& table, std::string_view path);

}  // namespace foreset::delta
