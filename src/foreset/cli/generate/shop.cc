// SPDX-License-Identifier: MIT
#include "foreset/cli/generate/shop.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "foreset/cli/generate/shop_words.h"

namespace foreset::cli {
namespace {

// How many rows of a kind a stream remembers; older ones are left in peace.
constexpr std::size_t kRemembered = 20'000;

constexpr std::array<std::string_view, kShopEventCount> kEventNames = {
    "order",    "progress", "cart",    "review",   "price",   "move",
    "register", "return",   "restock", "fleeting", "product", "revise"};

template <typename... Arguments>
void Add(ShopTransaction& transaction, ShopTable table, RowChange change, std::uint64_t rows,
         fmt::format_string<Arguments...> sql, Arguments&&... arguments) {
  transaction.statements.push_back(fmt::format(sql, std::forward<Arguments>(arguments)...));
  transaction.counts.Add(table, change, rows);
}

// Adds to what is remembered; a full memory forgets something at random.
template <typename T>
void Remember(std::vector<T>& memory, T value, Random& random) {
  if (memory.size() < kRemembered) {
    memory.push_back(std::move(value));
  } else {
    memory[random.Below(memory.size())] = std::move(value);
  }
}

template <typename T>
T Take(std::vector<T>& memory, std::size_t index) {
  T taken = std::move(memory[index]);
  memory[index] = std::move(memory.back());
  memory.pop_back();
  return taken;
}

std::string Quoted(std::string_view text) {
  return text.empty() ? "NULL" : fmt::format("'{}'", text);
}

std::optional<std::size_t> EventNamed(std::string_view name) {
  const auto* found = std::ranges::find(kEventNames, name);
  if (found == kEventNames.end()) return std::nullopt;
  return static_cast<std::size_t>(found - kEventNames.begin());
}

std::unexpected<Error> BadMix(std::string_view part) {
  return Err(ErrorKind::kInvalidInput, ErrorCode::kUsage,
             fmt::format("--mix: \"{}\" is not EVENT=WEIGHT", part),
             fmt::format("Events are {}.", fmt::join(kEventNames, ", ")));
}

}  // namespace

Result<ShopMix> ParseShopMix(std::string_view text) {
  ShopMix mix;
  mix.weights.fill(0);
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), part.size() + 1));
    const std::size_t equals = std::min(part.find('='), part.size());
    const auto event = EventNamed(part.substr(0, equals));
    const std::string_view digits = part.substr(std::min(part.size(), equals + 1));
    int weight = -1;
    const auto [rest, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), weight);
    const bool whole = error == std::errc() && rest == digits.data() + digits.size();
    if (!event || !whole || weight < 0 || weight > 1'000'000) return BadMix(part);
    mix.weights[*event] = weight;
  }
  if (std::ranges::all_of(mix.weights, [](int weight) { return weight == 0; })) return BadMix("");
  return mix;
}

Shop::Shop(ShopState state, const ShopMix& mix, Random random)
    : state_(std::move(state)), mix_(mix), random_(random) {
  for (const int weight : mix_.weights) total_weight_ += weight;
}

ShopEvent Shop::ChooseEvent() {
  auto left = static_cast<int>(random_.Below(static_cast<std::size_t>(total_weight_)));
  std::size_t event = 0;
  while (left >= mix_.weights[event]) left -= mix_.weights[event++];
  return static_cast<ShopEvent>(event);
}

ShopTransaction Shop::Next() {
  ShopTransaction transaction;
  const ShopEvent event = ChooseEvent();
  // A shop without customers or goods gets them first.
  if (state_.customers.empty()) {
    Register(transaction);
    return transaction;
  }
  if (state_.products.empty()) {
    AddProduct(transaction);
    return transaction;
  }
  switch (event) {
    case ShopEvent::kOrder:
      Order(transaction);
      break;
    case ShopEvent::kProgress:
      Progress(transaction);
      break;
    case ShopEvent::kCart:
      Cart(transaction);
      break;
    case ShopEvent::kReview:
      Review(transaction);
      break;
    case ShopEvent::kPrice:
      Price(transaction);
      break;
    case ShopEvent::kMove:
      Move(transaction);
      break;
    case ShopEvent::kRegister:
      Register(transaction);
      break;
    case ShopEvent::kReturn:
      Return(transaction);
      break;
    case ShopEvent::kRestock:
      Restock(transaction);
      break;
    case ShopEvent::kFleeting:
      Fleeting(transaction);
      break;
    case ShopEvent::kProduct:
      AddProduct(transaction);
      break;
    case ShopEvent::kRevise:
      Revise(transaction);
      break;
  }
  return transaction;
}

