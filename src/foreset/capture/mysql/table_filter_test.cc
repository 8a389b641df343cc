// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/table_filter.h"

#include <gtest/gtest.h>

namespace foreset::mysql {
namespace {

TEST(GlobMatches, StarTakesAnyRunAndQuestionMarkOne) {
  EXPECT_TRUE(GlobMatches("*", ""));
  EXPECT_TRUE(GlobMatches("Order*s", "OrderItems"));
  EXPECT_TRUE(GlobMatches("a*b*c", "a1b2b3c"));
  EXPECT_FALSE(GlobMatches("a*b*c", "a1b2b3"));
  EXPECT_TRUE(GlobMatches("t?", "t1"));
  EXPECT_FALSE(GlobMatches("t?", "t"));
  EXPECT_FALSE(GlobMatches("orders", "Orders"));
}

TEST(TableFilter, SelectsByDatabaseAndTableAndExcludes) {
  const TableFilter filter({"online_store.*", "crm.cust*"}, {"online_store.tmp_*"});
  EXPECT_TRUE(filter.Matches({"online_store", "Orders"}));
  EXPECT_FALSE(filter.Matches({"online_store", "tmp_1"}));
  EXPECT_TRUE(filter.Matches({"crm", "customer"}));
  EXPECT_FALSE(filter.Matches({"crm", "orders"}));
  EXPECT_TRUE(filter.MayMatchDatabase("crm"));
  EXPECT_FALSE(filter.MayMatchDatabase("hr"));
}

TEST(TableFilter, NeverSelectsTheServersOwnSchemas) {
  const TableFilter filter({"*.*"}, {});
  EXPECT_FALSE(filter.Matches({"mysql", "user"}));
  EXPECT_FALSE(filter.Matches({"information_schema", "TABLES"}));
  EXPECT_TRUE(filter.Matches({"shop", "user"}));
}

TEST(TableFilter, GlobWithoutDatabaseNamesATableAnywhere) {
  const TableFilter filter({"Orders"}, {});
  EXPECT_TRUE(filter.Matches({"a", "Orders"}));
  EXPECT_FALSE(filter.Matches({"a", "Order"}));
}

TEST(TableFilter, FoldsNamesWhereTheServerDoes) {
  const TableFilter filter({"Shop.Orders", "shop.ÄRA*"}, {"SHOP.ärab*"}, /*fold_names=*/true);
  EXPECT_TRUE(filter.Matches({"shop", "orders"}));
  EXPECT_TRUE(filter.Matches({"SHOP", "Ärastotle"}));
  EXPECT_FALSE(filter.Matches({"shop", "äraber"}));
  EXPECT_TRUE(filter.MayMatchDatabase("SHOP"));
}

}  // namespace
}  // namespace foreset::mysql
