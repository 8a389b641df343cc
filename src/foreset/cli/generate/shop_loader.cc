// SPDX-License-Identifier: MIT
#include "foreset/cli/generate/shop_loader.h"

#include <charconv>
#include <map>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace foreset::cli {
namespace {

constexpr int kReadAtMost = 20'000;

std::int64_t Number(const std::optional<std::string>& text) {
  std::int64_t number = 0;
  if (text) std::from_chars(text->data(), text->data() + text->size(), number);
  return number;
}

RowId Id(const std::optional<std::string>& text) { return RowId(Number(text)); }

// "12.05" -> 1205
Cents Amount(const std::optional<std::string>& text) {
  const std::size_t point = text ? text->find('.') : std::string::npos;
  const std::int64_t whole = Number(text) * 100;
  if (point == std::string::npos) return Cents(whole);
  return Cents(whole + Number((text->substr(point + 1) + "00").substr(0, 2)));
}

std::unexpected<Error> ShopMissing(std::string_view what) {
  return Err(ErrorKind::kInvalidInput, ErrorCode::kShopMissing, std::string(what));
}

// Rows of this stream, newest first: `select` is the statement up to WHERE, of so many `columns`;
// `key` names the column that decides.
class StreamRows {
 public:
  StreamRows(mysql::Connection& connection, std::size_t stream, std::size_t streams)
      : connection_(connection), stream_(stream), streams_(streams) {}

  Result<std::vector<mysql::SqlRow>> Read(std::string_view select, std::size_t columns,
                                          std::string_view key,
                                          std::string_view condition = "TRUE") {
    return connection_.Query(fmt::format("{0} WHERE {1} % {2} = {3} AND {4} ORDER BY {1} DESC, 2 "
                                         "LIMIT {5}",
                                         select, key, streams_, stream_, condition, kReadAtMost),
                             columns);
  }

 private:
  mysql::Connection& connection_;
  std::size_t stream_;
  std::size_t streams_;
};

Status ReadShared(mysql::Connection& connection, ShopState& state) {
  for (const auto& row : TRY(connection.Query("SELECT CategoryID, CategoryName FROM "
                                              "ProductCategories ORDER BY CategoryID",
                                              2))) {
    state.categories.push_back({Id(row[0]), row[1].value_or("")});
  }
  for (const auto& row : TRY(connection.Query("SELECT SellerID FROM Sellers ORDER BY SellerID "
                                              "LIMIT 20000",
                                              1))) {
    state.sellers.push_back(Id(row[0]));
  }
  for (const auto& row : TRY(connection.Query("SELECT PaymentMethodID FROM PaymentMethods "
                                              "ORDER BY PaymentMethodID",
                                              1))) {
    state.payment_methods.push_back(Id(row[0]));
  }
  const auto statuses = TRY(connection.QueryValue("SELECT COUNT(*) FROM OrderStatus"));
  if (state.categories.empty() || state.sellers.empty() || state.payment_methods.empty() ||
      Number(statuses) < 5) {
    return ShopMissing("the shop has no categories, sellers, payment methods or statuses");
  }
  return {};
}

Status ReadProducts(StreamRows& rows, ShopState& state) {
  std::map<std::int64_t, ShopProduct> stock;
  for (const auto& row : TRY(rows.Read("SELECT ProductID, InventoryID, QuantityInStock FROM "
                                       "Inventory",
                                       3, "ProductID"))) {
    ShopProduct& product = stock[Number(row[0])];
    product.stock_row = Id(row[1]);
    product.stock = static_cast<int>(Number(row[2]));
  }
  for (const auto& row :
       TRY(rows.Read("SELECT ProductID, Price, COALESCE(Cost, 0), COALESCE(CategoryID, 0), "
                     "COALESCE(SellerID, 0), Name FROM Products",
                     6, "ProductID"))) {
    ShopProduct product{Id(row[0]),     Amount(row[1]), RowId(0),   0,
                        Amount(row[2]), Id(row[3]),     Id(row[4]), row[5].value_or("")};
    if (const auto found = stock.find(product.id.value()); found != stock.end()) {
      product.stock_row = found->second.stock_row;
      product.stock = found->second.stock;
    }
    state.products.push_back(product);
  }
  return {};
}

Status ReadCustomers(StreamRows& rows, ShopState& state) {
  std::map<std::int64_t, RowId> addresses;
  for (const auto& row :
       TRY(rows.Read("SELECT CustomerID, AddressID FROM Addresses", 2, "CustomerID"))) {
    addresses[Number(row[0])] = Id(row[1]);
  }
  for (const auto& row :
       TRY(rows.Read("SELECT CustomerID, Name FROM Customers", 2, "CustomerID"))) {
    const auto found = addresses.find(Number(row[0]));
    state.customers.push_back({Id(row[0]), found != addresses.end() ? found->second : RowId(0)});
  }
  return {};
}

Status ReadOrders(StreamRows& rows, ShopState& state) {
  std::map<std::int64_t, std::vector<RowId>> payments;
  std::int64_t oldest_read = 0;
  for (const auto& row : TRY(rows.Read("SELECT OrderID, PaymentID FROM Payments", 2, "OrderID"))) {
    oldest_read = Number(row[0]);
    payments[oldest_read].push_back(Id(row[1]));
  }
  for (const auto& row :
       TRY(rows.Read("SELECT OrderID, StatusID FROM Orders", 2, "OrderID",
                     fmt::format("StatusID IN (1, 2, 3) AND OrderID > {}", oldest_read)))) {
    const auto stage = static_cast<OrderStage>(Number(row[1]));
    auto& orders = stage == OrderStage::kDelivered ? state.delivered_orders : state.open_orders;
    orders.push_back({Id(row[0]), stage, payments[Number(row[0])]});
  }
  return {};
}

Status ReadCarts(StreamRows& rows, ShopState& state) {
  std::map<std::int64_t, std::vector<ShopCartItem>> items;
  std::int64_t oldest_read = 0;
  for (const auto& row :
       TRY(rows.Read("SELECT CartID, CartItemID, Quantity FROM CartItems", 3, "CartID"))) {
    oldest_read = Number(row[0]);
    items[oldest_read].push_back({Id(row[1]), static_cast<int>(Number(row[2]))});
  }
  for (const auto& row : TRY(rows.Read("SELECT CartID, CustomerID FROM ShoppingCarts", 2, "CartID",
                                       fmt::format("CartID > {}", oldest_read)))) {
    state.carts.push_back({Id(row[0]), std::move(items[Number(row[0])])});
  }
  return {};
}

Status ReadReviews(StreamRows& rows, ShopState& state) {
  for (const auto& row : TRY(rows.Read("SELECT ReviewID, Rating FROM Reviews", 2, "ReviewID"))) {
    state.reviews.push_back({Id(row[0]), static_cast<int>(Number(row[1]))});
  }
  return {};
}

}  // namespace

