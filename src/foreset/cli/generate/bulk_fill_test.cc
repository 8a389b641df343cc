// SPDX-License-Identifier: MIT
#include "foreset/cli/generate/bulk_fill.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace foreset::cli {
namespace {

BulkPlan PlanOf(std::string_view rows) {
  BulkPlan plan;
  plan.rows = *ParseBulkRows(rows);
  plan.first_key.fill(101);
  plan.categories = {{RowId(1), "Audio"}};
  plan.sellers = {RowId(1)};
  plan.payment_methods = {RowId(1)};
  plan.customers = {RowId(1)};
  plan.products = {{RowId(1), Cents(1000), RowId(1), 5}};
  return plan;
}

ChangeCounts CountsOf(const BulkPlan& plan) {
  ChangeCounts counts;
  for (const BulkSlice& slice : SlicesOf(plan)) counts.Add(MakeSlice(plan, slice).counts);
  return counts;
}

TEST(BulkFill, MakesAboutAsManyRowsAsWereAskedFor) {
  const auto rows = static_cast<double>(CountsOf(PlanOf("100000")).total());
  EXPECT_NEAR(rows, 100'000, 3'000);
}

TEST(BulkFill, MakesExactlyTheRowsOfNamedTables) {
  const ChangeCounts counts = CountsOf(PlanOf("Customers=2500,Reviews=10"));
  EXPECT_EQ(counts.Of(ShopTable::kCustomers, RowChange::kInsert), 2500U);
  EXPECT_EQ(counts.Of(ShopTable::kReviews, RowChange::kInsert), 10U);
  EXPECT_EQ(counts.total(), 2510U);
}

TEST(BulkFill, ASliceIsTheSameWheneverItIsMade) {
  const BulkPlan plan = PlanOf("Orders=50");
  const BulkSlice slice{ShopTable::kOrders, 20, 5};
  const auto first = MakeSlice(plan, slice).statements;
  EXPECT_EQ(first, MakeSlice(plan, slice).statements);
  // The orders come with items, payments and, here and there, reasons.
  EXPECT_GE(first.size(), 3U);
  EXPECT_TRUE(first[0].starts_with("INSERT INTO Orders")) << first[0];
}

TEST(BulkFill, RefusesTablesThatAreNotFilledForThemselves) {
  for (const char* bad : {"x", "OrderItems=5", "Customers", "Customers=", "Customers=-1", "-5"}) {
    EXPECT_FALSE(ParseBulkRows(bad).has_value()) << bad;
  }
}

}  // namespace
}  // namespace foreset::cli
