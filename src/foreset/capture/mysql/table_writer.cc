// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/table_writer.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace foreset::mysql {
namespace {

// Well below the smallest max_allowed_packet that servers come with (1 MiB on old ones).
constexpr std::size_t kStatementBytes = 512UL << 10U;

std::string NameList(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + QuoteName(name);
  return text;
}

}  // namespace

Result<TableWriter> TableWriter::Open(const MysqlOptions& options, std::string_view database) {
  TableWriter writer(TRY(Connection::Open(options)));
  RETURN_IF_ERROR(writer.Execute("SET SESSION TRANSACTION READ WRITE"));
  RETURN_IF_ERROR(
      writer.Execute("SET sql_mode = 'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ZERO_DATE'"));
  RETURN_IF_ERROR(writer.Execute("USE " + QuoteName(database)));
  return writer;
}

Result<TargetColumns> TableWriter::ColumnsOf(std::string_view table) {
  TargetColumns columns;
  const auto rows = TRY(
      Query(fmt::format("SELECT COLUMN_NAME, COLUMN_KEY FROM information_schema.COLUMNS WHERE "
                        "TABLE_SCHEMA = DATABASE() AND TABLE_NAME = {} ORDER BY ORDINAL_POSITION",
                        Quote(table)),
            2));
  for (const SqlRow& row : rows) {
    columns.names.push_back(row[0].value_or(""));
    if (row[1] == "PRI") columns.key.push_back(columns.names.back());
  }
  return columns;
}

Status TableWriter::Put(std::string_view table, const std::vector<std::string>& columns,
                        const SqlRow& row) {
  std::string updates;
  for (const std::string& column : columns) {
    updates += fmt::format("{0}{1} = VALUES({1})", updates.empty() ? "" : ", ", QuoteName(column));
  }
  return Append(fmt::format("INSERT INTO {} ({}) VALUES ", QuoteName(table), NameList(columns)),
                " ON DUPLICATE KEY UPDATE " + updates, row);
}

Status TableWriter::Delete(std::string_view table, const std::vector<std::string>& key,
                           const SqlRow& row) {
  return Append(fmt::format("DELETE FROM {} WHERE ({}) IN (", QuoteName(table), NameList(key)), ")",
                row);
}

Status TableWriter::Append(std::string head, std::string tail, const SqlRow& row) {
  if (head != head_ || rows_.size() > kStatementBytes) RETURN_IF_ERROR(Send());
  head_ = std::move(head);
  tail_ = std::move(tail);
  rows_ += rows_.empty() ? "(" : ",(";
  for (std::size_t i = 0; i < row.size(); ++i) {
    rows_ += (i == 0 ? "" : ",") + (row[i] ? Quote(*row[i]) : std::string("NULL"));
  }
  rows_ += ")";
  return {};
}

Status TableWriter::Send() {
  if (rows_.empty()) return {};
  const std::string statement = head_ + std::exchange(rows_, {}) + tail_;
  return Execute(statement);
}

}  // namespace foreset::mysql
