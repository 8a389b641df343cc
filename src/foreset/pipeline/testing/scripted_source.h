// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "foreset/capture/source.h"

namespace foreset::pipeline::testing {

// One change of the scripted shop: a row (id, value) of one of its tables. `kInsert` and `kUpdate`
// carry the new value, `kDelete` the old one is looked up.
struct ScriptedChange {
  std::string table;
  Operation operation = Operation::kInsert;
  std::int32_t id = 0;
  std::string value;
  // Instead of a row: a statement, alone in its transaction, that empties the table (kCreate,
  // kDrop), makes `rows` its rows without telling them (kReplace), or, with a reason, stops it.
  std::optional<SchemaChangeKind> statement;
  std::optional<Error> reason;
  bool has_schema = true;
  std::map<std::int32_t, std::string> rows;
};
using ScriptedTransaction = std::vector<ScriptedChange>;

// A source whose whole history is written down: tables (id int key, value varchar) and the
// transactions on them. The first `before_backfill` transactions are in the first copy; a later
// one has what the stream has given out. For tests; positions are counted, nothing sleeps.
class ScriptedSource final : public Source {
 public:
  using Rows = std::map<std::int32_t, std::string>;

  ScriptedSource(std::vector<std::string> tables, std::vector<ScriptedTransaction> transactions,
                 std::size_t before_backfill);

  // The rows of a table after the first `count` transactions.
  Rows RowsAfter(const std::string& table, std::size_t count) const;
  Rows RowsNow(const std::string& table) const { return RowsAfter(table, transactions_.size()); }
  // Changes of a table after the backfill.
  std::size_t ChangesOf(const std::string& table) const;
  std::size_t BackfilledRowsOf(const std::string& table) const;
  SourcePosition PositionAfter(std::size_t count) const;
  // What happens next, later than the whole script so far.
  void Add(ScriptedTransaction transaction) { transactions_.push_back(std::move(transaction)); }
  // The configuration does not name the table any more.
  void LeaveOut(const std::string& table) {
    std::erase(tables_, table);
    left_out_.insert(table);
  }
  // It names the table again.
  void Name(const std::string& table) {
    left_out_.erase(table);
    tables_.push_back(table);
  }
  std::shared_ptr<const TableSchema> SchemaOf(const std::string& table) const;

  Result<SourceDescription> Describe() override;
  Result<std::vector<TableId>> ListTables() override;
  Result<std::vector<TableId>> LeftOut(const std::vector<TableId>& tables) override;
  Result<Backfill> BeginBackfill(std::size_t readers, SourceEpoch epoch) override;
  Result<std::unique_ptr<ChangeStream>> Follow(const SourcePosition& from,
                                               std::vector<FollowedTable> tables) override;

 private:
  std::vector<std::string> tables_;
  std::set<std::string> left_out_;
  std::vector<ScriptedTransaction> transactions_;
  std::size_t before_backfill_;
  std::size_t given_out_ = 0;  // transactions, by any stream
};

}  // namespace foreset::pipeline::testing
