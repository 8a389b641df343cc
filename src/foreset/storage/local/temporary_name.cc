// SPDX-License-Identifier: MIT
#include "foreset/storage/local/temporary_name.h"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

namespace foreset {
namespace {

constexpr std::string_view kBegin = ".foreset-";
constexpr std::string_view kEnd = ".tmp";

bool IsAbandoned(std::string_view name) {
  if (!name.starts_with(kBegin) || !name.ends_with(kEnd)) return false;
  name.remove_prefix(kBegin.size());
  pid_t process = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), process);
  if (error != std::errc() || process <= 0 || *end != '-') return false;
  return process == ::getpid() || (::kill(process, 0) != 0 && errno == ESRCH);
}

}  // namespace

std::string TemporaryPath(const std::string& folder, pid_t process, std::uint64_t number) {
  return fmt::format("{}/{}{}-{}{}", folder, kBegin, process, number, kEnd);
}

bool IsTemporary(std::string_view name) { return name.starts_with('.') && name.ends_with(kEnd); }

std::size_t RemoveAbandonedFiles(const std::string& root) {
  namespace fs = std::filesystem;
  std::size_t removed = 0;
  std::error_code error;
  fs::recursive_directory_iterator entry(root, fs::directory_options::skip_permission_denied,
                                         error);
  while (!error && entry != fs::recursive_directory_iterator()) {
    const fs::path path = entry->path();
    std::error_code kept;
    if (IsAbandoned(path.filename().native()) && fs::remove(path, kept)) ++removed;
    entry.increment(error);
  }
  return removed;
}

}  // namespace foreset
