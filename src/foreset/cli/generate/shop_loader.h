// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

#include "foreset/base/result.h"
#include "foreset/capture/mysql/connection.h"
#include "foreset/cli/generate/bulk_fill.h"
#include "foreset/cli/generate/shop.h"

namespace foreset::cli {

// The first free key of each table.
Result<std::array<std::int64_t, kShopTableCount>> FreeKeys(mysql::Connection& connection);

// What stream `stream` of `streams` is to know of a shop that exists: the rows whose keys are
// congruent to it. Reads at most some ten thousand rows of each kind, the newest ones.
// kInvalidInput (kShopMissing) when the database lacks the tables, or their basic rows.
Result<ShopState> LoadShop(mysql::Connection& connection,
                           const std::array<std::int64_t, kShopTableCount>& free_keys,
                           std::size_t stream, std::size_t streams);

// The parents that a fill may refer to.
Result<BulkPlan> PlanFill(mysql::Connection& connection, std::uint64_t seed, const BulkRows& rows);

}  // namespace foreset::cli
