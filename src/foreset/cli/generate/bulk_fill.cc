// SPDX-License-Identifier: MIT
#include "foreset/cli/generate/bulk_fill.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "foreset/base/time_text.h"
#include "foreset/cli/generate/shop_words.h"

namespace foreset::cli {
namespace {

constexpr std::uint64_t kRowsPerSlice = 1000;
constexpr std::uint64_t kMaxItems = 5;      // of an order; keys are reserved for so many
constexpr std::uint64_t kMaxCartItems = 3;  // of a cart
constexpr std::uint64_t kMaxRows = 1'000'000'000;
constexpr std::int64_t kFirstSecond = 1'704'067'200;  // 2024-01-01
constexpr std::size_t kSeconds = 600UL * 86'400;      // over which rows were made

// Parents before children.
constexpr std::array<ShopTable, 8> kFilled = {
    ShopTable::kSellers,   ShopTable::kCustomers,     ShopTable::kProducts, ShopTable::kInventory,
    ShopTable::kAddresses, ShopTable::kShoppingCarts, ShopTable::kReviews,  ShopTable::kOrders};

// Rows of each in a hundred thousand of all; an order counts with what it brings.
constexpr std::array<std::uint64_t, 8> kShares = {700, 1200, 1000, 2900, 1800, 1200, 5600, 17000};

std::optional<std::uint64_t> ParseCount(std::string_view text) {
  std::uint64_t count = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || rest != text.data() + text.size() || count > kMaxRows) return {};
  return count;
}

std::optional<ShopTable> FilledTable(std::string_view name) {
  const auto* found =
      std::ranges::find_if(kFilled, [&](ShopTable table) { return NamesOf(table).table == name; });
  if (found == kFilled.end()) return std::nullopt;
  return *found;
}

// Writes the rows of one slice. Every row draws from a generator of its own.
class SliceWriter {
 public:
  SliceWriter(const BulkPlan& plan, const BulkSlice& slice) : plan_(plan), slice_(slice) {}

  ShopTransaction Write() {
    switch (slice_.table) {
      case ShopTable::kSellers:
        Sellers();
        break;
      case ShopTable::kCustomers:
        Customers();
        break;
      case ShopTable::kProducts:
        Products();
        break;
      case ShopTable::kInventory:
        Inventory();
        break;
      case ShopTable::kAddresses:
        Addresses();
        break;
      case ShopTable::kShoppingCarts:
        Carts();
        break;
      case ShopTable::kReviews:
        Reviews();
        break;
      default:
        Orders();
        break;
    }
    return std::move(transaction_);
  }

 private:
  struct Statement {
    ShopTable table;
    std::string sql;
    std::uint64_t rows = 0;
  };

  static Statement Begin(ShopTable table, std::string_view columns) {
    return {table, fmt::format("INSERT INTO {} ({}, CreatedAt, UpdatedAt) VALUES ",
                               NamesOf(table).table, columns)};
  }
  template <typename... Arguments>
  static void Row(Statement& statement, const std::string& made,
                  fmt::format_string<Arguments...> values, Arguments&&... arguments) {
    statement.sql += statement.rows++ == 0 ? "(" : ",(";
    fmt::format_to(std::back_inserter(statement.sql), values,
                   std::forward<Arguments>(arguments)...);
    fmt::format_to(std::back_inserter(statement.sql), ",'{0}','{0}')", made);
  }
  void End(Statement statement) {
    if (statement.rows == 0) return;
    transaction_.counts.Add(statement.table, RowChange::kInsert, statement.rows);
    transaction_.statements.push_back(std::move(statement.sql));
  }

  // For each row of the slice: its index and its generator.
  template <typename Function>
  void ForEach(Function function) {
    for (std::uint64_t i = slice_.index; i < slice_.index + slice_.count; ++i) {
      Random random = RandomOf(slice_.table, i);
      function(i, random);
    }
  }
  Random RandomOf(ShopTable table, std::uint64_t index) const {
    return {plan_.seed, static_cast<std::uint64_t>(table) + 1, index};
  }
  std::int64_t Key(ShopTable table, std::uint64_t index) const {
    return plan_.first_key[static_cast<std::size_t>(table)] + static_cast<std::int64_t>(index);
  }
  std::uint64_t RowsOf(ShopTable table) const {
    return plan_.rows[static_cast<std::size_t>(table)];
  }
  static std::string Moment(Random& random) {
    const auto second = kFirstSecond + static_cast<std::int64_t>(random.Below(kSeconds));
    return TimestampText(second * 1'000'000, false);
  }

  std::int64_t Parent(ShopTable table, const std::vector<RowId>& existing, Random& random) const {
    const std::uint64_t made = RowsOf(table);
    return made > 0 ? Key(table, random.Below(made)) : random.Pick(existing).value();
  }
  std::int64_t Customer(Random& random) const {
    return Parent(ShopTable::kCustomers, plan_.customers, random);
  }
  struct Cost {
    std::int64_t cost;
    std::int64_t price;
  };
  Cost CostOf(std::uint64_t product) const {
    Random random(plan_.seed, 100, product);
    const std::int64_t cost = random.Between(40, 900) * 10;
    return {cost, cost * random.Between(15, 26) / 10};
  }
  std::pair<std::int64_t, std::int64_t> ProductAndPrice(Random& random) const {
    if (const std::uint64_t made = RowsOf(ShopTable::kProducts); made > 0) {
      const std::uint64_t product = random.Below(made);
      return {Key(ShopTable::kProducts, product), CostOf(product).price};
    }
    const ShopProduct& product = random.Pick(plan_.products);
    return {product.id.value(), product.price.value()};
  }