RowId Shop::NewKey(ShopTable table) {
  std::int64_t& next = state_.next_key[static_cast<std::size_t>(table)];
  return RowId(std::exchange(next, next + state_.key_step));
}

// Orders.

void Shop::Order(ShopTransaction& transaction) {
  const RowId customer = random_.Pick(state_.customers).id;
  ShopOrder order{NewKey(ShopTable::kOrders), OrderStage::kOrdered, {}};
  // The order comes first, as its items refer to it; its total is known after them.
  transaction.statements.emplace_back();
  const Cents total = AddOrderLines(order.id, transaction);
  transaction.statements.front() = fmt::format(
      "INSERT INTO Orders (OrderID, OrderNumber, TotalAmount, StatusID, CustomerID) VALUES "
      "({0}, 'FS-{1:07}', {2}, 1, {3})",
      order.id.value(), 1'000'000 + order.id.value(), AmountText(total), customer.value());
  transaction.counts.Add(ShopTable::kOrders, RowChange::kInsert, 1);
  order.payments = Pay(order.id, total, transaction);
  Remember(state_.open_orders, std::move(order), random_);
}

Cents Shop::AddOrderLines(RowId order, ShopTransaction& transaction) {
  std::vector<std::size_t> chosen;
  const int wanted = random_.Between(1, 4);
  for (int i = 0; i < wanted; ++i) chosen.push_back(random_.Below(state_.products.size()));
  std::ranges::sort(chosen);
  chosen.erase(std::ranges::unique(chosen).begin(), chosen.end());

  std::int64_t total = 0;
  std::vector<std::string> rows;
  std::vector<std::string> stock;
  for (const std::size_t index : chosen) {
    ShopProduct& product = state_.products[index];
    const int quantity = random_.Chance(80) ? 1 : random_.Between(2, 3);
    total += quantity * product.price.value();
    rows.push_back(fmt::format("({}, {}, {}, {}, {})", NewKey(ShopTable::kOrderItems).value(),
                               order.value(), product.id.value(), quantity,
                               AmountText(product.price)));
    if (product.stock_row.value() != 0 && product.stock >= quantity) {
      product.stock -= quantity;
      stock.push_back(
          fmt::format("UPDATE Inventory SET QuantityInStock = {} WHERE InventoryID = {}",
                      product.stock, product.stock_row.value()));
    }
  }
  Add(transaction, ShopTable::kOrderItems, RowChange::kInsert, rows.size(),
      "INSERT INTO OrderItems (OrderItemID, OrderID, ProductID, Quantity, CurrentPrice) VALUES {}",
      fmt::join(rows, ", "));
  for (std::string& statement : stock) transaction.statements.push_back(std::move(statement));
  transaction.counts.Add(ShopTable::kInventory, RowChange::kUpdate, stock.size());
  return Cents(total);
}

std::vector<RowId> Shop::Pay(RowId order, Cents total, ShopTransaction& transaction) {
  constexpr std::int64_t kGiftCard = 20'00;
  std::vector<std::int64_t> amounts = {total.value()};
  if (total.value() > 2 * kGiftCard && random_.Chance(6)) {
    amounts = {kGiftCard, total.value() - kGiftCard};
  }
  std::vector<RowId> payments;
  for (const std::int64_t amount : amounts) {
    payments.push_back(NewKey(ShopTable::kPayments));
    Add(transaction, ShopTable::kPayments, RowChange::kInsert, 1,
        "INSERT INTO Payments (PaymentID, OrderID, PaymentMethodID, Amount) VALUES ({}, {}, {}, "
        "{})",
        payments.back().value(), order.value(), random_.Pick(state_.payment_methods).value(),
        AmountText(Cents(amount)));
  }
  return payments;
}

void Shop::Progress(ShopTransaction& transaction) {
  if (state_.open_orders.empty()) return Order(transaction);
  const std::size_t index = random_.Below(state_.open_orders.size());
  ShopOrder& order = state_.open_orders[index];
  order.stage = order.stage == OrderStage::kOrdered ? OrderStage::kShipped : OrderStage::kDelivered;
  Add(transaction, ShopTable::kOrders, RowChange::kUpdate, 1,
      "UPDATE Orders SET StatusID = {} WHERE OrderID = {}", static_cast<int>(order.stage),
      order.id.value());
  if (order.stage == OrderStage::kDelivered) {
    Remember(state_.delivered_orders, Take(state_.open_orders, index), random_);
  }
}

