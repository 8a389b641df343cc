// SPDX-License-Identifier: MIT
#include "foreset/cli/generate/csv_fill.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <span>
#include <string_view>
#include <system_error>
#include <utility>

#include <arrow/table.h>
#include <fmt/format.h>

#include "foreset/base/errors/batch.h"
#include "foreset/sql/engine.h"

namespace foreset::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kRowsPerFlush = 200'000;
constexpr std::string_view kTimes = "CreatedAt TIMESTAMP, UpdatedAt TIMESTAMP";

// The columns of examples/online_store/online_store.sql, in kShopTableNames' order; kTimes follow.
constexpr std::array<std::string_view, kShopTableCount> kColumns = {
    "SellerID INT, Name VARCHAR, Email VARCHAR, PhoneNumber VARCHAR",
    "CustomerID INT, Name VARCHAR, Email VARCHAR, PhoneNumber VARCHAR",
    "CategoryID INT, CategoryName VARCHAR, CategoryDescription VARCHAR",
    "ProductID INT, Name VARCHAR, Description VARCHAR, Price DECIMAL(18,2), Cost DECIMAL(18,2), "
    "CategoryID INT, SellerID INT",
    "StatusID INT, StatusName VARCHAR, StatusDescription VARCHAR",
    "OrderID INT, OrderNumber VARCHAR, TotalAmount DECIMAL(18,2), StatusID INT, CustomerID INT",
    "ReasonID INT, OrderID INT, ReasonType VARCHAR, ReasonDescription VARCHAR",
    "OrderItemID INT, OrderID INT, ProductID INT, Quantity INT, CurrentPrice DECIMAL(18,2)",
    "CartID INT, CustomerID INT",
    "CartItemID INT, CartID INT, ProductID INT, Quantity INT",
    "PaymentMethodID INT, MethodName VARCHAR, MethodDescription VARCHAR",
    "PaymentID INT, OrderID INT, PaymentMethodID INT, Amount DECIMAL(18,2)",
    "ReviewID INT, ProductID INT, CustomerID INT, Rating INT, Comment VARCHAR",
    "AddressID INT, CustomerID INT, AddressLine VARCHAR, City VARCHAR, State VARCHAR, "
    "ZipCode VARCHAR, Country VARCHAR, IsBillingAddress TINYINT, IsShippingAddress TINYINT",
    "InventoryID INT, InventoryName VARCHAR, ProductID INT, QuantityInStock INT, "
    "ReorderThreshold INT"};

// What the example has of the tables that no fill makes.
constexpr std::array<std::string_view, 12> kCategories = {"Kitchen & Dining",
                                                          "Outdoor & Camping",
                                                          "Lighting",
                                                          "Audio",
                                                          "Stationery",
                                                          "Coffee & Tea",
                                                          "Books",
                                                          "Toys & Games",
                                                          "Computers & Accessories",
                                                          "Garden",
                                                          "Sportswear",
                                                          "Beauty"};
constexpr std::array<std::string_view, 5> kStatuses = {"Ordered", "Shipped", "Delivered",
                                                       "Returned", "Cancelled"};
constexpr std::array<std::string_view, 5> kMethods = {"Credit Card", "PayPal", "Bank Transfer",
                                                      "Cash on Delivery", "Gift Card"};

class CsvFill {
 public:
  CsvFill(const std::string& folder, std::unique_ptr<sql::Engine> engine)
      : folder_(folder), engine_(std::move(engine)) {}

  Status Run(BulkPlan plan, const std::stop_token& stop) {
    for (std::size_t i = 0; i < kShopTableCount; ++i) {
      RETURN_IF_ERROR(engine_->Execute(
          fmt::format("CREATE TABLE {} ({}, {})", kShopTableNames[i].table, kColumns[i], kTimes)));
    }
    RETURN_IF_ERROR(Basics(plan));
    for (const BulkSlice& slice : SlicesOf(plan)) {
      if (stop.stop_requested()) {
        return Err(ErrorKind::kCancelled, ErrorCode::kCancelled, "it was interrupted");
      }
      const ShopTransaction transaction = MakeSlice(plan, slice);
      for (const std::string& statement : transaction.statements) {
        RETURN_IF_ERROR(engine_->Execute(statement));
      }
      Add(transaction.counts);
      if (unwritten_ >= kRowsPerFlush) RETURN_IF_ERROR(Flush());
    }
    return Flush();
  }