  void Sellers() {
    Statement rows = Begin(ShopTable::kSellers, "SellerID,Name,Email,PhoneNumber");
    ForEach([&](std::uint64_t i, Random& random) {
      const std::int64_t key = Key(ShopTable::kSellers, i);
      const std::string name = SellerName(random);
      const std::string phone = PhoneNumber(random);
      Row(rows, Moment(random), "{},'{}','trade{}@example.com','{}'", key, name, key, phone);
    });
    End(std::move(rows));
  }

  void Customers() {
    Statement rows = Begin(ShopTable::kCustomers, "CustomerID,Name,Email,PhoneNumber");
    ForEach([&](std::uint64_t i, Random& random) {
      const std::int64_t key = Key(ShopTable::kCustomers, i);
      const std::string name = PersonName(random);
      const std::string phone = random.Chance(88) ? "'" + PhoneNumber(random) + "'" : "NULL";
      Row(rows, Moment(random), "{},'{}','{}',{}", key, name,
          EmailOf(name, static_cast<std::uint64_t>(key)), phone);
    });
    End(std::move(rows));
  }

  void Products() {
    Statement rows =
        Begin(ShopTable::kProducts, "ProductID,Name,Description,Price,Cost,CategoryID,SellerID");
    ForEach([&](std::uint64_t i, Random& random) {
      const ShopCategory& category = random.Pick(plan_.categories);
      const ProductText text = RandomProduct(random, category.name);
      const Cost cost = CostOf(i);
      Row(rows, Moment(random), "{},'{}','{}',{},{},{},{}", Key(ShopTable::kProducts, i), text.name,
          text.description, AmountText(Cents(cost.price)), AmountText(Cents(cost.cost)),
          category.id.value(), Parent(ShopTable::kSellers, plan_.sellers, random));
    });
    End(std::move(rows));
  }

  void Inventory() {
    Statement rows = Begin(ShopTable::kInventory,
                           "InventoryID,InventoryName,ProductID,QuantityInStock,ReorderThreshold");
    constexpr std::array<std::string_view, 3> kPlaces = {"Rotterdam", "Leeds", "Portland"};
    ForEach([&](std::uint64_t i, Random& random) {
      const std::string_view place = random.Pick(kPlaces);
      const std::int64_t product = ProductAndPrice(random).first;
      const int stock = random.Between(0, 300);
      Row(rows, Moment(random), "{},'{} warehouse',{},{},{}", Key(ShopTable::kInventory, i), place,
          product, stock, random.Between(1, 4) * 5);
    });
    End(std::move(rows));
  }

  void Addresses() {
    Statement rows =
        Begin(ShopTable::kAddresses,
              "AddressID,CustomerID,AddressLine,City,State,ZipCode,Country,IsBillingAddress,"
              "IsShippingAddress");
    ForEach([&](std::uint64_t i, Random& random) {
      const std::int64_t customer = Customer(random);
      const PostalAddress address = RandomAddress(random);
      const bool billing = random.Chance(80);
      Row(rows, Moment(random), "{},{},'{}','{}','{}','{}','{}',{},{}",
          Key(ShopTable::kAddresses, i), customer, address.line, address.city, address.state,
          address.zip_code, address.country, billing ? 1 : 0,
          !billing || random.Chance(80) ? 1 : 0);
    });
    End(std::move(rows));
  }

  void Carts() {
    Statement carts = Begin(ShopTable::kShoppingCarts, "CartID,CustomerID");
    Statement items = Begin(ShopTable::kCartItems, "CartItemID,CartID,ProductID,Quantity");
    ForEach([&](std::uint64_t i, Random& random) {
      const std::int64_t cart = Key(ShopTable::kShoppingCarts, i);
      const std::string made = Moment(random);
      Row(carts, made, "{},{}", cart, Customer(random));
      const std::uint64_t count = 1 + random.Below(kMaxCartItems);
      for (std::uint64_t item = 0; item < count; ++item) {
        const std::int64_t product = ProductAndPrice(random).first;
        Row(items, made, "{},{},{},{}", Key(ShopTable::kCartItems, i * kMaxCartItems + item), cart,
            product, random.Chance(85) ? 1 : 2);
      }
    });
    End(std::move(carts));
    End(std::move(items));
  }

  void Reviews() {
    Statement rows = Begin(ShopTable::kReviews, "ReviewID,ProductID,CustomerID,Rating,Comment");
    ForEach([&](std::uint64_t i, Random& random) {
      const std::int64_t product = ProductAndPrice(random).first;
      const std::int64_t customer = Customer(random);
      const int rating = std::min(5, random.Between(1, 8));
      const std::string_view comment = ReviewComment(random, rating);
      Row(rows, Moment(random), "{},{},{},{},{}", Key(ShopTable::kReviews, i), product, customer,
          rating, comment.empty() ? "NULL" : fmt::format("'{}'", comment));
    });
    End(std::move(rows));
  }

