// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "foreset/base/clock.h"
#include "foreset/base/result.h"
#include "foreset/model/table_schema.h"
#include "foreset/pipeline/reset.h"
#include "foreset/storage/object_store.h"

// How a pipeline that runs is asked to begin tables anew: by objects below `_requests/` in bronze.
// Each is for one source table. The pipeline moves the old tables away, deletes the object, and
// makes the tables anew; a crash in between leaves the object, and the next run does it.
namespace foreset::pipeline {

struct ResetRequest {
  std::string path;  // of the object, in bronze
  lake::Layer layer = lake::Layer::kSilver;
  TableId table;
  bool operator==(const ResetRequest&) const = default;
};

// Posts a request; `id` is unique (UUID text). The layer is silver or gold: bronze is made anew by
// a first copy, with which a run begins.
Result<ResetRequest> PostResetRequest(ObjectStore& bronze, lake::Layer layer, const TableId& table,
                                      const std::string& id);

// Whether the request has not been carried out yet.
Result<bool> IsPending(const ObjectStore& bronze, const ResetRequest& request);

// Requests as they come in, each handed out once. Not thread-safe.
class ResetInbox {
 public:
  ResetInbox(std::shared_ptr<ObjectStore> bronze, const Clock& clock)
      : bronze_(std::move(bronze)), clock_(clock) {}

  // New requests since the last call, by their paths; looks every two seconds at most. One that
  // cannot be read is left out, with a warning.
  Result<std::vector<ResetRequest>> Take();

 private:
  std::shared_ptr<ObjectStore> bronze_;
  const Clock& clock_;
  std::optional<std::chrono::steady_clock::time_point> looked_;
  std::set<std::string> taken_;
};

}  // namespace foreset::pipeline
