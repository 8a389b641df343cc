// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foreset/base/clock.h"
#include "foreset/base/result.h"
#include "foreset/model/source_position.h"

namespace foreset::cli {

// What `foreset status` tells, as plain values: the same whether it was read from a lake or asked
// from a server.
struct StatusReport {
  struct Rule {
    std::string rule;
    std::string kind;  // clean, warn, drop, quarantine
    std::int64_t rows = 0;
    std::int64_t failed = 0;
    bool operator==(const Rule&) const = default;
  };
  struct Table {
    std::string table;  // "silver/Customers"
    std::string state;
    std::int64_t version = 0;
    std::optional<std::int64_t> rows;
    std::optional<std::int64_t> batches_behind;
    Timestamp committed_at;
    std::optional<SourcePosition> position;
    bool older_rows = false;  // some were made under other rules than these
    std::vector<Rule> rules;  // of silver, with what each did since it came to the table
    bool operator==(const Table&) const = default;
  };
  // A source table that does not go on.
  struct Stopped {
    std::string table;  // "shop.Items"
    std::string code;
    std::string message;
    std::string next;  // what to do
    bool operator==(const Stopped&) const = default;
  };
  struct Sink {
    std::string lag;
    std::optional<SourcePosition> published;
    std::optional<std::int64_t> records;
    bool operator==(const Sink&) const = default;
  };

  std::string pipeline;                   // "running", "not running", "unknown"
  std::optional<SourcePosition> source;   // where the source stands
  std::string source_error;               // why that is not known; empty: it was not asked
  std::string source_unproved;            // why it may not hold what was captured; empty: it does
  std::optional<SourcePosition> covered;  // by all of bronze
  std::optional<bool> current;            // covered reaches the source's position
  std::string lag;                        // in words
  std::optional<Sink> sink;
  std::int64_t batches_behind = 0;  // of the slowest silver or gold table
  std::string older_rules;          // which tables have rows of older rules; in words, or empty
  std::vector<Stopped> stopped;
  std::vector<std::string> incomplete;  // source tables that are not copied whole yet
  std::vector<std::string> left_out;    // that the configuration does not name any more
  std::vector<Table> tables;
  bool operator==(const StatusReport&) const = default;
};

// One object: {"schema":"foreset.status.v1","pipeline":…,…}.
std::string ToJson(const StatusReport& report);
// kTransient (kStatusNotServed) when the text is not such an object.
Result<StatusReport> StatusReportFromJson(std::string_view json);

}  // namespace foreset::cli
