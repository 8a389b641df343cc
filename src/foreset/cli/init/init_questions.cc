// SPDX-License-Identifier: MIT
#include "foreset/cli/init/init_questions.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

#include "foreset/storage/azure/azure_location.h"

namespace foreset::cli {
namespace {

std::string Wrong(const std::string& answer, std::string_view what) {
  return fmt::format("\"{}\" is no {}", answer, what);
}

bool IsSpaceOrControl(char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7f'; }

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

}  // namespace

std::string WhatIsNoHost(const std::string& answer) {
  if (!answer.empty() && std::ranges::none_of(answer, IsSpaceOrControl)) return {};
  return Wrong(answer, "host: a name or an address, such as db.example.org");
}

std::string WhatIsNoPort(const std::string& answer) {
  std::uint16_t port = 0;
  const char* end = answer.data() + answer.size();
  const auto [rest, error] = std::from_chars(answer.data(), end, port);
  if (error == std::errc() && rest == end && port > 0) return {};
  return Wrong(answer, "port: a whole number from 1 to 65535");
}

std::string WhatIsNoName(const std::string& answer) {
  const bool blank = std::ranges::all_of(answer, IsSpaceOrControl);
  return blank ? Wrong(answer, "name") : std::string();
}

std::string WhatIsNoVariable(const std::string& answer) {
  const auto fits = [](char c) { return IsLetter(c) || (c >= '0' && c <= '9'); };
  if (!answer.empty() && IsLetter(answer.front()) && std::ranges::all_of(answer, fits)) return {};
  return Wrong(answer, "name of an environment variable, such as MYSQL_PASSWORD");
}

std::string WhatIsNoGlob(const std::string& answer) {
  const std::size_t dot = answer.find('.');
  const bool both = dot != std::string::npos && dot > 0 && dot + 1 < answer.size();
  if (both || answer == "*") return {};
  return Wrong(answer, "database.table: write shop.* for all tables of shop");
}

std::string WhatAreNoGlobs(const std::string& answer) {
  const auto globs = GlobsOf(answer);
  if (globs.empty()) return WhatIsNoGlob(answer);
  for (const std::string& glob : globs) {
    if (std::string wrong = WhatIsNoGlob(glob); !wrong.empty()) return wrong;
  }
  return {};
}

std::string WhatIsNoLake(const std::string& answer) {
  if (answer.find("://") != std::string::npos && !answer.starts_with("file://")) {
    return azure::IsAzureUri(answer) ? std::string()
                                     : Wrong(answer, "lake: give a folder or an abfss:// URI");
  }
  if (std::ranges::all_of(answer, IsSpaceOrControl)) return Wrong(answer, "folder");
  if (answer.starts_with('~') || answer.starts_with("file://")) return {};  // doctor looks there
  std::error_code error;
  std::filesystem::path there = std::filesystem::absolute(answer, error);
  while (!std::filesystem::exists(there, error) && there.has_relative_path()) {
    if (error && error != std::errc::no_such_file_or_directory) break;
    there = there.parent_path();
  }
  // Whether it may be written to is for doctor, on the machine that will run.
  if (std::filesystem::is_directory(there, error)) return {};
  return Wrong(answer, fmt::format("folder, and none can be made: {} is none", there.string()));
}

std::vector<std::string> GlobsOf(const std::string& answer) {
  std::vector<std::string> globs;
  std::string_view left = answer;
  while (!left.empty()) {
    std::string_view glob = left.substr(0, left.find(','));
    left.remove_prefix(std::min(left.size(), glob.size() + 1));
    while (!glob.empty() && IsSpaceOrControl(glob.front())) glob.remove_prefix(1);
    while (!glob.empty() && IsSpaceOrControl(glob.back())) glob.remove_suffix(1);
    if (!glob.empty()) globs.emplace_back(glob);
  }
  return globs;
}

}  // namespace foreset::cli