  void Orders() {
    Statement orders =
        Begin(ShopTable::kOrders, "OrderID,OrderNumber,TotalAmount,StatusID,CustomerID");
    Statement items =
        Begin(ShopTable::kOrderItems, "OrderItemID,OrderID,ProductID,Quantity,CurrentPrice");
    Statement payments = Begin(ShopTable::kPayments, "PaymentID,OrderID,PaymentMethodID,Amount");
    Statement reasons = Begin(ShopTable::kReasons, "ReasonID,OrderID,ReasonType,ReasonDescription");
    ForEach([&](std::uint64_t i, Random& random) {
      const std::int64_t order = Key(ShopTable::kOrders, i);
      const std::string made = Moment(random);
      const OrderStage stage = Stage(random);
      const std::int64_t customer = Customer(random);
      const std::int64_t total = Items(items, i, made, random);
      Row(orders, made, "{},'FS-{:07}',{},{},{}", order, 1'000'000 + order,
          AmountText(Cents(total)), static_cast<int>(stage), customer);
      if (stage == OrderStage::kReturned || stage == OrderStage::kCancelled) {
        const bool returned = stage == OrderStage::kReturned;
        Row(reasons, made, "{},{},'{}','{}'", Key(ShopTable::kReasons, i), order,
            returned ? "Return" : "Cancellation",
            returned ? ReturnReason(random) : CancellationReason(random));
      } else {
        Row(payments, made, "{},{},{},{}", Key(ShopTable::kPayments, i), order,
            random.Pick(plan_.payment_methods).value(), AmountText(Cents(total)));
      }
    });
    End(std::move(orders));
    End(std::move(items));
    End(std::move(payments));
    End(std::move(reasons));
  }

  // Writes the items of one order; returns what they cost.
  std::int64_t Items(Statement& items, std::uint64_t order, const std::string& made,
                     Random& random) const {
    const std::uint64_t count = 1 + random.Below(kMaxItems);
    std::int64_t total = 0;
    for (std::uint64_t item = 0; item < count; ++item) {
      const auto [product, price] = ProductAndPrice(random);
      const int quantity = random.Chance(80) ? 1 : 2;
      total += quantity * price;
      Row(items, made, "{},{},{},{},{}", Key(ShopTable::kOrderItems, order * kMaxItems + item),
          Key(ShopTable::kOrders, order), product, quantity, AmountText(Cents(price)));
    }
    return total;
  }

  static OrderStage Stage(Random& random) {
    const int choice = random.Between(1, 100);
    if (choice <= 45) return OrderStage::kOrdered;
    if (choice <= 75) return OrderStage::kShipped;
    if (choice <= 95) return OrderStage::kDelivered;
    return choice <= 98 ? OrderStage::kReturned : OrderStage::kCancelled;
  }

  const BulkPlan& plan_;
  const BulkSlice& slice_;
  ShopTransaction transaction_;
};

}  // namespace

Result<BulkRows> ParseBulkRows(std::string_view text) {
  BulkRows rows{};
  if (const auto total = ParseCount(text)) {
    for (std::size_t i = 0; i < kFilled.size(); ++i) {
      rows[static_cast<std::size_t>(kFilled[i])] =
          std::max<std::uint64_t>(*total * kShares[i] / 100'000, 1);
    }
    return rows;
  }
  for (std::string_view left = text; !left.empty();) {
    const std::string_view part = left.substr(0, left.find(','));
    left.remove_prefix(std::min(left.size(), part.size() + 1));
    const std::size_t equals = std::min(part.find('='), part.size());
    const auto table = FilledTable(part.substr(0, equals));
    const auto count = ParseCount(part.substr(std::min(part.size(), equals + 1)));
    if (!table || !count) {
      return Err(ErrorKind::kInvalidInput, ErrorCode::kUsage,
                 fmt::format("--rows: \"{}\" is neither a number nor TABLE=NUMBER", part),
                 "Tables are Sellers, Customers, Products, Inventory, Addresses, ShoppingCarts, "
                 "Reviews and Orders; orders bring items and payments, carts their items.");
    }
    rows[static_cast<std::size_t>(*table)] = *count;
  }
  return rows;
}

std::vector<BulkSlice> SlicesOf(const BulkPlan& plan) {
  std::vector<BulkSlice> slices;
  for (const ShopTable table : kFilled) {
    const std::uint64_t rows = plan.rows[static_cast<std::size_t>(table)];
    for (std::uint64_t index = 0; index < rows; index += kRowsPerSlice) {
      slices.push_back({table, index, std::min(kRowsPerSlice, rows - index)});
    }
  }
  return slices;
}

ShopTransaction MakeSlice(const BulkPlan& plan, const BulkSlice& slice) {
  return SliceWriter(plan, slice).Write();
}

}  // namespace foreset::cli
