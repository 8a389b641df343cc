// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/cli/generate/random.h"
#include "foreset/cli/generate/shop_schema.h"

namespace foreset::cli {

struct ShopCategory {
  RowId id;
  std::string name;
};
struct ShopProduct {
  RowId id;
  Cents price;
  RowId stock_row;  // in Inventory; 0: there is none
  int stock = 0;
  Cents cost{0};      // 0: it is not known
  RowId category{0};  // 0: there is none
  RowId seller{0};    // the same
  std::string name;
};
struct ShopCustomer {
  RowId id;
  RowId address;  // 0: there is none
};
struct ShopOrder {
  RowId id;
  OrderStage stage = OrderStage::kOrdered;
  std::vector<RowId> payments;
};
struct ShopCartItem {
  RowId id;
  int quantity = 1;
};
struct ShopCart {
  RowId id;
  std::vector<ShopCartItem> items;
};
struct ShopReview {
  RowId id;
  int rating = 5;
};

// What one stream of changes knows of the shop. Streams that work at the same time have disjoint
// rows: a stream changes rows of its own only, and makes keys that no other makes.
struct ShopState {
  // Shared by all streams, never changed. None is empty.
  std::vector<ShopCategory> categories;
  std::vector<RowId> sellers;
  std::vector<RowId> payment_methods;
  // This stream's.
  std::vector<ShopProduct> products;
  std::vector<ShopCustomer> customers;
  std::vector<ShopOrder> open_orders;  // ordered or shipped
  std::vector<ShopOrder> delivered_orders;
  std::vector<ShopCart> carts;
  std::vector<ShopReview> reviews;
  // The key of the next row of each table, and the distance to the one after it.
  std::array<std::int64_t, kShopTableCount> next_key{};
  std::int64_t key_step = 1;
};

// What can happen in a shop. Each is one transaction.
enum class ShopEvent : std::uint8_t {
  kOrder,     // an order with items and payment, stock taken
  kProgress,  // an order is shipped or delivered
  kCart,      // a cart is made, filled, changed or abandoned
  kReview,    // a review is written, changed or taken back
  kPrice,     // prices of up to three products
  kMove,      // a customer's address and telephone number
  kRegister,  // a new customer with address
  kReturn,    // an order is returned or cancelled, its payments refunded
  kRestock,   // stock comes in
  kFleeting,  // a customer comes, changes and goes within the transaction
  kProduct,   // a new product with its stock
  kRevise,    // a product's cost, category, seller or name: what warehouses keep versions of
};
inline constexpr std::size_t kShopEventCount = 12;

// How often each event happens, relative to the others.
struct ShopMix {
  std::array<int, kShopEventCount> weights{30, 24, 18, 8, 4, 5, 4, 2, 3, 1, 1, 5};
};
// "order=3,price=1": what is not named does not happen. kUsage when it cannot be read.
Result<ShopMix> ParseShopMix(std::string_view text);

// SQL statements without BEGIN and COMMIT, and the row changes that they make. Each update changes
// the row that it names, so that the counts are those of the binlog.
struct ShopTransaction {
  std::vector<std::string> statements;
  ChangeCounts counts;
};

// A shop at work: an endless, reproducible stream of transactions. Pure: no I/O, no clock. It
// counts on every transaction being committed, in order. Not thread-safe.
class Shop {
 public:
  Shop(ShopState state, const ShopMix& mix, Random random);

  ShopTransaction Next();

 private:
  ShopEvent ChooseEvent();
  RowId NewKey(ShopTable table);

  void Order(ShopTransaction& transaction);
  Cents AddOrderLines(RowId order, ShopTransaction& transaction);
  std::vector<RowId> Pay(RowId order, Cents total, ShopTransaction& transaction);
  void Progress(ShopTransaction& transaction);
  void Return(ShopTransaction& transaction);
  void GiveBack(const ShopOrder& order, OrderStage stage, ShopTransaction& transaction);
  void Cart(ShopTransaction& transaction);
  void OpenCart(ShopTransaction& transaction);
  void AddCartItem(ShopCart& cart, ShopTransaction& transaction);
  void AbandonCart(std::size_t index, ShopTransaction& transaction);
  void Review(ShopTransaction& transaction);
  void Price(ShopTransaction& transaction);
  void Move(ShopTransaction& transaction);
  void Register(ShopTransaction& transaction);
  void AddAddress(ShopCustomer& customer, ShopTransaction& transaction);
  void Restock(ShopTransaction& transaction);
  void Fleeting(ShopTransaction& transaction);
  void AddProduct(ShopTransaction& transaction);
  void Revise(ShopTransaction& transaction);
  std::string NewCost(ShopProduct& product);
  std::string NewName(ShopProduct& product);

  ShopState state_;
  ShopMix mix_;
  int total_weight_ = 0;
  Random random_;
};

}  // namespace foreset::cli
