// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "foreset/model/table_schema.h"

namespace foreset::mysql {

// `*` stands for any run of characters, `?` for one; everything else for itself.
bool GlobMatches(std::string_view glob, std::string_view text);

// Which tables are captured. A glob is "database.table", split at its first point; one without a
// point names a table of any database. The server's own schemas (mysql, information_schema,
// performance_schema, sys) never match. Names compare by case, unless the server does not
// (`fold_names`: its lower_case_table_names is not 0).
class TableFilter {
 public:
  TableFilter(const std::vector<std::string>& tables, const std::vector<std::string>& exclude,
              bool fold_names = false);

  bool Matches(const TableId& table) const;
  // False when no table of that database can match.
  bool MayMatchDatabase(std::string_view database) const;

 private:
  struct Glob {
    std::string database;
    std::string table;
  };
  static std::vector<Glob> Split(const std::vector<std::string>& globs, bool fold_names);

  bool fold_names_;
  std::vector<Glob> tables_;
  std::vector<Glob> exclude_;
};

}  // namespace foreset::mysql
