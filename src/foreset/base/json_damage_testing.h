// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace foreset::testing {

// A JSON text in which one member is damaged.
struct DamagedJson {
  std::string member;
  std::string text;
  bool is_missing = false;  // false: it has a value of another type
};

// The text with each member that is text, a number or a flag once missing and once of another type.
inline std::vector<DamagedJson> DamagesOf(std::string_view json) {
  std::vector<DamagedJson> damages;
  for (std::size_t at = json.find("\":"); at != std::string_view::npos;
       at = json.find("\":", at + 2)) {
    const std::size_t begin = json.rfind('"', at - 1) + 1;
    const std::string name(json.substr(begin, at - begin));
    std::size_t end = at + 2;
    if (json[end] == '{' || json[end] == '[') continue;
    if (json[end] == '"') {
      end = json.find('"', end + 1) + 1;
    } else {
      while (json[end] != ',' && json[end] != '}') ++end;
    }
    const std::string before(json.substr(0, begin));
    const std::string after(json.substr(end));
    damages.push_back(
        {name,
         before + "not_" + name + "\":" + std::string(json.substr(at + 2, end - at - 2)) + after,
         true});
    damages.push_back({name, before + name + "\":{\"a\":1}" + after, false});
  }
  return damages;
}

}  // namespace foreset::testing
