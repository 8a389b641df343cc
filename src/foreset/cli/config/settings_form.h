// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace foreset::cli {

// What may stand at one place of a settings file: one of some values, or a mapping, or either. Made
// by asking the reader of the file what it reads, so that there is no second list of keys.
struct SettingsForm {
  std::vector<std::string> values;  // JSON schemas, of which one must fit
  struct Member;
  std::list<Member> members;  // of a mapping; the addresses stay
  // Of members whose names are the user's own, or that begin with `any_prefix`.
  std::unique_ptr<SettingsForm> any;
  std::string any_prefix;
  bool is_mapping = false;

  SettingsForm& MemberNamed(const std::string& key);
  SettingsForm& Any();
};

struct SettingsForm::Member {
  std::string key;
  SettingsForm form;
};

// Schemas of the values that MappingReader's getters take. In all of them a reference (${env:X})
// may stand.
std::string TextForm();
std::string IntegerForm(std::uint64_t greatest);
std::string DurationForm();
std::string SizeForm();
std::string ChoiceForm(const std::vector<std::string>& words);
std::string TextsForm();

// The whole as a JSON Schema (draft 2020-12), compact: keys that are not there are refused, none is
// required, since flags and variables may give what the file does not.
std::string JsonSchemaOf(const SettingsForm& root, std::string_view title);

}  // namespace foreset::cli
