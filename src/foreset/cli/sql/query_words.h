// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foreset/sql/lake_session.h"

namespace foreset::cli {

// What may stand in a query: the lake's tables, the columns of the tables that a line names, SQL's
// own words. Looks at the lake when it is first asked, and at a table when it is first named. Not
// thread-safe.
class QueryWords {
 public:
  explicit QueryWords(sql::LakeSession& session) : session_(session) {}

  // Those that begin with `word`, in any case, ascending; none for an empty word.
  std::vector<std::string> Complete(std::string_view line, std::string_view word);

 private:
  void LookAtTables();
  void LookAtColumns(const std::string& table);

  sql::LakeSession& session_;
  std::optional<std::vector<std::string>> tables_;  // "Customers", "silver.Customers"
  std::map<std::string, std::vector<std::string>> columns_;
};

}  // namespace foreset::cli
