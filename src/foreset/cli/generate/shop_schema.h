// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "foreset/base/strong_type.h"

namespace foreset::cli {

// The fifteen tables of examples/online_store/online_store.sql, parents before children.
enum class ShopTable : std::uint8_t {
  kSellers,
  kCustomers,
  kProductCategories,
  kProducts,
  kOrderStatus,
  kOrders,
  kReasons,
  kOrderItems,
  kShoppingCarts,
  kCartItems,
  kPaymentMethods,
  kPayments,
  kReviews,
  kAddresses,
  kInventory,
};
inline constexpr std::size_t kShopTableCount = 15;

struct ShopTableNames {
  std::string_view table;
  std::string_view key;
};
inline constexpr std::array<ShopTableNames, kShopTableCount> kShopTableNames = {{
    {"Sellers", "SellerID"},
    {"Customers", "CustomerID"},
    {"ProductCategories", "CategoryID"},
    {"Products", "ProductID"},
    {"OrderStatus", "StatusID"},
    {"Orders", "OrderID"},
    {"Reasons", "ReasonID"},
    {"OrderItems", "OrderItemID"},
    {"ShoppingCarts", "CartID"},
    {"CartItems", "CartItemID"},
    {"PaymentMethods", "PaymentMethodID"},
    {"Payments", "PaymentID"},
    {"Reviews", "ReviewID"},
    {"Addresses", "AddressID"},
    {"Inventory", "InventoryID"},
}};
constexpr const ShopTableNames& NamesOf(ShopTable table) {
  return kShopTableNames[static_cast<std::size_t>(table)];
}

// The statuses that the example gives an order.
enum class OrderStage : std::uint8_t {
  kOrdered = 1,
  kShipped = 2,
  kDelivered = 3,
  kReturned = 4,
  kCancelled = 5,
};

// A key of any of the tables; 0 is no row.
using RowId = StrongType<std::int64_t, struct ShopRowIdTag>;
// Money, in hundredths.
using Cents = StrongType<std::int64_t, struct ShopCentsTag>;

// "12.05"
std::string AmountText(Cents amount);

enum class RowChange : std::uint8_t { kInsert, kUpdate, kDelete };

// How many rows were changed, by table and kind of change.
struct ChangeCounts {
  std::array<std::array<std::uint64_t, 3>, kShopTableCount> rows{};

  void Add(ShopTable table, RowChange change, std::uint64_t count) {
    rows[static_cast<std::size_t>(table)][static_cast<std::size_t>(change)] += count;
  }
  void Add(const ChangeCounts& other);
  std::uint64_t Of(ShopTable table, RowChange change) const {
    return rows[static_cast<std::size_t>(table)][static_cast<std::size_t>(change)];
  }
  std::uint64_t total() const;
  bool operator==(const ChangeCounts&) const = default;
};

}  // namespace foreset::cli
