// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "foreset/base/byte_reader.h"
#include "foreset/base/result.h"
#include "foreset/capture/mysql/row_decoder.h"
#include "foreset/capture/mysql/schema_registry.h"

namespace foreset::mysql {

// The table maps in force, by their numeric ids. A server repeats a table's map before each
// statement: one that says the same again costs a comparison. Not thread-safe.
class TableMapCache {
 public:
  struct Entry {
    TableId table;
    bool wanted = false;            // captured, and not stopped
    std::optional<RowPlan> plan;    // set when wanted and the schema fits
    std::optional<Error> mismatch;  // set when wanted and it does not
    bool unknown = false;           // wanted, but the registry does not know it
    Sequence after;                 // of the registry
    bool below = false;             // the map stood below it, so that there is no plan
    std::string raw;
    std::uint64_t generation = 0;
  };

  // `registry` must outlive the cache.
  TableMapCache(const SchemaRegistry& registry, std::function<bool(const TableId&)> wants,
                bool is_mariadb)
      : registry_(registry), wants_(std::move(wants)), is_mariadb_(is_mariadb) {}

  // Takes a TABLE_MAP event in. The plan is made only when `at` is not below the table's `after`.
  Result<const Entry*> Learn(Bytes body, bool short_ids, Sequence at);
  // Null when there is no map of that id.
  const Entry* Find(std::uint64_t table_id) const;
  // At the beginning of a binlog file: the numbers begin anew.
  void Clear() { entries_.clear(); }

  // The table's rows are passed over until it is resumed. True when it was not stopped before.
  bool Stop(const TableId& table);
  bool IsStopped(const TableId& table) const { return stopped_.contains(table); }
  void Resume(const TableId& table);

 private:
  Result<Entry> Make(Bytes body, bool short_ids, Sequence at) const;

  const SchemaRegistry& registry_;
  std::function<bool(const TableId&)> wants_;
  bool is_mariadb_;
  std::map<std::uint64_t, Entry> entries_;
  std::set<TableId> stopped_;
  std::uint64_t stops_ = 0;
};

}  // namespace foreset::mysql
