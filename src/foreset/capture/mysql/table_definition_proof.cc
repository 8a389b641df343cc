// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/table_definition_proof.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "foreset/capture/mysql/schema_reader.h"
#include "foreset/capture/mysql/sql_tokens.h"
#include "foreset/capture/mysql/table_filter.h"

namespace foreset::mysql {
namespace {

// Columns of SHOW BINLOG EVENTS.
constexpr std::size_t kEventType = 2;
constexpr std::size_t kInfo = 5;
constexpr std::size_t kEventColumns = 6;

// Events without rows, or rows of a table that a Table_map has named before.
constexpr auto kPlainEvents = std::to_array<std::string_view>(
    {"Gtid", "Anonymous_Gtid", "Gtid_tagged", "Previous_gtids", "Format_desc", "Rotate", "Stop",
     "Xid", "Gtid_list", "Binlog_checkpoint", "Annotate_rows", "Rows_query", "Query", "Table_map"});

bool IsRows(std::string_view type) {
  return type.starts_with("Write_rows") || type.starts_with("Update_rows") ||
         type.starts_with("Delete_rows");
}

// "binlog.000042" → 42
std::optional<std::uint32_t> FileNumber(std::string_view file) {
  const std::size_t point = file.rfind('.');
  if (point == std::string_view::npos) return std::nullopt;
  std::uint32_t number = 0;
  const auto [end, error] =
      std::from_chars(file.data() + point + 1, file.data() + file.size(), number);
  if (error != std::errc() || end != file.data() + file.size()) return std::nullopt;
  return number;
}

// What follows a statement in the server's binlog.
class LaterEvents {
 public:
  LaterEvents(const TableId& table, const DdlStatement& statement)
      : table_(table), statement_(statement) {}

  // False when nothing can be proved.
  Result<bool> Read(Connection& connection) {
    bool begun = false;
    for (const SqlRow& log : TRY(connection.Query("SHOW BINARY LOGS", 1))) {
      const std::string file = log[0].value_or("");
      const auto number = FileNumber(file);
      if (!begun && number != statement_.sequence.file_number()) continue;
      const std::uint64_t from = begun ? 0 : statement_.sequence.position();
      begun = true;
      RETURN_IF_ERROR(ReadFile(connection, file, from));
      if (named_ || events_ > kMaxProofEvents) return false;
    }
    return found_;
  }

  // Rows of the table may have come or gone.
  bool has_rows() const { return has_rows_; }

 private:
  Status ReadFile(Connection& connection, const std::string& file, std::uint64_t from) {
    std::string sql = "SHOW BINLOG EVENTS IN " + connection.Quote(file);
    if (from > 0) sql += fmt::format(" FROM {}", from);
    sql += fmt::format(" LIMIT {}", kMaxProofEvents + 1);
    const auto take = [this](const SqlRowView& row) -> Status {
      const auto text = [&](std::size_t i) {
        return row.values[i] == nullptr ? std::string_view()
                                        : std::string_view(row.values[i], row.lengths[i]);
      };
      Take(text(kEventType), text(kInfo));
      return {};
    };
    return connection.Stream(sql, kEventColumns, take, {});
  }

  void Take(std::string_view type, std::string_view info) {
    if (++events_ == 1) {
      found_ = type.starts_with("Query") && info.contains(statement_.text);
      return;
    }
    if (type.starts_with("Query") || type.starts_with("Execute_load_query")) {
      named_ = named_ || MayName(info, table_.table);
      return;
    }
    const bool plain = IsRows(type) || std::ranges::find(kPlainEvents, type) != kPlainEvents.end();
    has_rows_ = has_rows_ || !plain || (type == "Table_map" && info.contains(table_.table));
  }

  const TableId& table_;
  const DdlStatement& statement_;
  int events_ = 0;
  bool found_ = false;
  bool named_ = false;
  bool has_rows_ = false;
};

std::string TableName(const TableId& table) {
  return QuoteName(table.database) + "." + QuoteName(table.table);
}

// As the client shows it; bits in full, numbers in all their digits.
std::string Shown(const ColumnSchema& column, const std::string& value) {
  if (column.type != SourceType::kBit) return value;
  std::uint64_t bits = 0;
  for (const char byte : value) bits = bits << 8U | static_cast<unsigned char>(byte);
  return BitText(bits, column.length);
}

// Nothing when the server has no constant to show.
Status ReadDefault(Connection& connection, const std::string& name, TableAfter& after) {
  const auto index = after.schema.FindColumn(name);
  if (!index) return {};
  const ColumnSchema& column = after.schema.columns[*index];
  const bool is_float = column.type == SourceType::kFloat || column.type == SourceType::kDouble;
  const std::string sql = fmt::format("SELECT DEFAULT({}){} FROM {} LIMIT 1", QuoteName(name),
                                      is_float ? "*1E0" : "", TableName(after.schema.id));
  auto rows = connection.Query(sql, 1);
  if (!rows) {
    return rows.error().kind == ErrorKind::kTransient ? std::unexpected(std::move(rows).error())
                                                      : Status();
  }
  if (rows->empty()) return {};
  const std::optional<std::string>& value = (*rows)[0][0];
  after.defaults[name] = value ? std::optional(Shown(column, *value)) : std::nullopt;
  return {};
}

Result<std::optional<TableAfter>> Describe(Connection& connection, const TableId& table,
                                           const std::vector<std::string>& columns) {
  const TableFilter only({table.database + "." + table.table}, {});
  for (DescribedTable& described : TRY(ReadTables(connection, only))) {
    if (described.schema.id != table || !described.unsupported.empty()) continue;
    TableAfter after;
    after.schema = std::move(described.schema);
    for (const std::string& name : columns) {
      RETURN_IF_ERROR(ReadDefault(connection, name, after));
    }
    if (!columns.empty()) {
      after.was_empty =
          TRY(connection.Query("SELECT 1 FROM " + TableName(table) + " LIMIT 1", 1)).empty();
    }
    return std::optional(std::move(after));
  }
  return std::optional<TableAfter>();
}

Result<std::optional<TableAfter>> Prove(Connection& connection, const TableId& table,
                                        const DdlStatement& statement,
                                        const std::vector<std::string>& columns) {
  std::optional<TableAfter> after = TRY(Describe(connection, table, columns));
  if (!after) return after;
  LaterEvents later(table, statement);
  if (!TRY(later.Read(connection))) return std::optional<TableAfter>();
  // Empty now, and nothing came or went since: it was empty.
  after->was_empty = after->was_empty && !later.has_rows();
  return after;
}

}  // namespace

bool MayName(std::string_view printed, std::string_view table) {
  if (printed == "BEGIN" || printed == "COMMIT") return false;
  // In which character set the statement came is not shown.
  const bool ascii =
      std::ranges::all_of(table, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (!ascii) return true;
  // Nor what a backslash meant.
  for (const bool no_escapes : {false, true}) {
    const auto tokens =
        TokenizeSql(printed, {.is_mariadb = true, .no_backslash_escapes = no_escapes});
    const auto named = [&](const SqlToken& token) { return SameName(token.text, table); };
    if (std::ranges::any_of(tokens, named)) return true;
  }
  return false;
}

Result<std::optional<TableAfter>> DescribeAfter(Connection& connection, const TableId& table,
                                                const DdlStatement& statement,
                                                const std::vector<std::string>& columns) {
  auto after = Prove(connection, table, statement, columns);
  if (!after && after.error().kind != ErrorKind::kTransient) return std::optional<TableAfter>();
  return after;
}

}  // namespace foreset::mysql
