// SPDX-License-Identifier: MIT
#include "foreset/cli/generate/shop.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace foreset::cli {
namespace {

ShopState SmallShop(std::int64_t first_key = 1, std::int64_t step = 1) {
  ShopState state;
  state.categories = {{RowId(1), "Audio"}, {RowId(2), "Garden"}};
  state.sellers = {RowId(1), RowId(2), RowId(3)};
  state.payment_methods = {RowId(1), RowId(2)};
  state.next_key.fill(first_key);
  state.key_step = step;
  return state;
}

std::string Script(std::uint64_t seed, int transactions) {
  Shop shop(SmallShop(), ShopMix{}, Random(seed));
  std::string script;
  for (int i = 0; i < transactions; ++i) {
    for (const std::string& statement : shop.Next().statements) script += statement + ";\n";
  }
  return script;
}

TEST(Shop, TheSameSeedMakesTheSameStatements) {
  EXPECT_EQ(Script(7, 2000), Script(7, 2000));
  EXPECT_NE(Script(7, 2000), Script(8, 2000));
}

TEST(Shop, EveryTableThatChangesGetsEveryKindOfChange) {
  Shop shop(SmallShop(), ShopMix{}, Random(1));
  ChangeCounts counts;
  for (int i = 0; i < 5000; ++i) counts.Add(shop.Next().counts);
  for (const ShopTable table :
       {ShopTable::kCustomers, ShopTable::kCartItems, ShopTable::kReviews}) {
    for (const RowChange change : {RowChange::kInsert, RowChange::kUpdate, RowChange::kDelete}) {
      EXPECT_GT(counts.Of(table, change), 0U) << NamesOf(table).table;
    }
  }
  EXPECT_GT(counts.Of(ShopTable::kOrders, RowChange::kInsert), 1000U);
  EXPECT_GT(counts.Of(ShopTable::kPayments, RowChange::kDelete), 0U);
  EXPECT_GT(counts.Of(ShopTable::kInventory, RowChange::kUpdate), 0U);
  EXPECT_EQ(counts.Of(ShopTable::kOrderStatus, RowChange::kInsert), 0U);
}

TEST(Shop, NoTransactionIsEmpty) {
  Shop shop(SmallShop(), ShopMix{}, Random(3));
  for (int i = 0; i < 5000; ++i) {
    const ShopTransaction transaction = shop.Next();
    EXPECT_GT(transaction.counts.total(), 0U);
    EXPECT_FALSE(transaction.statements.empty());
  }
}

TEST(Shop, StreamsThatShareATableMakeDifferentKeys) {
  const ShopMix only_orders = *ParseShopMix("order=1");
  Shop first(SmallShop(10, 2), only_orders, Random(1));
  Shop second(SmallShop(11, 2), only_orders, Random(2));
  std::set<std::string> keys;
  std::size_t orders = 0;
  for (int i = 0; i < 200; ++i) {
    for (Shop* shop : {&first, &second}) {
      const std::string statement = shop->Next().statements.front();
      if (!statement.starts_with("INSERT INTO Orders")) continue;
      const std::size_t at = statement.find("VALUES (") + 8;
      keys.insert(statement.substr(at, statement.find(',', at) - at));
      ++orders;
    }
  }
  EXPECT_GT(orders, 300U);
  EXPECT_EQ(keys.size(), orders);
}

TEST(Shop, AnOrderIsOneTransactionWithItemsAndPayment) {
  Shop shop(SmallShop(), *ParseShopMix("order=1"), Random(5));
  shop.Next();  // a customer
  shop.Next();  // a product
  const ShopTransaction order = shop.Next();
  EXPECT_EQ(order.counts.Of(ShopTable::kOrders, RowChange::kInsert), 1U);
  EXPECT_GE(order.counts.Of(ShopTable::kOrderItems, RowChange::kInsert), 1U);
  EXPECT_GE(order.counts.Of(ShopTable::kPayments, RowChange::kInsert), 1U);
}

// An update that changes nothing is none in the binlog.
TEST(Shop, ProductsGetVersions) {
  Shop shop(SmallShop(), *ParseShopMix("revise=9,product=1"), Random(5));
  std::map<std::string, std::map<std::string, std::set<std::string>>> values;
  std::map<std::string, std::string> last;
  for (int i = 0; i < 2000; ++i) {
    const std::string statement = shop.Next().statements.front();
    if (!statement.starts_with("UPDATE Products SET ")) continue;
    const std::string change = statement.substr(20);
    const std::string column = change.substr(0, change.find(' '));
    const std::string product = change.substr(change.rfind(' '));
    EXPECT_NE(std::exchange(last[column + product], change), change);
    values[column][product].insert(change);
  }
  for (const char* column : {"Cost", "CategoryID", "SellerID", "Name"}) {
    EXPECT_GT(std::ranges::count_if(values[column],
                                    [](const auto& entry) { return entry.second.size() > 1; }),
              10)
        << column;
  }
}

TEST(ShopMix, NamesWhatItDoesNotKnow) {
  EXPECT_EQ(ParseShopMix("order=2,price=1")->weights[4], 1);
  EXPECT_EQ(ParseShopMix("order=2")->weights[4], 0);
  for (const char* bad : {"", "order", "order=", "order=x", "order=-1", "orders=1", "order=0"}) {
    EXPECT_FALSE(ParseShopMix(bad).has_value()) << bad;
  }
}

TEST(Cents, HaveTwoDigits) {
  EXPECT_EQ(AmountText(Cents(1205)), "12.05");
  EXPECT_EQ(AmountText(Cents(7)), "0.07");
}

}  // namespace
}  // namespace foreset::cli
