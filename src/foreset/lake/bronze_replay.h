// SPDX-License-Identifier: MIT
#pragma once

#include <span>

#include "foreset/base/result.h"
#include "foreset/lake/bronze_table.h"

namespace foreset::lake {

// BronzeTable::Replay. Files that Foreset wrote are streamed one after another; where files
// overlap (another program rearranged the table) each batch is gathered and sorted in memory.
Status ReplayBronze(const LakeTable& table, BatchNumber after, BatchNumber up_to,
                    std::span<const SchemaChange> changes, const ReplaySink& sink);

}  // namespace foreset::lake
