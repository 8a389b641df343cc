// SPDX-License-Identifier: MIT
#include "foreset/cli/connector/debezium_options.h"

#include <algorithm>
#include <array>

namespace foreset::cli {
namespace {

using enum OptionFate;

constexpr auto kOptions = std::to_array<DebeziumOption>({
#define FORESET_OPTION(name, type, default_value, required, importance, group, fate, text) \
  {name, type, default_value, required, importance, group, fate, text},
#include "foreset/cli/connector/debezium_options.inc"
#undef FORESET_OPTION
});

bool Matches(const DebeziumOption& option, std::string_view name) {
  if (!option.IsPattern()) return option.name == name;
  return name.starts_with(option.name.substr(0, option.name.size() - 1));
}

}  // namespace

std::span<const DebeziumOption> AllDebeziumOptions() { return kOptions; }

const DebeziumOption* FindDebeziumOption(std::string_view name) {
  const auto find = [name](bool pattern) -> const DebeziumOption* {
    const auto* found = std::ranges::find_if(kOptions, [&](const DebeziumOption& option) {
      return option.IsPattern() == pattern && Matches(option, name);
    });
    return found == kOptions.end() ? nullptr : found;
  };
  const DebeziumOption* own = find(false);
  return own != nullptr ? own : find(true);
}

}  // namespace foreset::cli
