// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "foreset/base/secret.h"
#include "foreset/cli/config/references.h"
#include "foreset/cli/config/settings_form.h"
#include "foreset/cli/config/settings_node.h"

namespace foreset::cli {

// What one reading of a file shares: where values may come from besides the file, and the mistakes
// found so far. Not thread-safe.
struct Reading {
  std::string file;
  ReferenceSources sources;
  // Flags, by dotted path ("source.mysql.port"); they win over all.
  std::map<std::string, std::string> overrides;
  std::vector<std::string> mistakes;     // "file:line: …", one a mistake
  std::vector<std::string> known_paths;  // every scalar that was asked for
  // What is asked for, where that is the question: then there is no file, every section counts as
  // present, and the mistakes mean nothing.
  SettingsForm* form = nullptr;

  // "file:line: path: what"
  void Mistake(int line, std::string_view path, std::string_view what);
};

// Reads the members of one mapping by name and type. Every getter gives the value or, after noting
// a mistake, the default; so that one run tells all mistakes. A scalar's value is, in this order:
// the flag's, the environment variable's (FORESET_SOURCE_MYSQL_PORT), the file's with references
// replaced, the default. A message quotes what the file says, never what a reference stood for,
// and of secrets nothing. Call Finish() last: it notes members that nobody asked for.
class MappingReader {
 public:
  // `node` may be null: an absent section. `path` is empty for the whole file.
  MappingReader(Reading& reading, const SettingsNode* node, std::string path)
      : MappingReader(reading, node, std::move(path), reading.form) {}

  bool present() const { return node_ != nullptr || form_ != nullptr; }
  // Whether it is asked what can be read (Reading::form): of a key with more than one form, all.
  bool describes() const { return form_ != nullptr; }
  bool Has(std::string_view key) const;

  std::string Text(const std::string& key, std::string otherwise);
  // Noted as missing when absent or empty.
  std::string RequiredText(const std::string& key);
  Secret SecretText(const std::string& key);
  // Looks up the references of SecretText(key) again, whenever it is called, after this object too;
  // empty where there are none.
  std::function<Result<std::string>()> SecretAgain(const std::string& key) const;
  std::uint64_t Integer(const std::string& key, std::uint64_t otherwise, std::uint64_t greatest);
  std::chrono::milliseconds Duration(const std::string& key, std::chrono::milliseconds otherwise);
  std::uint64_t Size(const std::string& key, std::uint64_t otherwise);
  // One of `words`; its index.
  std::size_t Choice(const std::string& key, const std::vector<std::string>& words,
                     std::size_t otherwise);
  // A list of texts, or one text. From a flag or variable: separated by commas.
  std::vector<std::string> Texts(const std::string& key);
  MappingReader Mapping(const std::string& key);
  // The members' own node: for a key whose value has more than one form. Null when absent.
  const SettingsNode* Raw(const std::string& key);
  // Members whose keys are the user's own words, in order; but not `but_for`.
  std::vector<std::pair<std::string, std::string>> AllTexts(std::string_view but_for = "");
  // Those that begin so; they count as asked for.
  std::vector<std::pair<std::string, std::string>> TextsBeginning(const std::string& prefix);
  // Each one of `words`; its index.
  std::vector<std::pair<std::string, std::size_t>> AllChoices(
      const std::vector<std::string>& words);
  std::vector<std::pair<std::string, MappingReader>> AllMappings();
  std::map<std::string, std::vector<std::string>> AllLists();

  void Mistake(const std::string& key, std::string_view what);
  void Finish();

 private:
  MappingReader(Reading& reading, const SettingsNode* node, std::string path, SettingsForm* form);

  struct Found {
    std::string value;  // references replaced
    std::string shown;  // as the user wrote it
  };
  std::string PathOf(const std::string& key) const;
  int LineOf(std::string_view key) const;
  const SettingsNode* Find(std::string_view key) const;
  std::optional<std::string> Replaced(const std::string& key, const std::string& text);
  std::optional<Found> FindScalar(const std::string& key);
  std::optional<std::string> Overridden(const std::string& key);
  void Remember(const std::string& key);
  void Describe(const std::string& key, const std::string& value) const;

  Reading& reading_;
  const SettingsNode* node_;
  std::string path_;
  SettingsForm* form_;  // null unless it describes
  std::vector<std::string> known_;
};

}  // namespace foreset::cli
