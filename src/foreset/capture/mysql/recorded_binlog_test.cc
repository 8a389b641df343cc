// SPDX-License-Identifier: MIT
// Binlogs that MySQL 9.7 and MariaDB 10.11 wrote, replayed row by row, must end in the rows that
// the servers themselves show: testdata/record.py made both.
#include <fstream>
#include <map>
#include <set>
#include <string>

#include <arrow/api.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "foreset/capture/mysql/binlog_event.h"
#include "foreset/capture/mysql/binlog_file.h"
#include "foreset/capture/mysql/calendar.h"
#include "foreset/capture/mysql/round_assembler.h"
#include "foreset/capture/mysql/testing/described_schema.h"

namespace foreset::mysql {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

constexpr std::string_view kFolder = "src/foreset/capture/mysql/testdata/";

// Whole numbers as such, others with an exponent but no plus sign, as the servers write them.
std::string NumberText(double value) {
  std::string text = fmt::format("{}", value);
  if (text.find("e+") != std::string::npos) text.erase(text.find('+'), 1);
  return text;
}

// The unscaled digits with the point put in.
std::string DecimalText(std::string digits, std::uint32_t scale) {
  const bool negative = digits.starts_with("-");
  if (negative) digits.erase(0, 1);
  if (digits.size() <= scale) digits.insert(0, scale + 1 - digits.size(), '0');
  if (scale > 0) digits.insert(digits.size() - scale, ".");
  return negative ? "-" + digits : digits;
}

// What a client shows for a value, binary in hex.
std::string Shown(const arrow::Array& array, std::int64_t row, const ColumnSchema& column) {
  const auto text = [](auto view) { return std::string(view); };
  const auto hex = [](auto view) {
    std::string out;
    for (const char c : view) out += fmt::format("{:02X}", static_cast<unsigned char>(c));
    return out;
  };
  switch (array.type_id()) {
    case arrow::Type::STRING:
      return text(static_cast<const arrow::StringArray&>(array).GetView(row));
    case arrow::Type::BINARY:
      return hex(static_cast<const arrow::BinaryArray&>(array).GetView(row));
    case arrow::Type::BOOL:
      return static_cast<const arrow::BooleanArray&>(array).Value(row) ? "1" : "0";
    case arrow::Type::DATE32:
      return FormatDate(CivilOfDays(static_cast<const arrow::Date32Array&>(array).Value(row)));
    case arrow::Type::TIMESTAMP: {
      const std::int64_t micros = static_cast<const arrow::TimestampArray&>(array).Value(row);
      const std::int64_t day = 86'400'000'000;
      const std::int64_t days = (micros - (micros % day + day) % day) / day;
      std::string clock = FormatTime(micros - days * day, column.scale);
      return FormatDate(CivilOfDays(days)) + " " + clock;
    }
    case arrow::Type::LIST: {
      const auto& list = static_cast<const arrow::ListArray&>(array);
      const auto values = list.value_slice(row);
      const auto& floats = static_cast<const arrow::FloatArray&>(*values);
      return hex(std::string_view(reinterpret_cast<const char*>(floats.raw_values()),
                                  static_cast<std::size_t>(floats.length()) * sizeof(float)));
    }
    case arrow::Type::DECIMAL128: {
      const auto& decimals = static_cast<const arrow::Decimal128Array&>(array);
      return DecimalText(arrow::Decimal128(decimals.GetValue(row)).ToIntegerString(), column.scale);
    }
    case arrow::Type::FLOAT:
      return NumberText(static_cast<const arrow::FloatArray&>(array).Value(row));
    case arrow::Type::DOUBLE:
      return NumberText(static_cast<const arrow::DoubleArray&>(array).Value(row));
    default:
      if (column.type == SourceType::kTime) {
        return FormatTime(static_cast<const arrow::Int64Array&>(array).Value(row), column.scale);
      }
      if (column.type == SourceType::kYear) {
        return fmt::format("{:04}", static_cast<const arrow::Int16Array&>(array).Value(row));
      }
      return array.GetScalar(row).ValueOrDie()->ToString();
  }
}

// Understands just the DDL of the recordings.
class ScriptedDdl final : public DdlHandler {
 public:
  Result<std::vector<DdlEffect>> Apply(const DdlStatement& statement,
                                       const SchemaRegistry&) override {
    statements.push_back(statement);
    std::vector<DdlEffect> effects;
    if (statement.text == "truncate table ctas")
      effects.emplace_back(TableTruncated{{"ty", "ctas"}});
    if (statement.text.starts_with("DROP TABLE `ctas`")) {
      SchemaChange change{
          .kind = SchemaChangeKind::kDrop, .table = {"ty", "ctas"}, .sequence = statement.sequence};
      effects.emplace_back(std::move(change));
    }
    return effects;
  }
  std::vector<DdlStatement> statements;
};

// The lake's view: the newest row of each key, by table, key and column.
using State = std::map<std::string, std::map<std::string, std::map<std::string, std::string>>>;

class Replay {
 public:
  explicit Replay(const std::string& name, std::size_t round_bytes = 1U << 30U)
      : bytes_(ReadBinlogFile(std::string(kFolder) + name + ".binlog").value()) {
    EXPECT_TRUE(testing::DescribeTables(AsBytes(bytes_), name == "mariadb", registry_));
    if (name == "mariadb") TellMariaTypes();
    AssemblerOptions options;
    options.is_mariadb = name == "mariadb";
    options.by_gtid = true;
    options.wants = [](const TableId& table) { return table.database == "ty"; };
    options.round_bytes = round_bytes;
    assembler_ =
        RoundAssembler::Open(options, {.file = "binlog.000002", .offset = 4}, registry_, ddl)
            .value();
  }

