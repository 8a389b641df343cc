// SPDX-License-Identifier: MIT
#pragma once

#include "foreset/base/result.h"
#include "foreset/capture/mysql/connection.h"
#include "foreset/model/source_position.h"

namespace foreset::mysql {

// Whether the server can still be followed from `from`. kInvalidInput: kSourceReplaced when it
// does not hold everything up to there (a restored backup, a reset binlog) or is another server
// than `from` names: who follows a replica instead starts a new epoch and names it in `from`;
// kBinlogPurged when it has thrown away what comes after. MariaDB tells of purged GTIDs only when
// the binlog is asked for.
Status CheckPosition(Connection& connection, const SourcePosition& from);

}  // namespace foreset::mysql
