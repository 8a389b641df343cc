// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "foreset/base/result.h"

namespace foreset::cli {

enum class NodeKind : std::uint8_t { kNothing, kScalar, kList, kMapping };

// One value of a settings file with the place where it stands. Lines and columns count from 1.
struct SettingsNode {
  NodeKind kind = NodeKind::kNothing;
  int line = 0;
  int column = 0;
  std::string scalar;               // as written, references not replaced
  std::vector<SettingsNode> items;  // of a list
  struct Member;
  std::vector<Member> members;  // of a mapping, in the file's order
};

struct SettingsNode::Member {
  std::string key;
  int line = 0;
  int column = 0;
  SettingsNode value;
};

// Parses one YAML document (JSON is YAML). kConfigInvalid with "file:line:column" for a syntax
// error, a key that stands twice, a key that is not a scalar, and for documents of more than
// 100,000 values (aliases repeat values). Nothing in the text is executed or replaced.
Result<SettingsNode> ParseSettings(const std::string& text, std::string_view file);

}  // namespace foreset::cli
