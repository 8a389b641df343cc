// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "foreset/base/clock.h"
#include "foreset/capture/debezium/source_block.h"
#include "foreset/model/source_position.h"

namespace foreset::kafka {

// What one partition has brought last, by place: where the next change is held against.
struct LastPlace {
  std::uint32_t file_number = 0;
  std::uint64_t position = 0;
  Timestamp committed_at;
};

// Which source epoch a change is of. Messages tell places in a binlog, but not that the binlog is
// another one: after a failover or a reset, places begin low again. A change that stands before
// what its partition brought and was committed after it can be neither a repeat nor late: with it
// an epoch begins. Changes of other partitions are of the last epoch that had begun when they were
// committed. Not thread-safe.
class SourceEpochs {
 public:
  // `servers` as in SourcePosition: "<server id> since <microseconds> until <microseconds>", by
  // epoch; `until` is the newest change seen.
  explicit SourceEpochs(const std::vector<std::string>& servers);

  SourceEpoch EpochOf(const debezium::SourceBlock& source, LastPlace& last);
  std::vector<std::string> Describe() const;

 private:
  struct Begun {
    std::uint64_t server_id = 0;
    Timestamp since;
  };
  std::vector<Begun> epochs_;
  Timestamp newest_;    // change seen
  Timestamp restored_;  // the same as of the description
};

}  // namespace foreset::kafka
