// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/server_version.h"

#include <array>
#include <charconv>
#include <tuple>

namespace foreset::mysql {
namespace {

constexpr std::string_view kReplicationPrefix = "5.5.5-";

bool AtLeast(const ServerVersion& v, std::uint32_t a, std::uint32_t b, std::uint32_t c) {
  return std::tie(v.major, v.minor, v.patch) >= std::tie(a, b, c);
}

}  // namespace

bool ServerVersion::MysqlSince(std::uint32_t a, std::uint32_t b, std::uint32_t c) const {
  return !is_mariadb && AtLeast(*this, a, b, c);
}

bool ServerVersion::MariaDbSince(std::uint32_t a, std::uint32_t b, std::uint32_t c) const {
  return is_mariadb && AtLeast(*this, a, b, c);
}

ServerVersion ParseServerVersion(std::string_view text) {
  ServerVersion version;
  version.is_mariadb = text.find("MariaDB") != std::string_view::npos;
  if (version.is_mariadb && text.starts_with(kReplicationPrefix)) {
    text.remove_prefix(kReplicationPrefix.size());
  }
  std::array<std::uint32_t, 3> numbers{};
  for (std::uint32_t& number : numbers) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc()) break;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (!text.starts_with('.')) break;
    text.remove_prefix(1);
  }
  version.major = numbers[0];
  version.minor = numbers[1];
  version.patch = numbers[2];
  return version;
}

}  // namespace foreset::mysql
