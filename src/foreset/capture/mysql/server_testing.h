// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdlib>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "foreset/capture/mysql/connection.h"
#include "foreset/capture/mysql/mysql_source.h"

namespace foreset::mysql::testing {

inline std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr) {
    fmt::print(stderr, "{} is not set: run the tests of tests/capture\n", name);
    std::exit(1);
  }
  return value;
}

template <typename T>
T Must(Result<T> result) {
  if (!result) {
    fmt::print(stderr, "{}\n", result.error().ToString());
    std::abort();
  }
  return *std::move(result);
}

inline void Must(Status status) {
  if (!status) {
    fmt::print(stderr, "{}\n", status.error().ToString());
    std::abort();
  }
}

inline MysqlOptions Options(const std::string& database) {
  MysqlOptions options;
  options.port = static_cast<std::uint16_t>(std::stoi(Environment("FORESET_TEST_PORT")));
  options.user = Environment("FORESET_TEST_USER");
  options.password = Secret(Environment("FORESET_TEST_PASSWORD"));
  options.tables = {database + ".*"};
  return options;
}

inline MysqlOptions RootOptions() {
  MysqlOptions options = Options("*");
  options.user = "root";
  options.password = Secret(Environment("FORESET_TEST_ROOT_PASSWORD"));
  return options;
}

// What a row looks like: its columns' values, as Arrow prints them.
inline std::string Show(const arrow::RecordBatch& batch, std::size_t row) {
  std::string text;
  for (const auto& column : batch.columns()) {
    if (!text.empty()) text += '|';
    const auto scalar = column->GetScalar(static_cast<std::int64_t>(row));
    text += (*scalar)->is_valid ? (*scalar)->ToString() : "NULL";
  }
  return text;
}

// One change as text: "u a|b -> a|c".
inline std::vector<std::string> ShowAll(const ChangeBatch& batch) {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const char op = static_cast<char>(batch.operations[i]);
    std::string line(1, op);
    if (op == 'u' || op == 'd') line += " " + Show(*batch.before, i);
    if (op == 'u') line += " ->";
    if (op != 'd' && op != 't') line += " " + Show(*batch.after, i);
    lines.push_back(line);
  }
  return lines;
}

class ServerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    database_ = fmt::format("t{:x}", std::random_device{}());
    root_.emplace(Must(Connection::Open(RootOptions())));
    Must(root_->Execute("SET SESSION TRANSACTION READ WRITE"));
    Must(root_->Execute("SET sql_mode = 'STRICT_TRANS_TABLES'"));
    Sql("CREATE DATABASE " + database_ + " CHARACTER SET utf8mb4");
    Sql("USE " + database_);
  }
  void TearDown() override {
    if (root_) Sql("DROP DATABASE " + database_);
  }

  void Sql(const std::string& text) { Must(root_->Execute(text)); }
  bool mariadb() const { return root_->version().is_mariadb; }

  MysqlSource Open() {
    return {Options(database_), clock_, static_cast<std::uint32_t>(std::random_device{}() | 1U)};
  }

  // The rows of a table as a backfill gives them, in chunks.
  std::vector<std::string> ReadAll(Backfill& backfill, const std::string& table,
                                   std::size_t chunk) {
    std::vector<std::string> rows;
    for (const TableSchema& schema : backfill.tables) {
      if (schema.id.table != table) continue;
      const auto shared = std::make_shared<const TableSchema>(schema);
      BackfillCursor cursor;
      while (!cursor.done) {
        cursor = Must(
            backfill.readers[0]->ReadChunk(shared, cursor, chunk,
                                           [&](std::shared_ptr<const ChangeBatch> batch) -> Status {
                                             for (std::string& line : ShowAll(*batch))
                                               rows.push_back(std::move(line));
                                             return {};
                                           },
                                           {}));
      }
    }
    return rows;
  }

  static std::vector<FollowedTable> Followed(const Backfill& backfill) {
    std::vector<FollowedTable> tables;
    for (const TableSchema& schema : backfill.tables) {
      tables.push_back({std::make_shared<const TableSchema>(schema), {}});
    }
    return tables;
  }

  // Follows until `wanted` lines of changes or schema changes have come.
  static std::vector<std::string> Follow(ChangeStream& stream, std::size_t wanted) {
    std::vector<std::string> lines;
    const RoundLimits limits{64UL << 20U, std::chrono::milliseconds(50),
                             std::chrono::milliseconds(500)};
    for (int i = 0; i < 40 && lines.size() < wanted; ++i) {
      const CaptureRound round = Must(stream.Next(limits, {}));
      for (const CaptureItem& item : round.items) {
        if (const auto* batch = std::get_if<std::shared_ptr<const ChangeBatch>>(&item)) {
          for (std::string& line : ShowAll(**batch)) {
            lines.push_back((*batch)->schema->id.table + " " + line);
          }
        } else if (const auto* change = std::get_if<SchemaChange>(&item)) {
          lines.push_back(
              change->table.table + " schema: " + change->ddl +
              (change->cannot_follow ? " cannot: " + change->cannot_follow->message : ""));
        } else {
          const auto& record = std::get<QuarantinedRecord>(item);
          lines.push_back(record.table.table + " quarantine: " + record.reason);
        }
      }
    }
    return lines;
  }

  SystemClock clock_;
  std::string database_;
  std::optional<Connection> root_;
};

}  // namespace foreset::mysql::testing
