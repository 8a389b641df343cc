// SPDX-License-Identifier: MIT
#include "foreset/pipeline/warehouse/model_load.h"

#include <algorithm>
#include <utility>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/util/checked_cast.h>
#include <fmt/format.h>

#include "foreset/base/errors/warehouse.h"
#include "foreset/pipeline/warehouse/file_difference.h"
#include "foreset/sql/delta_relation.h"
#include "foreset/sql/warehouse/grain_proof.h"
#include "foreset/sql/warehouse/placed_relation.h"

namespace foreset::pipeline {
namespace {

using arrow::internal::checked_cast;

std::string TextOf(const sql::QueryName& name) { return fmt::format("{}", fmt::join(name, ".")); }

}  // namespace

ModelLoad::ModelLoad(LoadContext& context, const sql::PlannedModel& planned, ModelReport& report)
    : context_(context),
      model_(planned.model),
      report_(report),
      table_(context.tables.at(planned.model.name)) {
  for (const sql::QueryName& name : planned.made_from) made_from_.insert(TextOf(name));
  for (const sql::QueryName& name : planned.tables) {
    reads_.emplace_back(name, context.lake.tables.at(name));
  }
  for (const std::string& parent : planned.parents) {
    const ModelTable& table = context.tables.at(parent);
    reads_.emplace_back(sql::QueryName{parent}, VersionedTable{table.store(), table.snapshot()});
  }
}

const VersionedTable* ModelLoad::Find(const sql::QueryName& name) {
  const auto found = std::ranges::find(reads_, name, &Read::first);
  return found == reads_.end() ? nullptr : &found->second;
}

LoadRecord ModelLoad::Record() const {
  LoadRecord record{model_.name, model_.definition, 0, context_.lake.position, {}};
  for (const auto& [name, read] : reads_) {
    // A parent that is planned only has no version yet.
    if (read.snapshot == nullptr) continue;
    record.reads[TextOf(name)] = {read.snapshot->metadata().id, read.snapshot->version().value()};
  }
  return record;
}

// What keeps the model from being loaded in part, as people say it.
std::optional<std::string> ModelLoad::WhyWhole() {
  if (!model_.grain.empty()) {
    const auto doubt = sql::WhyNotByGrain(context_.workspace.engine(), model_);
    if (doubt) return fmt::format("@by is not proved: {}", *doubt);
  }
  if (table_.snapshot() == nullptr) return "the first load";
  if (context_.full) return "--full";
  if (table_.record()->definition != model_.definition) return "the model's file changed";
  if (model_.grain.empty()) return "the model has no @by";
  for (const auto& [name, version] : Record().reads) {
    const auto before = table_.record()->reads.find(name);
    if (before == table_.record()->reads.end() || before->second.id != version.id) {
      return fmt::format("{} is another table", name);
    }
    const bool named = std::ranges::any_of(
        model_.effects, [&](const auto& effect) { return TextOf(effect.table) == name; });
    const bool only_checked = !made_from_.contains(name);
    if (before->second != version && !named && !only_checked) {
      return fmt::format("{} changed, of which neither @by nor @affects speaks", name);
    }
    // The lake was restored, or is read at an older epoch than the last time.
    if (before->second.version > version.version) return fmt::format("{} went back", name);
  }
  return std::nullopt;
}

bool ModelLoad::Unchanged() const {
  const LoadRecord now = Record();
  return table_.snapshot() != nullptr && !context_.full &&
         table_.record()->definition == now.definition && table_.record()->reads == now.reads;
}

Status ModelLoad::Plan() {
  for (const auto& [name, version] : Record().reads) report_.reads[name] = version.version;
  report_.mode = "whole";
  if (TRY(table_.ChangedByOthers())) {
    report_.because = "another program changed the table";
  } else if (Unchanged()) {
    report_.mode = "none";
  } else if (const auto why = WhyWhole()) {
    report_.because = *why;
  } else {
    report_.mode = "incremental";
  }
  if (table_.snapshot() != nullptr) {
    report_.rows = RowsOf(*table_.snapshot());
    report_.version = table_.snapshot()->version().value();
  }
  return {};
}

Status ModelLoad::Run() {
  RETURN_IF_ERROR(Plan());
  if (report_.mode == "none") {
    report_.state = LoadState::kUnchanged;
    return Show();
  }
  const Status done = Compute();
  if (!done) {
    table_.Abandon();
    report_.state = LoadState::kFailed;
    return std::unexpected(done.error());
  }
  report_.state = LoadState::kLoaded;
  report_.rows = RowsOf(*table_.snapshot());
  report_.version = table_.snapshot()->version().value();
  return Show();
}

// False when a version that is asked for is not kept any more.
Result<bool> ModelLoad::FindAffected() {
  RETURN_IF_ERROR(context_.workspace.BeginPart());
  for (const sql::ChangeEffect& effect : model_.effects) {
    const VersionedTable& now = *Find(effect.table);
    const delta::Version before(table_.record()->reads.at(TextOf(effect.table)).version);
    if (before == now.snapshot->version()) continue;
    auto old = delta::Snapshot::Load(now.store, before);
    if (!old && old.error().kind == ErrorKind::kNotFound) return false;
    if (!old) return std::unexpected(std::move(old).error());
    if (!(*old)->schema()->Equals(*now.snapshot->schema(), false)) return false;
    const FileDifference difference = DifferenceOf(now.store, *old, now.snapshot);
    const Status added =
        context_.workspace.AddAffected(effect, difference.old_files, difference.new_files);
    // A file of the old version was vacuumed; one of the new version fails the whole load, too.
    if (!added && added.error().code == ErrorCode::kDeltaCorrupt) return false;
    RETURN_IF_ERROR(added);
  }
  report_.affected = TRY(context_.workspace.Affected());
  return true;
}

Status ModelLoad::Compute() {
  sql::Workspace& workspace = context_.workspace;
  part_ = report_.mode == "incremental";
  if (part_ && !TRY(FindAffected())) {
    return ComputeAnew("an earlier version of a table is not kept, or had other columns");
  }
  sql::RowDifference difference;
  if (!part_ || report_.affected > 0) {
    RETURN_IF_ERROR(part_ ? workspace.ComputePart(model_) : workspace.ComputeWhole(model_));
    columns_ = TRY(workspace.Columns());
    const bool other_columns = TRY(table_.HasOtherColumns(*columns_));
    if (part_ && other_columns) return ComputeAnew("the columns are others now");
    anew_ = other_columns || table_.IsScattered();
    // Rows of other columns cannot be compared: all go, all come.
    const bool compared = table_.snapshot() != nullptr && !other_columns;
    const auto placed =
        compared ? sql::MakePlacedRelation(table_.store(), table_.snapshot()) : sql::PlacedTable();
    difference = TRY(workspace.Compare(model_, placed.relation, part_));
    if (other_columns) difference.gone = RowsOf(*table_.snapshot());
    RETURN_IF_ERROR(Stage(difference));
    if (!anew_) RETURN_IF_ERROR(StagePlaces(placed.files));
  }
  report_.come = difference.come;
  report_.gone = difference.gone;
  RETURN_IF_ERROR(Check());
  return table_.Commit(Record(), report_.come, report_.gone);
}

// The other way of loading, when the quick one turns out not to do.
Status ModelLoad::ComputeAnew(std::string because) {
  report_.mode = "whole";
  report_.because = std::move(because);
  report_.affected = 0;
  return Compute();
}

// Rows in the order of the key: files then have bounds that readers can prune by.
Status ModelLoad::Stage(const sql::RowDifference& difference) {
  std::string order;
  for (const std::string& column : model_.key) {
    order += (order.empty() ? " ORDER BY " : ", ") + sql::Quoted(column);
  }
  if (anew_) {
    RETURN_IF_ERROR(table_.ReplaceAll(*columns_));
    const bool other = TRY(table_.HasOtherColumns(*columns_));
    const std::string rows = other ? fmt::format("SELECT * FROM {}", sql::Workspace::kNew)
                                   : context_.workspace.Outcome(columns_->field_names());
    return table_.Write(context_.workspace.engine(),
                        fmt::format("SELECT * FROM ({}){}", rows, order), columns_);
  }
  if (difference.come == 0 && table_.snapshot() != nullptr) return {};
  return table_.Write(context_.workspace.engine(),
                      fmt::format("SELECT * FROM {}{}", sql::Workspace::kCome, order), columns_);
}

Status ModelLoad::StagePlaces(const std::vector<const delta::AddFile*>& files) {
  if (table_.snapshot() == nullptr) return {};
  sql::Engine& engine = context_.workspace.engine();
  ModelTable::Places places;
  {
    const auto rows = TRY(engine.Query(fmt::format("FROM {} ORDER BY ALL", sql::Workspace::kGone)));
    while (const auto batch = TRY(rows->Next())) {
      const auto& file = checked_cast<const arrow::Int32Array&>(*batch->column(0));
      const auto& row = checked_cast<const arrow::Int64Array&>(*batch->column(1));
      for (std::int64_t i = 0; i < batch->num_rows(); ++i) {
        if (places.empty() || places.back().first != file.Value(i)) {
          places.emplace_back(file.Value(i), std::vector<std::int64_t>());
        }
        places.back().second.push_back(row.Value(i));
      }
    }
  }
  if (table_.copies_touched_files() && !places.empty()) {
    RETURN_IF_ERROR(
        table_.Write(engine, context_.workspace.Remainder(columns_->field_names()), columns_));
  }
  return table_.Remove(files, places);
}

// The checks read what the commit would make, from its very files.
Status ModelLoad::Check() {
  if (const auto staged = TRY(table_.Staged())) {
    RETURN_IF_ERROR(
        context_.workspace.Show({model_.name}, sql::MakeDeltaRelation(table_.store(), staged)));
  } else {
    RETURN_IF_ERROR(context_.workspace.ShowComputed(model_));
  }
  report_.checks = TRY(sql::RunChecks(context_.workspace.engine(), model_));
  std::string broken;
  for (const sql::CheckOutcome& check : report_.checks) {
    if (check.passed()) continue;
    broken += fmt::format("{}\"{}\" fails for {} ({})", broken.empty() ? "" : "; ", check.name,
                          check.offenders, check.examples);
  }
  if (broken.empty()) return {};
  return Err(ErrorKind::kInvalidInput, warehouse_error::kModelCheckFailed,
             fmt::format("{}: {}", model_.name, broken));
}

Status ModelLoad::Show() {
  return context_.workspace.Show({model_.name},
                                 sql::MakeDeltaRelation(table_.store(), table_.snapshot()));
}

}  // namespace foreset::pipeline
