// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/capture/mysql/connection.h"

namespace foreset::mysql {

// The transactions that are prepared (XA) on the server now, as X'67',X'62',1. Nothing when the
// user may not ask: MySQL wants XA_RECOVER_ADMIN.
Result<std::optional<std::vector<std::string>>> PreparedNow(Connection& connection);

// kTransient with kPreparedAtCopy, naming them, while there are some. A user who may not ask
// passes.
Status CheckNothingPrepared(Connection& connection);

}  // namespace foreset::mysql