void Shop::Return(ShopTransaction& transaction) {
  if (!state_.delivered_orders.empty() && random_.Chance(60)) {
    const std::size_t index = random_.Below(state_.delivered_orders.size());
    GiveBack(Take(state_.delivered_orders, index), OrderStage::kReturned, transaction);
    return;
  }
  if (state_.open_orders.empty()) return Order(transaction);
  const std::size_t index = random_.Below(state_.open_orders.size());
  GiveBack(Take(state_.open_orders, index), OrderStage::kCancelled, transaction);
}

void Shop::GiveBack(const ShopOrder& order, OrderStage stage, ShopTransaction& transaction) {
  const bool returned = stage == OrderStage::kReturned;
  Add(transaction, ShopTable::kOrders, RowChange::kUpdate, 1,
      "UPDATE Orders SET StatusID = {} WHERE OrderID = {}", static_cast<int>(stage),
      order.id.value());
  Add(transaction, ShopTable::kReasons, RowChange::kInsert, 1,
      "INSERT INTO Reasons (ReasonID, OrderID, ReasonType, ReasonDescription) VALUES "
      "({}, {}, '{}', '{}')",
      NewKey(ShopTable::kReasons).value(), order.id.value(), returned ? "Return" : "Cancellation",
      returned ? ReturnReason(random_) : CancellationReason(random_));
  for (const RowId payment : order.payments) {
    Add(transaction, ShopTable::kPayments, RowChange::kDelete, 1,
        "DELETE FROM Payments WHERE PaymentID = {}", payment.value());
  }
}

// Carts.

void Shop::Cart(ShopTransaction& transaction) {
  const int choice = random_.Between(1, 100);
  if (state_.carts.empty() || choice <= 40) return OpenCart(transaction);
  const std::size_t index = random_.Below(state_.carts.size());
  ShopCart& cart = state_.carts[index];
  if (choice <= 65) return AddCartItem(cart, transaction);
  if (choice > 80 || cart.items.empty()) return AbandonCart(index, transaction);
  ShopCartItem& item = cart.items[random_.Below(cart.items.size())];
  item.quantity = item.quantity == 1 ? random_.Between(2, 4) : item.quantity - 1;
  Add(transaction, ShopTable::kCartItems, RowChange::kUpdate, 1,
      "UPDATE CartItems SET Quantity = {} WHERE CartItemID = {}", item.quantity, item.id.value());
}

void Shop::OpenCart(ShopTransaction& transaction) {
  ShopCart cart{NewKey(ShopTable::kShoppingCarts), {}};
  Add(transaction, ShopTable::kShoppingCarts, RowChange::kInsert, 1,
      "INSERT INTO ShoppingCarts (CartID, CustomerID) VALUES ({}, {})", cart.id.value(),
      random_.Pick(state_.customers).id.value());
  const int wanted = random_.Between(1, 3);
  for (int i = 0; i < wanted; ++i) AddCartItem(cart, transaction);
  Remember(state_.carts, std::move(cart), random_);
}

void Shop::AddCartItem(ShopCart& cart, ShopTransaction& transaction) {
  const ShopCartItem item{NewKey(ShopTable::kCartItems), random_.Chance(85) ? 1 : 2};
  Add(transaction, ShopTable::kCartItems, RowChange::kInsert, 1,
      "INSERT INTO CartItems (CartItemID, CartID, ProductID, Quantity) VALUES ({}, {}, {}, {})",
      item.id.value(), cart.id.value(), random_.Pick(state_.products).id.value(), item.quantity);
  cart.items.push_back(item);
}

void Shop::AbandonCart(std::size_t index, ShopTransaction& transaction) {
  const ShopCart cart = Take(state_.carts, index);
  for (const ShopCartItem& item : cart.items) {
    Add(transaction, ShopTable::kCartItems, RowChange::kDelete, 1,
        "DELETE FROM CartItems WHERE CartItemID = {}", item.id.value());
  }
  Add(transaction, ShopTable::kShoppingCarts, RowChange::kDelete, 1,
      "DELETE FROM ShoppingCarts WHERE CartID = {}", cart.id.value());
}

// Reviews, products, customers.

