// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "foreset/base/clock.h"
#include "foreset/base/result.h"
#include "foreset/delta/actions.h"
#include "foreset/delta/snapshot.h"
#include "foreset/storage/object_store.h"

namespace foreset::lake {

// Makes the folder of a table in Parquet mode show what its manifest says (parquet_layout.h): new
// files are staged, shown after the commit that names them, hidden after the commit that replaces
// them, and deleted some time later; a table without files has `empty.parquet`, which tells its
// columns. What a crash left undone is done by Sweep. The manifest is the truth throughout; this is
// for those who read the folder without it. Not thread-safe; one for a table, used by its writer.
class PartPublisher {
 public:
  // `kept`: how long replaced files can still be read by an older manifest. `lists`: after each
  // commit `current.json`, in the manifest's folder, names all files, for programs that know
  // nothing of manifests; a table whose files are only added needs none and has too many. `store`,
  // a view of the table, and `clock` outlive this.
  PartPublisher(ObjectStore& store, const Clock& clock, std::chrono::milliseconds kept, bool lists)
      : store_(store), clock_(clock), kept_(kept), lists_(lists) {}

  // The name under which a new file of the table is written.
  std::string Begin(const std::string& path);

  // After a commit of this table's, with `actions`, has made `now`: shows what it added, hides what
  // it removed, deletes what was begun and not named, and what was replaced long enough ago. No
  // writer of the table may have an open file. After an error the next call sweeps.
  Status Follow(const std::vector<delta::Action>& actions, const delta::Snapshot& now);
  // Compares the whole folder with `now`, the latest version, and puts right what differs. Only
  // after a commit of our own can no writer that has died still name a staged file: such files are
  // deleted when `fenced` says so, and else left to the next Follow.
  Status Sweep(const delta::Snapshot& now, bool fenced);

 private:
  Status Show(const std::string& path);
  Status Hide(const std::string& path);
  Status Tell(const delta::Snapshot& now);
  Status DropBegun(const delta::Snapshot& now);
  Status DropReplaced();

  ObjectStore& store_;
  const Clock& clock_;
  std::chrono::milliseconds kept_;
  bool lists_;
  std::vector<std::string> begun_;  // since the last commit
  std::deque<std::pair<std::chrono::steady_clock::time_point, std::string>> replaced_;
  bool empty_ = true;     // `empty.parquet` may be there
  bool settled_ = false;  // the folder is as the manifest says
};

}  // namespace foreset::lake