  void Run() {
    BinlogFile file = BinlogFile::Open(AsBytes(bytes_)).value();
    while (true) {
      const Bytes event = file.Next().value();
      if (event.empty()) break;
      const Status fed = assembler_->Feed(event);
      ASSERT_TRUE(fed) << fed.error().ToString();
      while (assembler_->full() || assembler_->suspended()) {
        if (assembler_->full()) Take();
        const Status resumed = assembler_->suspended() ? assembler_->Resume() : Status();
        ASSERT_TRUE(resumed) << resumed.error().ToString();
      }
    }
    Take();
  }

  void Take() {
    CaptureRound round = assembler_->Take().value();
    ++rounds;
    incomplete += round.complete ? 0 : 1;
    transactions += round.transactions;
    end = round.end;
    for (const CaptureItem& item : round.items) {
      if (const auto* batch = std::get_if<std::shared_ptr<const ChangeBatch>>(&item)) {
        Fold(**batch);
      } else if (const auto* change = std::get_if<SchemaChange>(&item)) {
        changes.push_back(*change);
      } else {
        quarantined.push_back(std::get<QuarantinedRecord>(item));
      }
    }
  }

  State state;
  ScriptedDdl ddl;
  std::vector<SchemaChange> changes;
  std::vector<QuarantinedRecord> quarantined;
  std::vector<Operation> operations;
  std::size_t rounds = 0;
  std::size_t incomplete = 0;
  std::size_t transactions = 0;
  SourcePosition end;
  const AssemblerCounters& counters() const { return assembler_->counters(); }

 private:
  void TellMariaTypes() {
    TableSchema schema = *registry_.Find({"ty", "t_maria"});
    schema.columns[1].type = SourceType::kUuid;
    schema.columns[2].type = SourceType::kInet4;
    schema.columns[3].type = SourceType::kInet6;
    registry_.Put(std::make_shared<const TableSchema>(schema));
  }

