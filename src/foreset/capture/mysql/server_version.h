// SPDX-License-Identifier: MIT
#pragma once

#include <compare>
#include <cstdint>
#include <string_view>

namespace foreset::mysql {

// Which server it is. MySQL counts 5.7, 8.0, 8.4, 9.7 and then by the calendar (26.7), MariaDB
// 10.x, 11.x, 12.x: numbers compare only within one family.
struct ServerVersion {
  bool is_mariadb = false;
  std::uint32_t major = 0;
  std::uint32_t minor = 0;
  std::uint32_t patch = 0;

  bool operator==(const ServerVersion&) const = default;
  // MySQL at least at major.minor.patch.
  bool MysqlSince(std::uint32_t a, std::uint32_t b, std::uint32_t c = 0) const;
  // MariaDB at least at major.minor.patch.
  bool MariaDbSince(std::uint32_t a, std::uint32_t b, std::uint32_t c = 0) const;
};

// Reads what VERSION() reports: "9.7.4", "26.7.0-commercial", "10.11.19-MariaDB-0+deb12u1",
// "5.5.5-10.11.19-MariaDB" (the prefix that MariaDB shows to old replicas). Numbers that are not
// there are 0.
ServerVersion ParseServerVersion(std::string_view text);

}  // namespace foreset::mysql
