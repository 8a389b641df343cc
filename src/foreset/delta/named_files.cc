// SPDX-License-Identifier: MIT
#include "foreset/delta/named_files.h"

#include <utility>

#include "foreset/delta/data_path.h"
#include "foreset/delta/deletion_vector.h"

namespace foreset::delta {
namespace {

std::string_view NameOf(std::string_view path) { return path.substr(path.rfind('/') + 1); }

template <typename Action>
Result<std::vector<std::string>> Paths(const Action& file) {
  std::vector<std::string> paths{file.path};
  if (!file.deletion_vector) return paths;
  auto vector = TRY(DeletionVectorFile(*file.deletion_vector));
  if (vector) paths.push_back(*std::move(vector));
  return paths;
}

}  // namespace

Result<std::vector<std::string>> PathsOf(const AddFile& file) { return Paths(file); }
Result<std::vector<std::string>> PathsOf(const RemoveFile& file) { return Paths(file); }

void NamedFiles::AddPath(const std::string& path) {
  if (const auto below = PathBelow(table_, path)) {
    paths_.insert(HashBytes(*below));
  } else {
    names_.insert(HashBytes(NameOf(CanonicalPath(path))));
  }
}

bool NamedFiles::Contains(std::string_view path) const {
  return paths_.contains(HashBytes(path)) ||
         (!names_.empty() && names_.contains(HashBytes(NameOf(path))));
}

}  // namespace foreset::delta
