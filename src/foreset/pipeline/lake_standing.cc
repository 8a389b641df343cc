// SPDX-License-Identifier: MIT
#include "foreset/pipeline/lake_standing.h"

#include <optional>
#include <utility>

#include "foreset/lake/schema_changes_table.h"
#include "foreset/pipeline/lake_cut.h"
#include "foreset/pipeline/stop_notes.h"
#include "foreset/pipeline/table_trouble.h"

namespace foreset::pipeline {
namespace {

// Whether something is at a table's place, be it unreadable.
Result<bool> Stands(const ObjectStore& place) {
  const auto exists = lake::LakeTable::Exists(place);
  return !exists && IsOfTableAlone(exists.error()) ? Result<bool>(true) : exists;
}

class Reader {
 public:
  Reader(const lake::Lake& lake, const NamesTable& names) : lake_(lake), names_(names) {}

  Status Add(const TableId& id, const TableLife& life, const Error* note) {
    const auto store = SubStore(lake_.stores.bronze, lake_.layout.FolderOf(id));
    const bool is_there = TRY(Stands(*store));
    // What cannot be read is told where its table is shown.
    using Known = std::optional<lake::Progress>;
    const Result<Known> progress = is_there ? ReadProgress(store) : Result<Known>(Known());
    const lake::Progress known = progress && *progress ? **progress : lake::Progress();
    const bool named = names_(id, known.position.partitions);
    // A reset takes all layers of it out of the way; what is missing in bronze alone stands still,
    // and so does what stopped before it had a table.
    const bool never_began = life.changes.empty();
    const bool stands = is_there || (life.stopped && (never_began || TRY(IsAbove(id))));
    std::optional<Error> stopped = stands ? life.stopped : std::nullopt;
    if (!stopped && note != nullptr) stopped = *note;
    if (stopped && named) {
      standing_.stopped.emplace(id, *stopped);
    } else if (stopped || (!named && is_there && life.replaced && !life.dropped)) {
      standing_.left_out.push_back(id);
    } else if (named && !life.dropped && IsToCome(is_there, life, progress)) {
      standing_.incomplete.push_back(id);
    }
    return {};
  }

  LakeStanding Finish() && { return std::move(standing_); }

 private:
  Result<bool> IsAbove(const TableId& id) const {
    if (TRY(Stands(*SubStore(lake_.stores.silver, lake_.layout.FolderOf(id))))) {
      return true;
    }
    for (const lake::DimensionSpec& spec : lake_.layout.DimensionsOf(id)) {
      if (TRY(Stands(*SubStore(lake_.stores.gold, spec.current)))) return true;
    }
    return false;
  }

  static bool IsToCome(bool is_there, const TableLife& life,
                       const Result<std::optional<lake::Progress>>& progress) {
    if (!is_there || life.replaced) return true;
    return progress && *progress && (*progress)->backfill && !(*progress)->backfill->done;
  }

  const lake::Lake& lake_;
  const NamesTable& names_;
  LakeStanding standing_;
};

}  // namespace

Result<LakeStanding> ReadStanding(const lake::Lake& lake, const NamesTable& names) {
  auto schemas = lake::SchemaChangesTable::Open(SubStore(lake.stores.bronze, "_schema_changes"),
                                                lake.OptionsOf(lake::Layer::kBronze));
  if (!schemas && schemas.error().kind == ErrorKind::kNotFound) return LakeStanding();
  if (!schemas) return std::unexpected(std::move(schemas).error());
  const auto lives = LivesOf((*schemas)->all());
  const auto notes = TRY(ReadStopNotes(*lake.stores.bronze));
  Reader reader(lake, names);
  for (const auto& [id, life] : lives) {
    const auto note = notes.find(id);
    RETURN_IF_ERROR(reader.Add(id, life, note == notes.end() ? nullptr : &note->second));
  }
  return std::move(reader).Finish();
}

}  // namespace foreset::pipeline
