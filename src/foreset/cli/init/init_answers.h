// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace foreset::cli {

// What a new configuration file is made from.
struct InitAnswers {
  std::string name;
  std::string host;
  std::string port;
  std::string user;
  std::string password_variable = "MYSQL_PASSWORD";  // of the environment; no secret is written
  std::vector<std::string> tables;                   // globs over database.table
  std::vector<std::string> exclude;
  std::string lake;  // a directory
  std::string server_id;
  std::string tls_mode;
};

// Stands beside the configuration file, which names it to editors.
inline constexpr char kSchemaFile[] = "foreset.schema.json";

// The text of foreset.yaml, with comments that say what each setting does.
std::string WriteConfiguration(const InitAnswers& answers);

// `text` as a YAML scalar in double quotes.
std::string QuotedYaml(std::string_view text);

}  // namespace foreset::cli
