// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

namespace foreset::server {

// This process, as the system sees it. What cannot be read is absent.
struct ProcessFacts {
  std::optional<double> resident_bytes;
  std::optional<double> cpu_seconds;
  std::optional<double> started_at;  // seconds since 1970
  std::optional<double> open_files;
  std::optional<double> most_files;
};

// From /proc and getrlimit. Thread-safe.
ProcessFacts ReadProcessFacts();

}  // namespace foreset::server
