// SPDX-License-Identifier: MIT
#include "foreset/server/operation/logger_levels.h"

#include <algorithm>
#include <array>
#include <utility>

namespace foreset::server {
namespace {

// Words that fall together with another stand behind the one that is shown.
constexpr auto kLevels = std::to_array<std::pair<std::string_view, MessageLevel>>({
    {"debug", MessageLevel::kDebug},
    {"info", MessageLevel::kInfo},
    {"warning", MessageLevel::kWarning},
    {"error", MessageLevel::kError},
    {"warn", MessageLevel::kWarning},
    {"trace", MessageLevel::kDebug},
    {"all", MessageLevel::kDebug},
    {"fatal", MessageLevel::kError},
    {"off", MessageLevel::kError},
});

}  // namespace

std::string_view NameOfLevel(MessageLevel level) {
  return std::ranges::find(kLevels, level, &std::pair<std::string_view, MessageLevel>::second)
      ->first;
}

std::optional<MessageLevel> LevelOfName(std::string_view name) {
  std::string word(name);
  std::ranges::transform(word, word.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c; });
  for (const auto& [known, level] : kLevels) {
    if (known == word) return level;
  }
  return std::nullopt;
}

}  // namespace foreset::server
