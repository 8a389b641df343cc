// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/cli/generate/shop.h"
#include "foreset/cli/generate/shop_schema.h"

namespace foreset::cli {

// How many rows to make of the tables that are filled for themselves. Orders bring their items,
// payments and reasons, carts their items.
using BulkRows = std::array<std::uint64_t, kShopTableCount>;

// "2000000": about so many rows over all tables, in a shop's proportions.
// "Customers=1000,Orders=500": so many of these. kUsage when it cannot be read.
Result<BulkRows> ParseBulkRows(std::string_view text);

// What a fill is made from. The row of an index is a function of the plan alone, so that slices can
// be made in any order, on any connection, with the same result.
struct BulkPlan {
  std::uint64_t seed = 1;
  BulkRows rows{};
  std::array<std::int64_t, kShopTableCount> first_key{};  // free from here on
  // Rows that are there already: parents where the fill makes none of its own.
  std::vector<ShopCategory> categories;
  std::vector<RowId> sellers;
  std::vector<RowId> payment_methods;
  std::vector<RowId> customers;
  std::vector<ShopProduct> products;
};

// A part of a fill: `count` rows of one table from `index` on, with what they bring.
struct BulkSlice {
  ShopTable table = ShopTable::kSellers;
  std::uint64_t index = 0;
  std::uint64_t count = 0;
};

// The whole fill in slices, parents before children.
std::vector<BulkSlice> SlicesOf(const BulkPlan& plan);

// One slice as multi-row INSERTs. Pure.
ShopTransaction MakeSlice(const BulkPlan& plan, const BulkSlice& slice);

}  // namespace foreset::cli
