// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "foreset/capture/debezium/source_block.h"
#include "foreset/model/source_position.h"

namespace foreset::kafka {

// What one partition has brought last, by place: where the next change is held against.
struct LastPlace {
  std::uint32_t file_number = 0;  // 0: nothing yet
  std::uint64_t position = 0;
  std::uint16_t epoch = 0;
};

// Which source epoch a change is of. Messages tell places in a binlog, but not that the binlog is
// another one: after a failover or a reset, places begin low again. Who made a change tells, never
// when: clocks of servers differ, and a statement that waited has an old time.
//
// Within a partition the same log goes forward, except that a connector may send a range again. A
// change that stands before what its partition brought begins an epoch when
// - a server made it (`server_id`) that has made nothing in its partition's epoch, or
// - its GTID is above all that were seen of that source: a transaction that is new and yet stands
//   before older ones is in another log, or
// - it is a row of a snapshot at a place where none was taken: snapshots are taken where the log
//   ends.
// Else it is a repeat, or late. Not thread-safe.
class SourceEpochs {
 public:
  // `servers` as in SourcePosition, one text an epoch:
  // "7,8 before <source>:10 snapshots 3:157 seen <source>:12": the servers that made its changes,
  // the highest GTID of each source before it, where snapshots were taken, and (with the newest
  // epoch) the highest GTIDs seen.
  explicit SourceEpochs(const std::vector<std::string>& servers);

  // Moves `last` on when the change is not before it.
  SourceEpoch EpochOf(const debezium::SourceBlock& source, LastPlace& last);
  std::vector<std::string> Describe() const;

 private:
  using Gtids = std::map<std::string, std::uint64_t, std::less<>>;  // source → highest number
  using Place = std::pair<std::uint32_t, std::uint64_t>;            // number of the file, position
  struct Begun {
    std::set<std::uint64_t> servers;
    Gtids before;
    std::set<Place> snapshots;
  };

  static void Restore(std::string_view text, Begun& epoch, Gtids& seen);
  static bool IsOf(const debezium::SourceBlock& source, const Begun& epoch);
  bool BeginsAnother(const debezium::SourceBlock& source, const Begun& epoch) const;
  void Begin(const debezium::SourceBlock& source);
  std::optional<std::size_t> Later(const debezium::SourceBlock& source, std::size_t current,
                                   bool back) const;
  std::size_t LastOf(const debezium::SourceBlock& source, std::size_t newest) const;
  void Note(const debezium::SourceBlock& source, std::size_t epoch);

  std::vector<Begun> epochs_;
  Gtids seen_;
};

}  // namespace foreset::kafka
