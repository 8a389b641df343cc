// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/inet_text.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>

#include <fmt/format.h>

namespace foreset::mysql {
namespace {

constexpr std::size_t kGroups = 8;
constexpr std::size_t kGroupsBeforeInet4 = 6;
using Groups = std::array<std::uint16_t, kGroups>;

struct Run {
  std::size_t at = 0;
  std::size_t length = 0;
};

Run LongestZeros(const Groups& groups) {
  Run longest;
  Run run;
  for (std::size_t i = 0; i < kGroups; ++i) {
    run = groups[i] != 0 ? Run{} : Run{run.length == 0 ? i : run.at, run.length + 1};
    if (run.length > longest.length) longest = run;
  }
  return longest;
}

// ::a.b.c.d and ::ffff:a.b.c.d
bool HoldsInet4(const Groups& groups, Run zeros) {
  if (zeros.at != 0) return false;
  return zeros.length == kGroupsBeforeInet4 ||
         (zeros.length == kGroupsBeforeInet4 - 1 && groups[kGroupsBeforeInet4 - 1] == 0xFFFF);
}

}  // namespace

void AppendInet4Text(Bytes address, std::string& out) {
  fmt::format_to(std::back_inserter(out), "{}.{}.{}.{}", address[0], address[1], address[2],
                 address[3]);
}

void AppendInet6Text(Bytes address, std::string& out) {
  Groups groups{};
  for (std::size_t i = 0; i < kGroups; ++i) {
    groups[i] = static_cast<std::uint16_t>(address[2 * i] << 8U | address[2 * i + 1]);
  }
  const Run zeros = LongestZeros(groups);
  const bool inet4 = HoldsInet4(groups, zeros);
  const std::size_t end = inet4 ? kGroupsBeforeInet4 : kGroups;
  for (std::size_t i = 0; i < end;) {
    if (zeros.length > 0 && i == zeros.at) {
      out += i == 0 ? "::" : ":";
      i += zeros.length;
      continue;
    }
    fmt::format_to(std::back_inserter(out), "{:x}", groups[i]);
    if (++i < kGroups) out += ':';
  }
  if (inet4) AppendInet4Text(address.subspan(2 * kGroupsBeforeInet4), out);
}

}  // namespace foreset::mysql