Result<std::array<std::int64_t, kShopTableCount>> FreeKeys(mysql::Connection& connection) {
  std::array<std::int64_t, kShopTableCount> keys{};
  for (std::size_t i = 0; i < kShopTableCount; ++i) {
    const ShopTableNames& names = kShopTableNames[i];
    auto highest =
        connection.QueryValue(fmt::format("SELECT MAX({}) FROM {}", names.key, names.table));
    if (!highest && highest.error().kind == ErrorKind::kNotFound) {
      return ShopMissing(highest.error().message);
    }
    keys[i] = Number(TRY(std::move(highest))) + 1;
  }
  return keys;
}

Result<ShopState> LoadShop(mysql::Connection& connection,
                           const std::array<std::int64_t, kShopTableCount>& free_keys,
                           std::size_t stream, std::size_t streams) {
  ShopState state;
  RETURN_IF_ERROR(ReadShared(connection, state));
  StreamRows rows(connection, stream, streams);
  RETURN_IF_ERROR(ReadProducts(rows, state));
  RETURN_IF_ERROR(ReadCustomers(rows, state));
  RETURN_IF_ERROR(ReadOrders(rows, state));
  RETURN_IF_ERROR(ReadCarts(rows, state));
  RETURN_IF_ERROR(ReadReviews(rows, state));
  const auto step = static_cast<std::int64_t>(streams);
  state.key_step = step;
  for (std::size_t i = 0; i < kShopTableCount; ++i) {
    const std::int64_t free = free_keys[i];
    state.next_key[i] = free + (static_cast<std::int64_t>(stream) - free % step + step) % step;
  }
  return state;
}

Result<BulkPlan> PlanFill(mysql::Connection& connection, std::uint64_t seed, const BulkRows& rows) {
  const auto free_keys = TRY(FreeKeys(connection));
  ShopState state;
  RETURN_IF_ERROR(ReadShared(connection, state));
  StreamRows all(connection, 0, 1);
  RETURN_IF_ERROR(ReadProducts(all, state));
  RETURN_IF_ERROR(ReadCustomers(all, state));
  const auto made = [&](ShopTable table) { return rows[static_cast<std::size_t>(table)]; };
  if ((state.products.empty() && made(ShopTable::kProducts) == 0) ||
      (state.customers.empty() && made(ShopTable::kCustomers) == 0)) {
    return ShopMissing("the shop has no products or no customers, and none are to be made");
  }
  BulkPlan plan{seed,
                rows,
                free_keys,
                std::move(state.categories),
                std::move(state.sellers),
                std::move(state.payment_methods),
                {},
                std::move(state.products)};
  for (const ShopCustomer& customer : state.customers) plan.customers.push_back(customer.id);
  return plan;
}

}  // namespace foreset::cli
