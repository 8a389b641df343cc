// SPDX-License-Identifier: MIT
#include "foreset/cli/config/settings_form.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "foreset/base/json_writer.h"

namespace foreset::cli {
namespace {

std::string Quoted(std::string_view text) { return JsonWriter().String(text).Take(); }

// A number, or a text of that pattern or with a reference in it.
std::string QuantityRule(std::string_view type, std::string_view pattern, std::string_view limits) {
  return fmt::format(R"({{"type":{},"pattern":{}{}}})", type,
                     Quoted(fmt::format("^{}$|\\$\\{{", pattern)), limits);
}

constexpr char kNumber[] = R"(["integer","string"])";

void Write(const SettingsForm& form, JsonWriter& json);

void WriteMapping(const SettingsForm& form, JsonWriter& json) {
  json.Key("type").Raw(R"(["object","null"])");
  json.Key("properties").BeginObject();
  for (const SettingsForm::Member& member : form.members) {
    json.Key(member.key).BeginObject();
    Write(member.form, json);
    json.EndObject();
  }
  json.EndObject();
  if (form.any != nullptr && !form.any_prefix.empty()) {
    std::string pattern = "^";
    for (const char c : form.any_prefix) pattern += c == '.' ? "\\." : std::string(1, c);
    json.Key("patternProperties").BeginObject().Key(pattern).BeginObject();
    Write(*form.any, json);
    json.EndObject().EndObject();
  }
  json.Key("additionalProperties");
  if (form.any == nullptr || !form.any_prefix.empty()) {
    json.Bool(false);
    return;
  }
  json.BeginObject();
  Write(*form.any, json);
  json.EndObject();
}

// The members of a schema, without its braces.
void Write(const SettingsForm& form, JsonWriter& json) {
  if (form.values.empty()) return WriteMapping(form, json);
  json.Key("anyOf").BeginArray();
  for (const std::string& value : form.values) json.Raw(value);
  if (form.is_mapping) {
    json.BeginObject();
    WriteMapping(form, json);
    json.EndObject();
  }
  json.EndArray();
}

}  // namespace

SettingsForm& SettingsForm::MemberNamed(const std::string& key) {
  is_mapping = true;
  const auto found = std::ranges::find(members, key, &Member::key);
  return found != members.end() ? found->form : members.emplace_back(Member{key, {}}).form;
}

SettingsForm& SettingsForm::Any() {
  is_mapping = true;
  if (any == nullptr) any = std::make_unique<SettingsForm>();
  return *any;
}

std::string TextForm() { return R"({"type":["string","number","boolean"]})"; }

std::string IntegerForm(std::uint64_t greatest) {
  return QuantityRule(kNumber, "[0-9]+", fmt::format(R"(,"minimum":0,"maximum":{})", greatest));
}

std::string DurationForm() {
  return QuantityRule(R"("string")", R"([0-9]+(\.[0-9]*)? *(ms|s|m|h|d))", "");
}

std::string SizeForm() {
  return QuantityRule(kNumber, R"([0-9]+(\.[0-9]*)? *(B|KiB|MiB|GiB|TiB|KB|MB|GB|TB)?)",
                      R"(,"minimum":0)");
}

std::string ChoiceForm(const std::vector<std::string>& words) {
  std::vector<std::string> values;
  for (const std::string& word : words) {
    if (word == "true" || word == "false") values.push_back(word);  // as YAML has them
    values.push_back(Quoted(word));
  }
  return fmt::format(R"({{"anyOf":[{{"enum":[{}]}},{{"type":"string","pattern":"\\$\\{{"}}]}})",
                     fmt::join(values, ","));
}

std::string TextsForm() {
  return fmt::format(R"({{"anyOf":[{0},{{"type":"array","items":{0}}}]}})", TextForm());
}

std::string JsonSchemaOf(const SettingsForm& root, std::string_view title) {
  JsonWriter json;
  json.BeginObject().Member("$schema", "https://json-schema.org/draft/2020-12/schema");
  json.Key("title").String(title);
  Write(root, json);
  return json.EndObject().Take();
}

}  // namespace foreset::cli
