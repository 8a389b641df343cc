// SPDX-License-Identifier: MIT
#include "foreset/cli/config/mapping_reader.h"

#include <algorithm>
#include <cctype>
#include <charconv>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "foreset/base/nearest_word.h"
#include "foreset/cli/config/quantity.h"

namespace foreset::cli {
namespace {

std::string VariableOf(std::string_view path) {
  std::string name = "FORESET_";
  for (const char c : path) {
    name += c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return name;
}

std::vector<std::string> SplitAtCommas(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    if (comma > 0) parts.emplace_back(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return parts;
}

}  // namespace

void Reading::Mistake(int line, std::string_view path, std::string_view what) {
  const std::string place = line > 0 ? fmt::format("{}:{}", file, line) : file;
  mistakes.push_back(path.empty() ? fmt::format("{}: {}", place, what)
                                  : fmt::format("{}: {}: {}", place, path, what));
}

MappingReader::MappingReader(Reading& reading, const SettingsNode* node, std::string path,
                             SettingsForm* form)
    : reading_(reading), node_(node), path_(std::move(path)), form_(form) {
  if (form_ != nullptr) form_->is_mapping = true;
  if (node_ == nullptr || node_->kind == NodeKind::kMapping) return;
  if (node_->kind != NodeKind::kNothing) {
    reading_.Mistake(node_->line, path_, "wanted a mapping (key: value)");
  }
  node_ = nullptr;
}

std::string MappingReader::PathOf(const std::string& key) const {
  return path_.empty() ? key : path_ + "." + key;
}

const SettingsNode* MappingReader::Find(std::string_view key) const {
  if (node_ == nullptr) return nullptr;
  const auto it = std::ranges::find(node_->members, key, &SettingsNode::Member::key);
  return it == node_->members.end() || it->value.kind == NodeKind::kNothing ? nullptr : &it->value;
}

int MappingReader::LineOf(std::string_view key) const {
  if (node_ == nullptr) return 0;
  const auto it = std::ranges::find(node_->members, key, &SettingsNode::Member::key);
  return it == node_->members.end() ? node_->line : it->line;
}

bool MappingReader::Has(std::string_view key) const { return describes() || Find(key) != nullptr; }

void MappingReader::Remember(const std::string& key) {
  if (std::ranges::find(known_, key) == known_.end()) known_.push_back(key);
}

void MappingReader::Describe(const std::string& key, const std::string& value) const {
  if (form_ == nullptr) return;
  auto& values = form_->MemberNamed(key).values;
  if (std::ranges::find(values, value) == values.end()) values.push_back(value);
}

void MappingReader::Mistake(const std::string& key, std::string_view what) {
  reading_.Mistake(LineOf(key), PathOf(key), what);
}

std::optional<std::string> MappingReader::Replaced(const std::string& key,
                                                   const std::string& text) {
  auto replaced = ReplaceReferences(text, reading_.sources);
  if (replaced) return std::move(*replaced);
  Mistake(key, replaced.error().message);
  return std::nullopt;
}

std::optional<std::string> MappingReader::Overridden(const std::string& key) {
  const std::string path = PathOf(key);
  reading_.known_paths.push_back(path);
  if (const auto flag = reading_.overrides.find(path); flag != reading_.overrides.end()) {
    return Replaced(key, flag->second);
  }
  return reading_.sources.environment(VariableOf(path));
}

std::optional<MappingReader::Found> MappingReader::FindScalar(const std::string& key) {
  Remember(key);
  if (auto value = Overridden(key)) return Found{*value, "the value given for " + PathOf(key)};
  const SettingsNode* node = Find(key);
  if (node == nullptr) return std::nullopt;
  if (node->kind != NodeKind::kScalar) {
    Mistake(key, "wanted one value");
    return std::nullopt;
  }
  auto value = Replaced(key, node->scalar);
  if (!value) return std::nullopt;
  return Found{std::move(*value), fmt::format("\"{}\"", node->scalar)};
}

std::string MappingReader::Text(const std::string& key, std::string otherwise) {
  Describe(key, TextForm());
  auto found = FindScalar(key);
  return found ? std::move(found->value) : std::move(otherwise);
}

std::string MappingReader::RequiredText(const std::string& key) {
  const std::size_t mistakes = reading_.mistakes.size();
  std::string text = Text(key, "");
  if (text.empty() && reading_.mistakes.size() == mistakes) Mistake(key, "is missing");
  return text;
}

Secret MappingReader::SecretText(const std::string& key) { return Secret(Text(key, "")); }

std::function<Result<std::string>()> MappingReader::SecretAgain(const std::string& key) const {
  const std::string path = PathOf(key);
  std::string text;
  if (const auto flag = reading_.overrides.find(path); flag != reading_.overrides.end()) {
    text = flag->second;
  } else if (reading_.sources.environment(VariableOf(path))) {
    return {};
  } else if (const SettingsNode* node = Find(key); node && node->kind == NodeKind::kScalar) {
    text = node->scalar;
  }
  if (text.find("${") == std::string::npos) return {};
  return [text, sources = reading_.sources] { return ReplaceReferences(text, sources); };
}

std::uint64_t MappingReader::Integer(const std::string& key, std::uint64_t otherwise,
                                     std::uint64_t greatest) {
  Describe(key, IntegerForm(greatest));
  const auto found = FindScalar(key);
  if (!found) return otherwise;
  std::uint64_t number = 0;
  const char* end = found->value.data() + found->value.size();
  const auto [rest, error] = std::from_chars(found->value.data(), end, number);
  if (error == std::errc() && rest == end && number <= greatest) return number;
  Mistake(key, fmt::format("{} is not a whole number from 0 to {}", found->shown, greatest));
  return otherwise;
}

std::chrono::milliseconds MappingReader::Duration(const std::string& key,
                                                  std::chrono::milliseconds otherwise) {
  Describe(key, DurationForm());
  const auto found = FindScalar(key);
  if (!found) return otherwise;
  if (const auto duration = ParseDuration(found->value)) return *duration;
  Mistake(key, fmt::format("{} is not a duration such as 250ms, 1s, 5m, 2h or 7d", found->shown));
  return otherwise;
}

std::uint64_t MappingReader::Size(const std::string& key, std::uint64_t otherwise) {
  Describe(key, SizeForm());
  const auto found = FindScalar(key);
  if (!found) return otherwise;
  if (const auto size = ParseSize(found->value)) return *size;
  Mistake(key, fmt::format("{} is not a size such as 4096, 64MiB or 2GiB", found->shown));
  return otherwise;
}

std::size_t MappingReader::Choice(const std::string& key, const std::vector<std::string>& words,
                                  std::size_t otherwise) {
  Describe(key, ChoiceForm(words));
  const auto found = FindScalar(key);
  if (!found) return otherwise;
  const auto it = std::ranges::find(words, found->value);
  if (it != words.end()) return static_cast<std::size_t>(it - words.begin());
  Mistake(key, fmt::format("{} is not one of {}", found->shown, fmt::join(words, ", ")));
  return otherwise;
}

std::vector<std::string> MappingReader::Texts(const std::string& key) {
  Describe(key, TextsForm());
  const SettingsNode* node = Find(key);
  if (node == nullptr || node->kind != NodeKind::kList) {
    auto found = FindScalar(key);
    return found ? SplitAtCommas(found->value) : std::vector<std::string>();
  }
  Remember(key);
  if (const auto value = Overridden(key)) return SplitAtCommas(*value);
  std::vector<std::string> texts;
  for (const SettingsNode& item : node->items) {
    if (item.kind != NodeKind::kScalar) {
      reading_.Mistake(item.line, PathOf(key), "wanted a list of words");
    } else if (auto text = Replaced(key, item.scalar)) {
      texts.push_back(std::move(*text));
    }
  }
  return texts;
}

MappingReader MappingReader::Mapping(const std::string& key) {
  Remember(key);
  return {reading_, Find(key), PathOf(key), form_ ? &form_->MemberNamed(key) : nullptr};
}

const SettingsNode* MappingReader::Raw(const std::string& key) {
  Remember(key);
  return Find(key);
}

std::vector<std::pair<std::string, std::string>> MappingReader::AllTexts(std::string_view but_for) {
  if (form_ != nullptr) form_->Any().values = {TextForm()};
  std::vector<std::pair<std::string, std::string>> texts;
  if (node_ == nullptr) return texts;
  for (const SettingsNode::Member& member : node_->members) {
    if (member.key != but_for) texts.emplace_back(member.key, Text(member.key, ""));
  }
  return texts;
}

std::vector<std::pair<std::string, std::string>> MappingReader::TextsBeginning(
    const std::string& prefix) {
  if (form_ != nullptr) {
    form_->Any().values = {TextForm()};
    form_->any_prefix = prefix;
  }
  std::vector<std::pair<std::string, std::string>> texts;
  if (node_ == nullptr) return texts;
  for (const SettingsNode::Member& member : node_->members) {
    if (member.key.starts_with(prefix)) texts.emplace_back(member.key, Text(member.key, ""));
  }
  return texts;
}

std::vector<std::pair<std::string, std::size_t>> MappingReader::AllChoices(
    const std::vector<std::string>& words) {
  if (form_ != nullptr) form_->Any().values = {ChoiceForm(words)};
  std::vector<std::pair<std::string, std::size_t>> choices;
  if (node_ == nullptr) return choices;
  for (const SettingsNode::Member& member : node_->members) {
    choices.emplace_back(member.key, Choice(member.key, words, 0));
  }
  return choices;
}

std::vector<std::pair<std::string, MappingReader>> MappingReader::AllMappings() {
  std::vector<std::pair<std::string, MappingReader>> mappings;
  if (form_ != nullptr) {
    const std::string name = "NAME";
    mappings.emplace_back(name, MappingReader(reading_, nullptr, PathOf(name), &form_->Any()));
  }
  if (node_ == nullptr) return mappings;
  for (const SettingsNode::Member& member : node_->members) {
    mappings.emplace_back(member.key, Mapping(member.key));
  }
  return mappings;
}

std::map<std::string, std::vector<std::string>> MappingReader::AllLists() {
  if (form_ != nullptr) form_->Any().values = {TextsForm()};
  std::map<std::string, std::vector<std::string>> lists;
  if (node_ == nullptr) return lists;
  for (const SettingsNode::Member& member : node_->members) {
    lists.emplace(member.key, Texts(member.key));
  }
  return lists;
}

void MappingReader::Finish() {
  if (node_ == nullptr) return;
  for (const SettingsNode::Member& member : node_->members) {
    if (std::ranges::find(known_, member.key) != known_.end()) continue;
    reading_.Mistake(
        member.line, path_,
        fmt::format("unknown key \"{}\"{}", member.key, Suggestion(member.key, known_)));
  }
}

}  // namespace foreset::cli
