// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "foreset/base/error.h"
#include "foreset/capture/mysql/charset.h"
#include "foreset/model/table_schema.h"

namespace foreset::mysql {

// Whether the column at this index is one by which rows are recognised.
bool IsKeyColumn(const TableSchema& schema, std::size_t column);

// Which texts of the key's columns may stand for several keys of the source: its character set has
// several codes for a character, or '' is a label of an ENUM or SET as well as none of them.
class SharedTexts {
 public:
  explicit SharedTexts(const TableSchema& schema);

  // Whether any text of the column may be shared: the others need not be looked at.
  bool MayBeIn(std::size_t column) const { return watched_[column] != nullptr || labels_[column]; }
  bool Has(std::size_t column, std::string_view text) const;

 private:
  std::vector<const Charset*> watched_;  // by column; null: its texts are its own
  std::vector<bool> labels_;
};

// The error of a table whose key holds a value that its type in the lake cannot hold (a date that
// no calendar has: it would be NULL; a text that several keys have): rows that differ in it alone
// would be one.
Error KeyValueNotKept(const TableSchema& schema, std::size_t column, std::string_view shown);

}  // namespace foreset::mysql
