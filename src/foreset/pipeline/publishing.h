// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <map>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/model/source_position.h"
#include "foreset/pipeline/bronze_catalog.h"
#include "foreset/pipeline/change_publisher.h"
#include "foreset/pipeline/table_feed.h"

namespace foreset::pipeline {

// A round that bronze has made durable, whole in memory.
struct DurableRound {
  struct Table {
    lake::BatchNumber batch;               // that bronze gave it; unchanged where it has no rows
    std::vector<TableFeed::Piece> pieces;  // in order
  };

  SourcePosition from;  // everything before it was in earlier rounds
  SourcePosition end;
  std::map<TableId, Table> tables;
  bool in_memory = true;  // false: the tables are not given, bronze has them
  std::size_t bytes = 0;
};

// True when the round follows what has been published, so that it needs nothing of bronze.
bool FollowsPublished(const DurableRound& round, const PublishCursor& cursor);

// Publishes the round out of memory, all tables' changes merged by their sequence.
Status PublishRound(DurableRound round, ChangePublisher& publisher);

// Publishes out of bronze everything up to its latest epoch, `epoch`: first the rows of first
// copies that are not out yet, table by table, then the streamed changes of all tables, merged by
// their sequence. `bronze` must have been opened after that epoch was made, and is only read.
// kCancelled: `stop`; what is committed stays.
Status PublishBronze(const BronzeCatalog& bronze, const SourcePosition& epoch,
                     const PublishOptions& options, ChangePublisher& publisher,
                     const std::function<bool()>& stop);

}  // namespace foreset::pipeline
