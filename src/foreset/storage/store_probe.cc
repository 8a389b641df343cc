// SPDX-License-Identifier: MIT
#include "foreset/storage/store_probe.h"

#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace foreset {
namespace {

constexpr std::string_view kText = "written by foreset doctor; may be deleted\n";

std::unexpected<Error> Within(Error error, std::string_view step) {
  return std::unexpected(std::move(error).Within(step));
}

Status WriteAndRead(ObjectStore& store, const std::string& name) {
  const auto first = store.PutIfAbsent(name, AsBytes(kText));
  if (!first) return Within(first.error(), "creating an object");
  const auto second = store.PutIfAbsent(name, AsBytes(kText));
  if (!second) return Within(second.error(), "creating it again");
  if (*second == PutOutcome::kCreated) {
    return Err(ErrorKind::kUnsupported, ErrorCode::kStorageIo,
               fmt::format("{} replaces an object that it was told to create only where there is "
                           "none: two writers would lose each other's commits",
                           store.Describe()));
  }
  const auto read = store.Read(name);
  if (!read) return Within(read.error(), "reading it");
  const auto found = store.Stat(name);
  if (!found) return Within(found.error(), "looking at it");
  if (*read == kText && found->size_bytes == kText.size()) return {};
  return Err(ErrorKind::kCorruption, ErrorCode::kStorageIo,
             fmt::format("{} does not give back what was written", store.Describe()));
}

}  // namespace

Status ProbeStore(ObjectStore& store, const std::string& name) {
  if (auto listed = store.ListFolders(""); !listed) return Within(listed.error(), "listing");
  Status tried = WriteAndRead(store, name);
  if (auto deleted = store.Delete(name); tried && !deleted) {
    return Within(deleted.error(), "deleting it");
  }
  return tried;
}

}  // namespace foreset
