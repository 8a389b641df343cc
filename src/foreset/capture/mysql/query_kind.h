// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace foreset::mysql {

// What a QUERY event means for the stream of transactions.
enum class QueryKind : std::uint8_t {
  kBegin,
  kCommit,
  kRollback,
  kSavepoint,
  kRollbackTo,
  kReleaseSavepoint,
  kXaStart,
  kXaEnd,
  kXaCommit,
  kXaRollback,
  kDml,    // changes rows by a statement
  kOther,  // DDL, account management and the like
};

struct QueryMeaning {
  QueryKind kind = QueryKind::kOther;
  // Savepoints: the name as written. XA: the id as X'67',X'62',1, whatever the way of writing.
  std::string name;
};

// By the first words; leading white space and comments are passed over.
QueryMeaning MeaningOf(std::string_view text);

// "'a b','',1" or "X'6120',X'',1" as X'612062',X'',1: hex in lower case, format 1 when absent.
std::string CanonicalXid(std::string_view text);

}  // namespace foreset::mysql
