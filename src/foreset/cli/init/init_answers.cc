// SPDX-License-Identifier: MIT
#include "foreset/cli/init/init_answers.h"

#include <string_view>

#include <fmt/format.h>

#include "foreset/base/json_writer.h"

namespace foreset::cli {
namespace {

// "$" begins a reference where "{" follows; doubled it is itself.
std::string Escaped(std::string_view text) {
  std::string escaped;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, 2) == "${") escaped += '$';
    escaped += text[i];
  }
  return escaped;
}

std::string List(const std::vector<std::string>& texts) {
  std::string list = "[";
  for (const std::string& text : texts) list += (list.size() > 1 ? ", " : "") + QuotedYaml(text);
  return list + "]";
}

}  // namespace

// A JSON string is a YAML scalar in double quotes.
std::string QuotedYaml(std::string_view text) { return JsonWriter().String(Escaped(text)).Take(); }

std::string WriteConfiguration(const InitAnswers& answers) {
  std::string text = fmt::format(
      R"(# yaml-language-server: $schema={}
# Configuration of Foreset. `foreset doctor` checks it, `foreset run` carries it out.
# ${{env:NAME}} and ${{file:PATH}} stand for an environment variable and a file's content.
name: {}

source:
  mysql:
    host: {}
    port: {}
    user: {}
    password: "${{env:{}}}"
    # Globs over database.table.
    tables: {}
    exclude: {}
)",
      kSchemaFile, QuotedYaml(answers.name), QuotedYaml(answers.host), answers.port,
      QuotedYaml(answers.user), answers.password_variable, List(answers.tables),
      List(answers.exclude));
  if (!answers.server_id.empty()) {
    text += fmt::format(
        "    # How Foreset presents itself to the server as a replica.\n"
        "    server_id: {}\n",
        answers.server_id);
  }
  if (!answers.tls_mode.empty()) text += fmt::format("    tls: {{mode: {}}}\n", answers.tls_mode);
  text += fmt::format(R"(
# Where the tables are kept; a relative path starts at this file.
lake:
  bronze: {}
  silver: {}
  gold: {}

# deletion_vectors: an update costs what it changes. rewrite: copies the touched files, for readers
# that know no deletion vectors.
upsert: deletion_vectors

# Every table as <Table>_current and <Table>_history. Own dimensions:
#   dimensions:
#     DimCustomer: {{from: Customers, columns: {{CustomerID: CustomerID, CustomerName: Name}}}}
gold:
  history: changes

# A commit is made after so long, or when so much has come.
commit: {{interval: 1s, size: 64MiB}}
memory_limit: 2GiB
)",
                      QuotedYaml(answers.lake + "/bronze"), QuotedYaml(answers.lake + "/silver"),
                      QuotedYaml(answers.lake + "/gold"));
  return text;
}

}  // namespace foreset::cli
