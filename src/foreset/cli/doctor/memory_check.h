// SPDX-License-Identifier: MIT
#pragma once

#include "foreset/capture/mysql/server_checks.h"
#include "foreset/pipeline/index_memory.h"

namespace foreset::cli {

// Whether the key indexes of so many rows leave enough of memory_limit.
mysql::ServerCheck CheckMemory(const lake::LakeLayout& layout, std::size_t memory_limit_bytes,
                               const pipeline::RowEstimates& rows);

}  // namespace foreset::cli
