// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace foreset::cli {

// "250ms", "1s", "5m", "2h", "7d", "1.5s"; a unit is required. Nothing when it is not one, is
// negative, or exceeds 100 years.
std::optional<std::chrono::milliseconds> ParseDuration(std::string_view text);

// "4096", "64MiB", "2 GiB", "10MB": B, KiB, MiB, GiB, TiB are powers of 1024, KB, MB, GB, TB of
// 1000. Nothing when it is not one or exceeds 2^53 bytes.
std::optional<std::uint64_t> ParseSize(std::string_view text);

// "1.5 MiB", "312 B": for people.
std::string FormatSize(std::uint64_t bytes);
// "1,234,567"
std::string FormatCount(std::uint64_t count);
// "42 s", "3 min 5 s", "2 h 10 min": for people.
std::string FormatDuration(std::chrono::milliseconds duration);

}  // namespace foreset::cli
