// SPDX-License-Identifier: MIT
#include "foreset/base/nearest_word.h"

#include <algorithm>
#include <cstddef>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "foreset/base/ascii.h"

namespace foreset {
namespace {

constexpr std::size_t kLongestWord = 256;

// Optimal string alignment distance.
std::size_t Distance(const std::string& a, const std::string& b) {
  std::vector<std::vector<std::size_t>> cost(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) cost[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) cost[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t exchange = cost[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, exchange});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
      }
    }
  }
  return cost[a.size()][b.size()];
}

}  // namespace

std::optional<std::string> NearestWord(std::string_view word,
                                       const std::vector<std::string>& known) {
  const std::string meant = AsciiLower(word.substr(0, kLongestWord));
  // A third of the letters may be wrong; beyond that a suggestion misleads.
  std::size_t best = std::max<std::size_t>(1, (meant.size() + 2) / 3) + 1;
  std::optional<std::string> nearest;
  for (const std::string& candidate : known) {
    const std::size_t distance = Distance(meant, AsciiLower(candidate.substr(0, kLongestWord)));
    if (distance >= best) continue;
    best = distance;
    nearest = candidate;
  }
  return nearest;
}

std::string Suggestion(std::string_view word, const std::vector<std::string>& known) {
  if (known.empty()) return "";
  if (const auto nearest = NearestWord(word, known)) {
    return fmt::format("; did you mean \"{}\"?", *nearest);
  }
  return fmt::format("; there are {}", fmt::join(known, ", "));
}

}  // namespace foreset