void Shop::Review(ShopTransaction& transaction) {
  const int choice = random_.Between(1, 100);
  if (state_.reviews.empty() || choice <= 60) {
    const ShopReview review{NewKey(ShopTable::kReviews), std::min(5, random_.Between(1, 8))};
    const RowId product = random_.Pick(state_.products).id;
    const RowId customer = random_.Pick(state_.customers).id;
    Add(transaction, ShopTable::kReviews, RowChange::kInsert, 1,
        "INSERT INTO Reviews (ReviewID, ProductID, CustomerID, Rating, Comment) VALUES "
        "({}, {}, {}, {}, {})",
        review.id.value(), product.value(), customer.value(), review.rating,
        Quoted(ReviewComment(random_, review.rating)));
    Remember(state_.reviews, review, random_);
    return;
  }
  const std::size_t index = random_.Below(state_.reviews.size());
  if (choice > 85) {
    Add(transaction, ShopTable::kReviews, RowChange::kDelete, 1,
        "DELETE FROM Reviews WHERE ReviewID = {}", Take(state_.reviews, index).id.value());
    return;
  }
  ShopReview& review = state_.reviews[index];
  review.rating = 1 + (review.rating + random_.Between(0, 3)) % 5;
  Add(transaction, ShopTable::kReviews, RowChange::kUpdate, 1,
      "UPDATE Reviews SET Rating = {}, Comment = {} WHERE ReviewID = {}", review.rating,
      Quoted(ReviewComment(random_, review.rating)), review.id.value());
}

void Shop::Price(ShopTransaction& transaction) {
  constexpr std::int64_t kLowest = 50;
  const int wanted = random_.Between(1, 3);
  for (int i = 0; i < wanted; ++i) {
    ShopProduct& product = state_.products[random_.Below(state_.products.size())];
    const std::int64_t old = product.price.value();
    std::int64_t price = std::max(kLowest, old * random_.Between(85, 118) / 100 / 10 * 10);
    if (price == old) price += 30;
    product.price = Cents(price);
    Add(transaction, ShopTable::kProducts, RowChange::kUpdate, 1,
        "UPDATE Products SET Price = {} WHERE ProductID = {}", AmountText(product.price),
        product.id.value());
  }
}

void Shop::Restock(ShopTransaction& transaction) {
  ShopProduct& product = state_.products[random_.Below(state_.products.size())];
  if (product.stock_row.value() == 0) return Price(transaction);
  product.stock += random_.Between(20, 200);
  Add(transaction, ShopTable::kInventory, RowChange::kUpdate, 1,
      "UPDATE Inventory SET QuantityInStock = {} WHERE InventoryID = {}", product.stock,
      product.stock_row.value());
}

void Shop::AddProduct(ShopTransaction& transaction) {
  const ShopCategory& category = random_.Pick(state_.categories);
  const ProductText text = RandomProduct(random_, category.name);
  const std::int64_t cost = random_.Between(40, 900) * 10;
  const ShopProduct product{NewKey(ShopTable::kProducts),
                            Cents(cost * random_.Between(15, 26) / 10),
                            NewKey(ShopTable::kInventory),
                            random_.Between(10, 200),
                            Cents(cost),
                            category.id,
                            random_.Pick(state_.sellers),
                            text.name};
  Add(transaction, ShopTable::kProducts, RowChange::kInsert, 1,
      "INSERT INTO Products (ProductID, Name, Description, Price, Cost, CategoryID, SellerID) "
      "VALUES ({}, '{}', '{}', {}, {}, {}, {})",
      product.id.value(), text.name, text.description, AmountText(product.price),
      AmountText(product.cost), product.category.value(), product.seller.value());
  Add(transaction, ShopTable::kInventory, RowChange::kInsert, 1,
      "INSERT INTO Inventory (InventoryID, InventoryName, ProductID, QuantityInStock, "
      "ReorderThreshold) VALUES ({}, 'Leeds warehouse', {}, {}, {})",
      product.stock_row.value(), product.id.value(), product.stock, random_.Between(1, 4) * 5);
  Remember(state_.products, product, random_);
}

std::string Shop::NewCost(ShopProduct& product) {
  constexpr std::int64_t kLowest = 20;
  const std::int64_t old = product.cost.value();
  std::int64_t cost = std::max(kLowest, old * random_.Between(80, 125) / 100);
  if (cost == old) cost += 10;
  product.cost = Cents(cost);
  return "Cost = " + AmountText(product.cost);
}

