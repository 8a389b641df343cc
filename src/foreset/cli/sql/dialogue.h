// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "foreset/base/result.h"
#include "foreset/cli/context.h"
#include "foreset/cli/sql/query_output.h"
#include "foreset/cli/sql/shell_command.h"
#include "foreset/sql/lake_session.h"

namespace foreset::cli {

// What statements and commands do, typed at a terminal or read from elsewhere, and what they have
// set for the next ones. Not thread-safe.
class Dialogue {
 public:
  // `typed`: by a person, who is told times, and shown long tables by a pager.
  Dialogue(sql::LakeSession& session, QueryOutput output, bool typed, Context& context)
      : session_(session), output_(output), context_(context), typed_(typed), timing_(typed) {}

  Status Ask(const std::string& statement);
  // kUsage when there is no such command.
  Status Do(const ShellCommand& command);
  bool left() const { return left_; }

 private:
  Result<QueryRun> Run(const std::string& statement);
  Status Choose(std::string_view format);

  sql::LakeSession& session_;
  QueryOutput output_;
  Context& context_;
  bool typed_;
  bool timing_;
  bool left_ = false;
};

}  // namespace foreset::cli