  void Fold(const ChangeBatch& batch) {
    auto& table = state[batch.schema->id.table];
    EXPECT_TRUE(std::is_sorted(batch.sequences.begin(), batch.sequences.end(), std::less_equal()));
    EXPECT_TRUE(batch.before->ValidateFull().ok());
    EXPECT_TRUE(batch.after->ValidateFull().ok());
    std::size_t rescue = 0;
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const Operation operation = batch.operations[i];
      operations.push_back(operation);
      const auto row = static_cast<std::int64_t>(i);
      if (operation == Operation::kTruncate) table.clear();
      if (operation == Operation::kDelete || operation == Operation::kUpdate) {
        table.erase(Shown(*batch.before->column(0), row, batch.schema->columns[0]));
      }
      std::map<std::string, std::string> values;
      for (std::size_t c = 0; c < batch.schema->columns.size(); ++c) {
        const auto& array = *batch.after->column(static_cast<int>(c));
        const ColumnSchema& column = batch.schema->columns[c];
        values[column.name] = array.IsNull(row) ? "\\N" : Shown(array, row, column);
      }
      for (; rescue < batch.rescued.size() && batch.rescued[rescue].row == i; ++rescue) {
        values[batch.rescued[rescue].column] = batch.rescued[rescue].text;
      }
      if (operation == Operation::kInsert || operation == Operation::kUpdate) {
        table[values["id"]] = std::move(values);
      }
    }
  }

  std::string bytes_;
  SchemaRegistry registry_;
  std::unique_ptr<RoundAssembler> assembler_;
};

void ExpectServersRows(const std::string& name, State& state) {
  std::ifstream file(std::string(kFolder) + name + ".rows");
  std::string line;
  std::size_t values = 0;
  std::set<std::string> rows;
  while (std::getline(file, line)) {
    const std::size_t first = line.find('\t');
    const std::size_t second = line.find('\t', first + 1);
    const std::size_t third = line.find('\t', second + 1);
    const std::string table = line.substr(0, first);
    const std::string key = line.substr(first + 1, second - first - 1);
    const std::string column = line.substr(second + 1, third - second - 1);
    EXPECT_EQ(state[table][key][column], line.substr(third + 1))
        << table << " " << key << " " << column;
    ++values;
    rows.insert(table + " " + key);
  }
  EXPECT_GT(values, 300U);
  for (const auto& [table, keys] : state) {
    for (const auto& [key, row] : keys) EXPECT_THAT(rows, Contains(table + " " + key));
  }
}

TEST(RecordedBinlog, MySqlRowsAreAsTheServerShowsThem) {
  Replay replay("mysql");
  replay.Run();
  ExpectServersRows("mysql", replay.state);
  for (const auto& record : replay.quarantined) ADD_FAILURE() << record.reason;
  EXPECT_EQ(replay.incomplete, 0U);
  EXPECT_EQ(replay.end.file, "binlog.000003");
  EXPECT_THAT(replay.end.gtid_set, HasSubstr(":mytag:1"));
  EXPECT_THAT(replay.operations, Contains(Operation::kTruncate));
  ASSERT_EQ(replay.changes.size(), 1U);
  EXPECT_EQ(replay.changes[0].kind, SchemaChangeKind::kDrop);
}

TEST(RecordedBinlog, MariaDbRowsAreAsTheServerShowsThem) {
  Replay replay("mariadb");
  replay.Run();
  ExpectServersRows("mariadb", replay.state);
  for (const auto& record : replay.quarantined) ADD_FAILURE() << record.reason;
  EXPECT_EQ(replay.incomplete, 0U);
  EXPECT_THAT(replay.operations, Contains(Operation::kTruncate));
}

TEST(RecordedBinlog, SmallRoundsSplitTransactionsAndLoseNothing) {
  for (const std::string name : {"mysql", "mariadb"}) {
    Replay replay(name, 1);
    replay.Run();
    ExpectServersRows(name, replay.state);
    EXPECT_GT(replay.incomplete, 3U);
    Replay whole(name);
    whole.Run();
    EXPECT_EQ(replay.end, whole.end);
    EXPECT_EQ(replay.transactions, whole.transactions);
  }
}

}  // namespace
}  // namespace foreset::mysql
