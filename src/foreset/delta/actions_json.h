// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/delta/actions.h"

// The encoding of actions in commits: one JSON object a line (PROTOCOL.md, "Delta Log Entries").
namespace foreset::delta {

// One action as a line of a commit, without the newline. Members that are absent are left out;
// an UnknownAction is written as it was read.
std::string ToJsonLine(const Action& action);

// The actions of a commit (or of a compacted log file), in order. Blank lines are skipped, members
// that are not known are ignored, an action of an unknown kind is kept as UnknownAction.
// kCorruption names the line and the fault.
Result<std::vector<Action>> ParseCommit(std::string_view text);

}  // namespace foreset::delta
