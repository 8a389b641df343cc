// SPDX-License-Identifier: MIT
#include "foreset/cli/config/settings_node.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

namespace foreset::cli {
namespace {

constexpr std::size_t kMostNodes = 100'000;
constexpr int kDeepest = 64;
// Of all words together, each as often as an alias repeats it.
constexpr std::size_t kMostBytes = 16UL << 20U;

class Converter {
 public:
  explicit Converter(std::string_view file) : file_(file) {}

  Result<SettingsNode> Convert(const YAML::Node& node, int depth) {
    SettingsNode converted;
    converted.line = node.Mark().line + 1;
    converted.column = node.Mark().column + 1;
    if (++count_ > kMostNodes || depth > kDeepest) {
      return Mistake(converted.line, converted.column, "the file is too large or too deep");
    }
    switch (node.Type()) {
      case YAML::NodeType::Scalar:
        converted.kind = NodeKind::kScalar;
        bytes_ += node.Scalar().size();
        if (bytes_ > kMostBytes) {
          return Mistake(converted.line, converted.column, "the file is too large");
        }
        converted.scalar = node.Scalar();
        return converted;
      case YAML::NodeType::Sequence:
        return ConvertList(node, std::move(converted), depth);
      case YAML::NodeType::Map:
        return ConvertMapping(node, std::move(converted), depth);
      default:
        return converted;
    }
  }

 private:
  std::unexpected<Error> Mistake(int line, int column, std::string_view what) const {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kConfigInvalid,
               fmt::format("{}:{}:{}: {}", file_, line, column, what));
  }

  Result<SettingsNode> ConvertList(const YAML::Node& node, SettingsNode converted, int depth) {
    converted.kind = NodeKind::kList;
    for (const auto& item : node) converted.items.push_back(TRY(Convert(item, depth + 1)));
    return converted;
  }

  Result<SettingsNode> ConvertMapping(const YAML::Node& node, SettingsNode converted, int depth) {
    converted.kind = NodeKind::kMapping;
    for (const auto& entry : node) {
      SettingsNode::Member member;
      member.line = entry.first.Mark().line + 1;
      member.column = entry.first.Mark().column + 1;
      if (!entry.first.IsScalar()) {
        return Mistake(member.line, member.column, "a key must be a word");
      }
      bytes_ += entry.first.Scalar().size();
      if (bytes_ > kMostBytes) return Mistake(member.line, member.column, "the file is too large");
      member.key = entry.first.Scalar();
      const auto first =
          std::ranges::find(converted.members, member.key, &SettingsNode::Member::key);
      if (first != converted.members.end()) {
        return Mistake(
            member.line, member.column,
            fmt::format("the key \"{}\" stands twice, first in line {}", member.key, first->line));
      }
      member.value = TRY(Convert(entry.second, depth + 1));
      converted.members.push_back(std::move(member));
    }
    return converted;
  }

  std::string_view file_;
  std::size_t count_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace

Result<SettingsNode> ParseSettings(const std::string& text, std::string_view file) {
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(text);
    if (documents.size() > 1) {
      return Err(ErrorKind::kInvalidInput, ErrorCode::kConfigInvalid,
                 fmt::format("{}: it has {} documents, of which only one would be read: they are "
                             "parted by lines of ---",
                             file, documents.size()));
    }
    return Converter(file).Convert(documents.empty() ? YAML::Node() : documents.front(), 0);
  } catch (const YAML::Exception& error) {
    return Err(
        ErrorKind::kInvalidInput, ErrorCode::kConfigInvalid,
        fmt::format("{}:{}:{}: {}", file, error.mark.line + 1, error.mark.column + 1, error.msg));
  }
}

}  // namespace foreset::cli
