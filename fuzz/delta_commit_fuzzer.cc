// SPDX-License-Identifier: MIT
// A commit of a Delta log: what is read can be written and reads back as the same.
#include <cstdlib>
#include <memory>

#include "foreset/base/byte_reader.h"
#include "foreset/base/clock.h"
#include "foreset/delta/actions_json.h"
#include "foreset/delta/log_files.h"
#include "foreset/delta/snapshot.h"
#include "foreset/storage/memory/memory_store.h"

using namespace foreset;         // NOLINT
using namespace foreset::delta;  // NOLINT

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes input(data, size);
  const auto actions = ParseCommit(AsText(input));
  if (!actions) return 0;
  std::string text;
  for (const Action& action : *actions) text += ToJsonLine(action) + "\n";
  const auto back = ParseCommit(text);
  if (!back || *back != *actions) std::abort();

  const ManualClock clock{Timestamp(0)};
  const auto store = std::make_shared<MemoryStore>(clock);
  if (!store->Put(CommitPath(Version(0)), input)) std::abort();
  const auto snapshot = Snapshot::Load(store);
  if (!snapshot) return 0;
  const auto next = (*snapshot)->Apply(*actions);
  if (!next || (*next)->files().size() != (*snapshot)->files().size()) std::abort();
  return 0;
}
