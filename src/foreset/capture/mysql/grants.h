// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace foreset::mysql {

// What SHOW GRANTS says of a user. Roles are not followed: their privileges stand in the lines of
// SHOW GRANTS only while the role is active.
class Grants {
 public:
  // One line: "GRANT SELECT, RELOAD ON *.* TO `foreset`@`%`".
  void Add(std::string_view line, bool is_mariadb);

  // Held on *.*.
  bool HasGlobal(std::string_view privilege) const;
  // Held on *.* or on some database or table.
  bool HasAnywhere(std::string_view privilege) const;

 private:
  std::set<std::string> global_;
  std::set<std::string> local_;
};

// 'user'@'host' of CURRENT_USER()'s user@host.
std::string QuoteUser(std::string_view user);

}  // namespace foreset::mysql
