// SPDX-License-Identifier: MIT
// The second half of json_binary.h: partial updates.
#include <algorithm>
#include <charconv>
#include <optional>

#include <simdjson.h>

#include "foreset/capture/mysql/control_events.h"
#include "foreset/capture/mysql/json_binary.h"

namespace foreset::mysql {
namespace {

enum class DiffKind : std::uint8_t { kReplace = 0, kInsert = 1, kRemove = 2 };

// The server's bound of a document's depth; with it the tree that diffs build stays shallow.
constexpr std::size_t kMaxPathSteps = 101;

using PathStep = std::variant<std::string, std::size_t>;  // member, or cell

// A member name in double quotes is a JSON string.
std::optional<std::string> QuotedName(std::string_view& path) {
  std::size_t end = 1;
  while (end < path.size() && path[end] != '"') end += path[end] == '\\' ? 2 : 1;
  if (end >= path.size()) return {};
  simdjson::dom::parser parser;
  const std::string quoted(path.substr(0, end + 1));
  simdjson::dom::element element;
  std::string_view name;
  if (parser.parse(quoted).get(element) != simdjson::SUCCESS ||
      element.get(name) != simdjson::SUCCESS) {
    return {};
  }
  path.remove_prefix(end + 1);
  return std::string(name);
}

std::optional<PathStep> NextStep(std::string_view& path) {
  if (path.front() == '[') {
    std::size_t cell = 0;
    const auto [end, error] = std::from_chars(path.data() + 1, path.data() + path.size(), cell);
    if (error != std::errc() || end == path.data() + path.size() || *end != ']') return {};
    path.remove_prefix(static_cast<std::size_t>(end - path.data()) + 1);
    return cell;
  }
  if (path.front() != '.' || path.size() < 2) return {};
  path.remove_prefix(1);
  if (path.front() == '"') {
    auto name = QuotedName(path);
    if (!name) return {};
    return std::move(*name);
  }
  const std::size_t end = std::min(path.find_first_of(".["), path.size());
  std::string name(path.substr(0, end));
  path.remove_prefix(end);
  return name;
}

std::optional<std::vector<PathStep>> ParsePath(std::string_view path) {
  // The leading "$" is not written in diffs, but allowed.
  if (!path.empty() && path.front() == '$') path.remove_prefix(1);
  std::vector<PathStep> steps;
  while (!path.empty()) {
    auto step = NextStep(path);
    if (!step || steps.size() == kMaxPathSteps) return {};
    steps.push_back(std::move(*step));
  }
  return steps;
}

JsonNode* Child(JsonNode& node, const PathStep& step) {
  if (const auto* name = std::get_if<std::string>(&step)) {
    auto* members = std::get_if<JsonNode::Object>(&node.value);
    if (members == nullptr) return nullptr;
    const auto found = std::find_if(members->begin(), members->end(),
                                    [&](const JsonMember& member) { return member.key == *name; });
    return found == members->end() ? nullptr : &found->node;
  }
  const std::size_t cell = std::get<std::size_t>(step);
  auto* elements = std::get_if<JsonNode::Array>(&node.value);
  if (elements != nullptr) return cell < elements->size() ? &(*elements)[cell] : nullptr;
  // [0] of what is not an array is the value itself.
  return cell == 0 ? &node : nullptr;
}

bool Insert(JsonNode& parent, const PathStep& step, JsonNode value) {
  if (const auto* name = std::get_if<std::string>(&step)) {
    auto* members = std::get_if<JsonNode::Object>(&parent.value);
    if (members == nullptr) return false;
    const auto at = std::find_if(members->begin(), members->end(), [&](const JsonMember& member) {
      return member.key.size() > name->size() ||
             (member.key.size() == name->size() && member.key >= *name);
    });
    if (at != members->end() && at->key == *name) return false;
    members->insert(at, JsonMember{*name, std::move(value)});
    return true;
  }
  if (!std::holds_alternative<JsonNode::Array>(parent.value)) {
    JsonNode::Array wrapped;
    wrapped.push_back(std::move(parent));
    parent = JsonNode{std::move(wrapped)};
  }
  auto& elements = std::get<JsonNode::Array>(parent.value);
  const std::size_t cell = std::min(std::get<std::size_t>(step), elements.size());
  elements.insert(elements.begin() + static_cast<std::ptrdiff_t>(cell), std::move(value));
  return true;
}

bool Remove(JsonNode& parent, const PathStep& step) {
  JsonNode* child = Child(parent, step);
  if (child == nullptr || child == &parent) return false;
  if (auto* elements = std::get_if<JsonNode::Array>(&parent.value)) {
    elements->erase(elements->begin() + (child - elements->data()));
    return true;
  }
  auto& members = std::get<JsonNode::Object>(parent.value);
  members.erase(std::find_if(members.begin(), members.end(),
                             [&](const JsonMember& member) { return &member.node == child; }));
  return true;
}

bool ApplyOne(DiffKind kind, const std::vector<PathStep>& path, JsonNode value, JsonNode& root) {
  if (path.empty()) {
    if (kind != DiffKind::kReplace) return false;
    root = std::move(value);
    return true;
  }
  JsonNode* parent = &root;
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    parent = Child(*parent, path[i]);
    if (parent == nullptr) return false;
  }
  if (kind == DiffKind::kInsert) return Insert(*parent, path.back(), std::move(value));
  if (kind == DiffKind::kRemove) return Remove(*parent, path.back());
  JsonNode* target = Child(*parent, path.back());
  if (target == nullptr) return false;
  *target = std::move(value);
  return true;
}

}  // namespace

bool ApplyJsonDiffs(Bytes diffs, JsonNode& document) {
  ByteReader in(diffs);
  while (!in.empty()) {
    const std::uint8_t kind = in.U8();
    const auto path = ParsePath(AsText(in.Take(ReadPackedInteger(in))));
    if (!in.ok() || !path || kind > static_cast<std::uint8_t>(DiffKind::kRemove)) return false;
    JsonNode value;
    if (static_cast<DiffKind>(kind) != DiffKind::kRemove) {
      const Bytes encoded = in.Take(ReadPackedInteger(in));
      if (!in.ok() || !ParseJson(encoded, value)) return false;
    }
    if (!ApplyOne(static_cast<DiffKind>(kind), *path, std::move(value), document)) return false;
  }
  return true;
}

}  // namespace foreset::mysql