  LoadReport& report() { return report_; }

 private:
  Status Basics(BulkPlan& plan) {
    for (const std::string_view name : kCategories) {
      plan.categories.push_back(
          {RowId(static_cast<std::int64_t>(plan.categories.size()) + 1), std::string(name)});
    }
    for (std::size_t i = 1; i <= kMethods.size(); ++i) {
      plan.payment_methods.emplace_back(static_cast<std::int64_t>(i));
    }
    RETURN_IF_ERROR(InsertNames(ShopTable::kProductCategories, kCategories));
    RETURN_IF_ERROR(InsertNames(ShopTable::kOrderStatus, kStatuses));
    return InsertNames(ShopTable::kPaymentMethods, kMethods);
  }

  Status InsertNames(ShopTable table, std::span<const std::string_view> names) {
    ChangeCounts counts;
    for (std::size_t i = 0; i < names.size(); ++i) {
      RETURN_IF_ERROR(engine_->Execute(
          fmt::format("INSERT INTO {} VALUES ({}, '{}', NULL, '2024-01-01', '2024-01-01')",
                      NamesOf(table).table, i + 1, names[i])));
    }
    counts.Add(table, RowChange::kInsert, names.size());
    Add(counts);
    return {};
  }

  void Add(const ChangeCounts& counts) {
    report_.counts.Add(counts);
    unwritten_ += counts.total();
    ++report_.transactions;
  }

  // Each table's rows since the last time as one more file.
  Status Flush() {
    for (const ShopTableNames& names : kShopTableNames) {
      const auto table = TRY(engine_->Fetch(fmt::format("FROM {} LIMIT 1", names.table)));
      if (table->num_rows() == 0) continue;
      const fs::path folder = fs::path(folder_) / names.table;
      std::error_code error;
      fs::create_directories(folder, error);
      if (error) {
        return Err(ErrorKind::kTransient, ErrorCode::kOutputFailed,
                   fmt::format("{}: {}", folder.string(), error.message()));
      }
      RETURN_IF_ERROR(engine_->Execute(fmt::format("COPY {} TO '{}/part-{:05}.csv' (HEADER)",
                                                   names.table, folder.string(), flushed_)));
      RETURN_IF_ERROR(engine_->Execute(fmt::format("DELETE FROM {}", names.table)));
    }
    ++flushed_;
    unwritten_ = 0;
    return {};
  }

  const std::string& folder_;
  std::unique_ptr<sql::Engine> engine_;
  LoadReport report_;
  std::uint64_t unwritten_ = 0;
  int flushed_ = 0;
};

}  // namespace

Result<LoadReport> RunCsvFill(const std::string& folder, std::uint64_t seed, const BulkRows& rows,
                              const Clock& clock, const std::stop_token& stop) {
  const auto begun = clock.Steady();
  std::error_code error;
  if (fs::exists(folder, error) && !fs::is_empty(folder, error)) {
    return Err(ErrorKind::kInvalidInput, batch_error::kOutputExists, folder + " is not empty",
               "Name another folder, or empty this one.");
  }
  BulkPlan plan{.seed = seed, .rows = rows};
  plan.first_key.fill(1);
  for (const ShopTable parent :
       {ShopTable::kSellers, ShopTable::kCustomers, ShopTable::kProducts}) {
    auto& count = plan.rows[static_cast<std::size_t>(parent)];
    count = std::max<std::uint64_t>(count, 1);  // the others refer to them
  }
  auto engine = TRY(sql::Engine::Open({.files = true}));
  engine->StopWith(stop);
  CsvFill fill(folder, std::move(engine));
  RETURN_IF_ERROR(fill.Run(std::move(plan), stop));
  fill.report().elapsed =
      std::chrono::duration_cast<std::chrono::milliseconds>(clock.Steady() - begun);
  return std::move(fill.report());
}

}  // namespace foreset::cli
