// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace foreset {

// The word of `known` that was most likely meant by `word`: the fewest insertions, deletions,
// exchanges and swaps of neighbours, case aside; nothing when none is near.
std::optional<std::string> NearestWord(std::string_view word,
                                       const std::vector<std::string>& known);

// "; did you mean \"port\"?", else "; there are a, b, c" (nothing when `known` is empty).
std::string Suggestion(std::string_view word, const std::vector<std::string>& known);

}  // namespace foreset