std::string Shop::NewName(ShopProduct& product) {
  std::string name = RandomProduct(random_, random_.Pick(state_.categories).name).name;
  if (name == product.name) name += " II";
  product.name = std::move(name);
  return fmt::format("Name = '{}'", product.name);
}

void Shop::Revise(ShopTransaction& transaction) {
  ShopProduct& product = state_.products[random_.Below(state_.products.size())];
  const RowId category = random_.Pick(state_.categories).id;
  const RowId seller = random_.Pick(state_.sellers);
  const int choice = random_.Between(1, 100);
  std::string set;
  if (choice <= 20 && category != product.category) {
    product.category = category;
    set = fmt::format("CategoryID = {}", category.value());
  } else if (choice > 20 && choice <= 40 && seller != product.seller) {
    product.seller = seller;
    set = fmt::format("SellerID = {}", seller.value());
  } else {
    set = choice > 80 ? NewName(product) : NewCost(product);
  }
  Add(transaction, ShopTable::kProducts, RowChange::kUpdate, 1,
      "UPDATE Products SET {} WHERE ProductID = {}", set, product.id.value());
}

void Shop::Register(ShopTransaction& transaction) {
  ShopCustomer customer{NewKey(ShopTable::kCustomers), RowId(0)};
  const std::string name = PersonName(random_);
  const std::string phone = random_.Chance(88) ? PhoneNumber(random_) : "";
  Add(transaction, ShopTable::kCustomers, RowChange::kInsert, 1,
      "INSERT INTO Customers (CustomerID, Name, Email, PhoneNumber) VALUES ({}, '{}', '{}', {})",
      customer.id.value(), name, EmailOf(name, static_cast<std::uint64_t>(customer.id.value())),
      Quoted(phone));
  AddAddress(customer, transaction);
  Remember(state_.customers, customer, random_);
}

void Shop::AddAddress(ShopCustomer& customer, ShopTransaction& transaction) {
  const PostalAddress address = RandomAddress(random_);
  customer.address = NewKey(ShopTable::kAddresses);
  Add(transaction, ShopTable::kAddresses, RowChange::kInsert, 1,
      "INSERT INTO Addresses (AddressID, CustomerID, AddressLine, City, State, ZipCode, Country, "
      "IsBillingAddress, IsShippingAddress) VALUES "
      "({}, {}, '{}', '{}', '{}', '{}', '{}', b'1', b'{}')",
      customer.address.value(), customer.id.value(), address.line, address.city, address.state,
      address.zip_code, address.country, random_.Chance(85) ? 1 : 0);
}

void Shop::Move(ShopTransaction& transaction) {
  ShopCustomer& customer = state_.customers[random_.Below(state_.customers.size())];
  if (customer.address.value() == 0) return AddAddress(customer, transaction);
  const PostalAddress address = RandomAddress(random_);
  Add(transaction, ShopTable::kAddresses, RowChange::kUpdate, 1,
      "UPDATE Addresses SET AddressLine = '{}', City = '{}', State = '{}', ZipCode = '{}', "
      "Country = '{}' WHERE AddressID = {}",
      address.line, address.city, address.state, address.zip_code, address.country,
      customer.address.value());
  if (random_.Chance(50)) {
    Add(transaction, ShopTable::kCustomers, RowChange::kUpdate, 1,
        "UPDATE Customers SET PhoneNumber = '{}' WHERE CustomerID = {}", PhoneNumber(random_),
        customer.id.value());
  }
}

void Shop::Fleeting(ShopTransaction& transaction) {
  const RowId customer = NewKey(ShopTable::kCustomers);
  const std::string name = PersonName(random_);
  Add(transaction, ShopTable::kCustomers, RowChange::kInsert, 1,
      "INSERT INTO Customers (CustomerID, Name, Email, PhoneNumber) VALUES ({}, '{}', NULL, NULL)",
      customer.value(), name);
  Add(transaction, ShopTable::kCustomers, RowChange::kUpdate, 1,
      "UPDATE Customers SET Email = '{}' WHERE CustomerID = {}",
      EmailOf(name, static_cast<std::uint64_t>(customer.value())), customer.value());
  Add(transaction, ShopTable::kCustomers, RowChange::kDelete, 1,
      "DELETE FROM Customers WHERE CustomerID = {}", customer.value());
}

}  // namespace foreset::cli
