// SPDX-License-Identifier: MIT
#include "foreset/cli/config/quantity.h"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include <fmt/format.h>

namespace foreset::cli {
namespace {

struct Quantity {
  double number = 0;
  std::string_view unit;
};

std::optional<Quantity> Split(std::string_view text) {
  Quantity quantity;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(),
                                             quantity.number, std::chars_format::fixed);
  if (error != std::errc() || !std::isfinite(quantity.number) || quantity.number < 0) {
    return std::nullopt;
  }
  quantity.unit = text.substr(static_cast<std::size_t>(rest - text.data()));
  while (quantity.unit.starts_with(' ')) quantity.unit.remove_prefix(1);
  return quantity;
}

template <std::size_t N>
std::optional<double> Scale(std::string_view unit,
                            const std::array<std::pair<std::string_view, double>, N>& units) {
  for (const auto& [name, scale] : units) {
    if (name == unit) return scale;
  }
  return std::nullopt;
}

constexpr std::array<std::pair<std::string_view, double>, 5> kDurations{
    {{"ms", 1}, {"s", 1e3}, {"m", 60e3}, {"h", 3600e3}, {"d", 86400e3}}};

constexpr std::array<std::pair<std::string_view, double>, 10> kSizes{{{"", 1},
                                                                      {"B", 1},
                                                                      {"KiB", 1024.0},
                                                                      {"MiB", 1048576.0},
                                                                      {"GiB", 1073741824.0},
                                                                      {"TiB", 1099511627776.0},
                                                                      {"KB", 1e3},
                                                                      {"MB", 1e6},
                                                                      {"GB", 1e9},
                                                                      {"TB", 1e12}}};

constexpr double kLongestMs = 100.0 * 366 * 86400e3;
constexpr double kLargestBytes = 9007199254740992.0;

}  // namespace

std::optional<std::chrono::milliseconds> ParseDuration(std::string_view text) {
  const auto quantity = Split(text);
  if (!quantity) return std::nullopt;
  const auto scale = Scale(quantity->unit, kDurations);
  if (!scale || quantity->number * *scale > kLongestMs) return std::nullopt;
  return std::chrono::milliseconds(std::llround(quantity->number * *scale));
}

std::optional<std::uint64_t> ParseSize(std::string_view text) {
  const auto quantity = Split(text);
  if (!quantity) return std::nullopt;
  const auto scale = Scale(quantity->unit, kSizes);
  if (!scale || quantity->number * *scale > kLargestBytes) return std::nullopt;
  return static_cast<std::uint64_t>(std::llround(quantity->number * *scale));
}

std::string FormatSize(std::uint64_t bytes) {
  static constexpr std::array<const char*, 5> kUnits{"B", "KiB", "MiB", "GiB", "TiB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1024 && unit + 1 < kUnits.size()) {
    value /= 1024;
    ++unit;
  }
  return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", value, kUnits[unit]);
}

std::string FormatCount(std::uint64_t count) {
  std::string text = std::to_string(count);
  for (std::size_t end = text.size(); end > 3; end -= 3) text.insert(end - 3, ",");
  return text;
}

std::string FormatDuration(std::chrono::milliseconds duration) {
  const std::int64_t seconds = duration.count() / 1000;
  if (seconds < 10) return fmt::format("{:.1f} s", static_cast<double>(duration.count()) / 1e3);
  if (seconds < 60) return fmt::format("{} s", seconds);
  if (seconds < 3600) return fmt::format("{} min {} s", seconds / 60, seconds % 60);
  return fmt::format("{} h {} min", seconds / 3600, seconds % 3600 / 60);
}

}  // namespace foreset::cli
