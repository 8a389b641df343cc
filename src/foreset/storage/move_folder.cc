// SPDX-License-Identifier: MIT
#include <algorithm>

#include <fmt/format.h>

#include "foreset/storage/object_store.h"

namespace foreset {
namespace {

constexpr std::uint64_t kPieceBytes = 8UL << 20U;

Status Copy(ObjectStore& store, const ObjectInfo& object, const std::string& to) {
  const auto writer = TRY(store.Create(to));
  for (std::uint64_t done = 0; done < object.size_bytes; done += kPieceBytes) {
    const std::uint64_t length = std::min(kPieceBytes, object.size_bytes - done);
    const std::string piece = TRY(store.ReadRange(object.path, done, length));
    RETURN_IF_ERROR(writer->Write(AsBytes(piece)));
  }
  return writer->Finish();
}

bool IsLog(std::string_view below) {
  return below.starts_with("_delta_log/") || below.starts_with("_manifest/");
}

}  // namespace

Status ObjectStore::Move(std::string_view from, std::string_view to) {
  const auto object = Stat(from);
  if (!object) {
    const bool moved = object.error().kind == ErrorKind::kNotFound && Stat(to).has_value();
    return moved ? Status() : std::unexpected(object.error());
  }
  RETURN_IF_ERROR(Copy(*this, *object, std::string(to)));
  return Delete(from);
}

// The log goes first, so that half a table is never taken for a whole one.
Status ObjectStore::MoveFolder(std::string_view from, std::string_view to) {
  const std::string prefix = fmt::format("{}/", from);
  const auto objects = TRY(List(prefix, ""));
  for (const ObjectInfo& object : objects) {
    const std::string target = fmt::format("{}/{}", to, object.path.substr(prefix.size()));
    RETURN_IF_ERROR(Copy(*this, object, target));
  }
  for (const bool log : {true, false}) {
    for (const ObjectInfo& object : objects) {
      if (IsLog(std::string_view(object.path).substr(prefix.size())) == log) {
        RETURN_IF_ERROR(Delete(object.path));
      }
    }
  }
  return {};
}

}  // namespace foreset
