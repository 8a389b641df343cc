// SPDX-License-Identifier: MIT
#include "foreset/pipeline/verify.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <map>
#include <set>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <arrow/record_batch.h>
#include <fmt/format.h>

#include "foreset/base/retry.h"
#include "foreset/lake/epochs_table.h"
#include "foreset/lake/lake_columns.h"
#include "foreset/lake/rule_record.h"
#include "foreset/pipeline/lake_cut.h"
#include "foreset/pipeline/sql_rules.h"
#include "foreset/pipeline/stop_notes.h"
#include "foreset/pipeline/table_life.h"
#include "foreset/pipeline/table_trouble.h"

namespace foreset::pipeline {
namespace {

constexpr RetryPolicy kBetweenLooks{.first = std::chrono::milliseconds(100),
                                    .longest = std::chrono::milliseconds(1000)};

// A lake table to be compared: where it is and which columns of the source it has.
struct Candidate {
  std::string name;
  std::shared_ptr<ObjectStore> store;
  lake::Projection projection;
  bool folded = false;
};

bool Wanted(const VerifyOptions& wanted, const TableId& id) {
  return wanted.tables.empty() || std::ranges::any_of(wanted.tables, [&](const std::string& name) {
           return SameName(name, id.table) || SameName(name, id.ToString());
         });
}

Result<std::vector<Candidate>> CandidatesOf(const TableSchema& schema, const lake::Lake& lake) {
  std::vector<Candidate> candidates;
  const std::string folder = lake.layout.FolderOf(schema.id);
  if (lake.layout.layers.silver) {
    candidates.push_back({lake::NameOf(lake::Layer::kSilver, folder),
                          SubStore(lake.stores.silver, folder), lake::Projection::All(schema)});
  }
  if (!lake.layout.layers.gold) return candidates;
  for (const lake::DimensionSpec& spec : lake.layout.DimensionsOf(schema.id)) {
    const lake::Projection projection = spec.columns.empty()
                                            ? lake::Projection::All(schema)
                                            : TRY(lake::Projection::Of(schema, spec.columns));
    candidates.push_back({lake::NameOf(lake::Layer::kGold, spec.current),
                          SubStore(lake.stores.gold, spec.current), projection});
    candidates.push_back({lake::NameOf(lake::Layer::kGold, spec.history),
                          SubStore(lake.stores.gold, spec.history), projection, true});
  }
  return candidates;
}

// The source's rows as its table's rules let them into silver.
Result<std::shared_ptr<arrow::RecordBatch>> VisibleRows(lake::RowRules* rules,
                                                        const ChangeBatch& rows) {
  const lake::RuledBatch ruled = TRY(lake::ApplyRules(rules, rows));
  if (ruled.hidden_after.empty()) return ruled.changes->after;
  std::vector<std::uint32_t> visible;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (!ruled.HidesAfter(row)) visible.push_back(static_cast<std::uint32_t>(row));
  }
  return lake::TakeRows(ruled.changes->after, visible);
}

// Why a table may differ although nothing was lost.
Result<std::string> RulesNote(const Candidate& candidate, lake::RowRules* rules) {
  const auto snapshot = TRY(delta::Snapshot::Load(candidate.store));
  const auto record = TRY(lake::RuleRecordOf(*snapshot));
  if (!record) return std::string();
  const lake::RuleSet configured = rules == nullptr ? lake::RuleSet{} : rules->rules();
  if (record->rules != configured) {
    return std::string("its rows were made under other rules than the configuration has");
  }
  if (!record->older_rows) return std::string();
  return std::string("it has rows that were made under older rules; `foreset reset` makes it anew");
}

// Files and offsets go on without a change of rows (a rotation, a checkpoint); GTIDs do not.
bool Covers(const SourcePosition& captured, const SourcePosition& wanted) {
  const bool same_gtids = !wanted.gtid_set.empty() && captured.server == wanted.server &&
                          captured.epoch == wanted.epoch && captured.gtid_set == wanted.gtid_set;
  return same_gtids || wanted.Floor() <= captured.Floor();
}

// "…:42" of a MySQL GTID set that ends so; the newest transaction of one server.
std::uint64_t LastTransaction(std::string_view gtids, std::string_view server) {
  const std::size_t at = gtids.find(server);
  if (server.empty() || at == std::string_view::npos) return 0;
  const std::string_view own = gtids.substr(at, gtids.find(',', at) - at);
  const std::size_t number = own.find_last_of(":-");
  std::uint64_t last = 0;
  std::from_chars(own.data() + number + 1, own.data() + own.size(), last);
  return last;
}

// True when the topics have brought a change at or after the last one before `wanted`.
bool HasCome(const SourcePosition& captured, const SourcePosition& wanted) {
  if (wanted.Floor() <= captured.Floor()) return true;
  const std::string_view server =
      std::string_view(captured.gtid_set).substr(0, captured.gtid_set.rfind(':'));
  const std::uint64_t last = LastTransaction(wanted.gtid_set, server);
  return last != 0 && last <= LastTransaction(captured.gtid_set, server);
}

// Which keys differ, by the digests of both sides.
class KeyComparison {
 public:
  KeyComparison(const lake::Projection& projection, std::size_t shown)
      : digester_(projection), shown_(shown) {}

  Status AddSource(const DigestedRows& rows) {
    for (std::size_t i = 0; i < rows.keys.size(); ++i) {
      rows_[rows.keys[i]] = {rows.rows[i], Text(rows, i), false};
    }
    return {};
  }
  Status AddLake(const DigestedRows& rows) {
    for (std::size_t i = 0; i < rows.keys.size(); ++i) {
      const auto it = rows_.find(rows.keys[i]);
      if (it == rows_.end()) {
        Show(Text(rows, i), "only in the lake");
      } else {
        it->second.seen = true;
        if (it->second.row != rows.rows[i]) Show(it->second.key, "different");
      }
    }
    return {};
  }
  std::vector<Difference> Finish() {
    for (const auto& [key, row] : rows_) {
      if (!row.seen) Show(row.key, "missing in the lake");
    }
    return std::move(differences_);
  }

 private:
  struct Row {
    Hash128 row;
    std::string key;
    bool seen = false;
  };

  std::string Text(const DigestedRows& rows, std::size_t i) const {
    if (rows.columns == nullptr) {
      return fmt::format("key digest {:016x}{:016x}", rows.keys[i].high, rows.keys[i].low);
    }
    return digester_.KeyText(*rows.columns, rows.origin[i]);
  }
  void Show(std::string key, std::string what) {
    if (differences_.size() < shown_) differences_.push_back({std::move(key), std::move(what)});
  }

  RowDigester digester_;
  std::size_t shown_;
  std::unordered_map<Hash128, Row> rows_;
  std::vector<Difference> differences_;
};

// One run over the tables, in one snapshot of the source.
class Verification {
 public:
  Verification(const lake::Lake& lake, const lake::RuleConfig& rules, const VerifyOptions& wanted,
               const std::stop_token& stop)
      : lake_(lake),
        rule_config_(rules),
        wanted_(wanted),
        stop_(stop),
        deadline_(lake.options.clock->Steady() + wanted.wait) {}

  // What stands against comparing the table, before anything is read: it stopped in bronze, or, by
  // its note, above it; or its first copy is not complete.
  Result<std::optional<Error>> ReasonAgainst(const TableId& id, const TableLife& life) {
    const std::string folder = lake_.layout.FolderOf(id);
    const auto progress = TRY(ReadProgress(SubStore(lake_.stores.bronze, folder)));
    if (progress && life.stopped) return life.stopped;
    if (!notes_) notes_ = TRY(ReadStopNotes(*lake_.stores.bronze));
    if (const auto note = notes_->find(id); note != notes_->end()) return note->second;
    const auto behind = [&](const char* why) {
      return Error{ErrorKind::kTransient, ErrorCode::kLakeBehind,
                   fmt::format("bronze/{} {}", folder, why),
                   "The next `foreset run` copies it; verify again then."};
    };
    if (!progress || life.replaced) return behind("is to be made anew");
    if (progress->backfill && !progress->backfill->done) return behind("is not complete yet");
    return std::nullopt;
  }

  // The table that comes next.
  void Begin(const TableId& id) {
    if (wanted_.board != nullptr) piece_ = wanted_.board->Begin(id.ToString());
  }

  // Until `_epochs` covers the position.
  Status AwaitEpoch(const SourcePosition& position) {
    return Await([&]() -> Result<std::string> {
      const auto epochs = TRY(lake::EpochsTable::Open(SubStore(lake_.stores.bronze, "_epochs"),
                                                      lake_.OptionsOf(lake::Layer::kBronze)));
      const auto latest = epochs->latest();
      if (!latest) return std::string("bronze has no complete epoch yet");
      if (Covers(*latest, position)) return std::string();
      return fmt::format("bronze is at {}, the source at {}", latest->ToString(),
                         position.ToString());
    });
  }

  // Topics bring what is below the position when they like: as long as the two differ it may be on
  // its way.
  Result<TableVerdict> CompareUntilEqual(const std::shared_ptr<const TableSchema>& schema,
                                         BackfillReader& reader, const SourcePosition& position,
                                         const std::vector<SchemaChange>& changes) {
    TableVerdict verdict;
    BackOff pause(kBetweenLooks);
    for (;;) {
      auto compared = Compare(schema, reader, position, changes);
      const bool last = lake_.options.clock->Steady() >= deadline_ || stop_.stop_requested();
      if (!compared) {
        if (last || compared.error().kind != ErrorKind::kTransient) return compared;
      } else {
        verdict = *std::move(compared);
        if (std::ranges::all_of(verdict.comparisons, &Comparison::equal)) return verdict;
        if (last) break;
      }
      pause.Wait([&] { return stop_.stop_requested(); });
    }
    const auto epochs = TRY(lake::EpochsTable::Open(SubStore(lake_.stores.bronze, "_epochs"),
                                                    lake_.OptionsOf(lake::Layer::kBronze)));
    const auto latest = epochs->latest();
    if (latest && HasCome(*latest, position)) return verdict;
    return Err(ErrorKind::kTransient, ErrorCode::kLakeBehind,
               fmt::format("{} differs, and the topics have come to {} only, the source is at {}",
                           schema->id.ToString(), latest ? latest->ToString() : "nothing",
                           position.ToString()));
  }

  Result<TableVerdict> CompareWithBronze(const TableId& id,
                                         const std::vector<SchemaChange>& changes) {
    TableVerdict verdict{.table = id, .comparisons = {}};
    const std::string folder = lake_.layout.FolderOf(id);
    const auto bronze =
        TRY(lake::BronzeTable::Open(SubStore(lake_.stores.bronze, folder), folder, lake_.options));
    const auto rules = TRY(OpenSqlRules(rule_config_, id));
    const LakeCut cut = TRY(LakeCut::AtEnd(*bronze, changes, rules.get()));
    for (const Candidate& candidate : TRY(CandidatesOf(*bronze->schema(), lake_))) {
      RETURN_IF_ERROR(AwaitTable(candidate, cut.needed_batch()));
      Comparison comparison{.table = candidate.name};
      if (bronze->schema()->key_kind == KeyKind::kWholeRow) {
        comparison.compared = false;
        comparison.note = "a table without a key cannot be folded from its log";
        verdict.comparisons.push_back(std::move(comparison));
        continue;
      }
      RETURN_IF_ERROR(cut.LoggedRows(candidate.projection, Summing(comparison.source)));
      RETURN_IF_ERROR(ReadLake(candidate, cut, Summing(comparison.lake)));
      if (!comparison.equal()) {
        KeyComparison keys(candidate.projection, wanted_.shown_differences);
        RETURN_IF_ERROR(cut.LoggedRows(
            candidate.projection, [&](const DigestedRows& rows) { return keys.AddSource(rows); }));
        RETURN_IF_ERROR(
            ReadLake(candidate, cut, [&](const DigestedRows& rows) { return keys.AddLake(rows); }));
        comparison.differences = keys.Finish();
        comparison.note = TRY(RulesNote(candidate, rules.get()));
      }
      verdict.comparisons.push_back(std::move(comparison));
    }
    return verdict;
  }

  Result<TableVerdict> Compare(const std::shared_ptr<const TableSchema>& schema,
                               BackfillReader& reader, const SourcePosition& position,
                               const std::vector<SchemaChange>& changes) {
    TableVerdict verdict{.table = schema->id, .comparisons = {}};
    const std::string folder = lake_.layout.FolderOf(schema->id);
    const auto bronze =
        TRY(lake::BronzeTable::Open(SubStore(lake_.stores.bronze, folder), folder, lake_.options));
    const auto rules = TRY(OpenSqlRules(rule_config_, schema->id));
    const LakeCut cut = TRY(LakeCut::At(position, *bronze, changes, rules.get()));
    const auto candidates = TRY(CandidatesOf(*schema, lake_));
    for (const Candidate& candidate : candidates) {
      RETURN_IF_ERROR(AwaitTable(candidate, cut.needed_batch()));
    }
    std::vector<RowSet> source(candidates.size());
    const SourceTable table{schema, reader, rules.get()};
    RETURN_IF_ERROR(ReadSource(table, candidates, source));
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      verdict.comparisons.push_back(TRY(CompareOne(candidates[i], cut, source[i], table)));
    }
    return verdict;
  }

 private:
  void Told(std::int64_t rows) const {
    if (piece_ != nullptr) piece_->Add(static_cast<std::uint64_t>(rows));
  }

  DigestSink Summing(RowSet& set) const {
    return [this, &set](const DigestedRows& rows) -> Status {
      for (const Hash128& row : rows.rows) set.Add(row);
      Told(static_cast<std::int64_t>(rows.rows.size()));
      return {};
    };
  }

  // `behind` says what is missing, or nothing when all is there.
  Status Await(const std::function<Result<std::string>()>& behind) {
    BackOff pause(kBetweenLooks);
    for (;;) {
      const std::string missing = TRY(behind());
      if (missing.empty()) return {};
      if (lake_.options.clock->Steady() >= deadline_ || stop_.stop_requested()) {
        return Err(ErrorKind::kTransient, ErrorCode::kLakeBehind, missing);
      }
      pause.Wait([&] { return stop_.stop_requested(); });
    }
  }

  Status AwaitTable(const Candidate& candidate, lake::BatchNumber needed) {
    return Await([&]() -> Result<std::string> {
      const auto progress = TRY(ReadProgress(candidate.store));
      if (!progress) return fmt::format("{} does not exist yet", candidate.name);
      if (progress->batch >= needed) return std::string();
      return fmt::format("{} has {} of {} batches", candidate.name, progress->batch.value(),
                         needed.value());
    });
  }

  // What is compared with: the source's rows as the table's rules let them in.
  struct SourceTable {
    std::shared_ptr<const TableSchema> schema;
    BackfillReader& reader;
    lake::RowRules* rules;
  };

  Status ForSource(const SourceTable& table,
                   const std::function<Status(const arrow::RecordBatch&)>& sink) const {
    BackfillCursor cursor;
    while (!cursor.done) {
      const auto take = [&](const std::shared_ptr<const ChangeBatch>& rows) -> Status {
        const auto visible = TRY(VisibleRows(table.rules, *rows));
        Told(visible->num_rows());
        return sink(*visible);
      };
      cursor = TRY(table.reader.ReadChunk(table.schema, cursor,
                                          std::numeric_limits<std::uint32_t>::max(), take, stop_));
    }
    return {};
  }

  Status ReadSource(const SourceTable& table, const std::vector<Candidate>& candidates,
                    std::vector<RowSet>& sets) const {
    return ForSource(table, [&](const arrow::RecordBatch& rows) -> Status {
      DigestedRows digested;
      for (std::size_t i = 0; i < candidates.size(); ++i) {
        const lake::Projection& projection = candidates[i].projection;
        const bool same_as_last = i > 0 && projection.all() && candidates[i - 1].projection.all();
        if (!same_as_last) {
          digested = TRY(RowDigester(projection).Digest(*projection.Apply(rows)));
        }
        for (const Hash128& row : digested.rows) sets[i].Add(row);
      }
      return {};
    });
  }

  static Status ReadLake(const Candidate& candidate, const LakeCut& cut, const DigestSink& sink) {
    return candidate.folded ? cut.FoldedRows(candidate.store, candidate.projection, sink)
                            : cut.CurrentRows(candidate.store, candidate.projection, sink);
  }

  Result<Comparison> CompareOne(const Candidate& candidate, const LakeCut& cut,
                                const RowSet& source, const SourceTable& table) const {
    Comparison comparison{.table = candidate.name, .source = source};
    if (candidate.folded && table.schema->key_kind == KeyKind::kWholeRow) {
      comparison.compared = false;
      comparison.note = "a table without a key cannot be folded from its history";
      return comparison;
    }
    RETURN_IF_ERROR(ReadLake(candidate, cut, Summing(comparison.lake)));
    if (comparison.equal()) return comparison;
    KeyComparison keys(candidate.projection, wanted_.shown_differences);
    RETURN_IF_ERROR(ForSource(table, [&](const arrow::RecordBatch& rows) -> Status {
      return keys.AddSource(
          TRY(RowDigester(candidate.projection).Digest(*candidate.projection.Apply(rows))));
    }));
    RETURN_IF_ERROR(
        ReadLake(candidate, cut, [&](const DigestedRows& rows) { return keys.AddLake(rows); }));
    comparison.differences = keys.Finish();
    comparison.note = TRY(RulesNote(candidate, table.rules));
    return comparison;
  }

  const lake::Lake& lake_;
  const lake::RuleConfig& rule_config_;
  const VerifyOptions& wanted_;
  const std::stop_token& stop_;
  const std::chrono::steady_clock::time_point deadline_;  // for all tables together
  std::optional<std::map<TableId, Error>> notes_;
  std::shared_ptr<WorkBoard::Piece> piece_;  // of the table that is compared
};

// One table's, so that the others are compared all the same.
bool ConcernsTable(const Error& error) {
  return error.code == ErrorCode::kLakeBehind || error.code == ErrorCode::kCutNotKept ||
         (IsOfTableAlone(error) && !IsOfSource(error));
}

// Adds what became of one table; errors that concern all come back.
Status AddTo(VerifyReport& report, const TableId& id, Result<TableVerdict> compared) {
  if (compared) {
    report.tables.push_back(*std::move(compared));
    return {};
  }
  if (!ConcernsTable(compared.error())) return std::unexpected(std::move(compared).error());
  report.uncompared.push_back({id, std::move(compared).error()});
  return {};
}

Status CheckKnown(const VerifyOptions& wanted, const std::map<TableId, TableLife>& lives) {
  for (const std::string& name : wanted.tables) {
    const bool known = std::ranges::any_of(lives, [&](const auto& entry) {
      return SameName(name, entry.first.table) || SameName(name, entry.first.ToString());
    });
    if (known) continue;
    return Err(ErrorKind::kInvalidInput, ErrorCode::kTableUnknown,
               fmt::format("the lake has no table {}", name));
  }
  return {};
}

}  // namespace

bool VerifyReport::differs() const {
  return std::ranges::any_of(tables, [](const TableVerdict& verdict) {
    return !std::ranges::all_of(verdict.comparisons, &Comparison::equal);
  });
}

Result<VerifyReport> Verify(Source& source, const lake::Lake& lake, const lake::RuleConfig& rules,
                            const VerifyOptions& wanted,
                            const std::function<void(const TableId&)>& progress,
                            const std::stop_token& stop) {
  const lake::LakeOptions own = lake.OptionsOf(lake::Layer::kBronze);
  const auto epochs = TRY(lake::EpochsTable::Open(SubStore(lake.stores.bronze, "_epochs"), own));
  const SourceEpoch epoch = epochs->latest() ? epochs->latest()->epoch : SourceEpoch(0);
  const bool from_topics = epochs->latest() && epochs->latest()->from_topics;
  // A table that cannot be read in one state is uncompared alone.
  if (epochs->latest()) source.WillFollow(*epochs->latest());
  Backfill snapshot = TRY(source.BeginBackfill(1, epoch));
  VerifyReport report{.position = snapshot.position, .tables = {}, .uncompared = {}};
  Verification verification(lake, rules, wanted, stop);
  if (!from_topics) RETURN_IF_ERROR(verification.AwaitEpoch(snapshot.position));
  const auto schemas =
      TRY(lake::SchemaChangesTable::Open(SubStore(lake.stores.bronze, "_schema_changes"), own));
  std::map<TableId, TableLife> lives = LivesOf(schemas->all());
  for (TableSchema& table : snapshot.tables) {
    if (!Wanted(wanted, table.id)) continue;
    const TableId id = table.id;
    // Tables that the topics do not bring are not the lake's.
    if (from_topics && !lives.contains(id)) continue;
    progress(id);
    verification.Begin(id);
    const TableLife& life = lives[id];
    const auto against = verification.ReasonAgainst(id, life);
    if (!against) {
      RETURN_IF_ERROR(AddTo(report, id, std::unexpected(against.error())));
      continue;
    }
    if (*against) {  // whatever code it has
      report.uncompared.push_back({id, **against});
      continue;
    }
    const auto schema = std::make_shared<const TableSchema>(std::move(table));
    BackfillReader& reader = *snapshot.readers.front();
    RETURN_IF_ERROR(
        AddTo(report, id,
              from_topics
                  ? verification.CompareUntilEqual(schema, reader, snapshot.position, life.changes)
                  : verification.Compare(schema, reader, snapshot.position, life.changes)));
  }
  if (report.tables.empty() && report.uncompared.empty()) {
    RETURN_IF_ERROR(CheckKnown(wanted, lives));
  }
  return report;
}

Result<VerifyReport> VerifyAgainstBronze(const lake::Lake& lake, const lake::RuleConfig& rules,
                                         const VerifyOptions& wanted,
                                         const std::function<void(const TableId&)>& progress,
                                         const std::stop_token& stop) {
  const lake::LakeOptions own = lake.OptionsOf(lake::Layer::kBronze);
  const auto epochs = TRY(lake::EpochsTable::Open(SubStore(lake.stores.bronze, "_epochs"), own));
  if (!epochs->latest()) {
    return Err(ErrorKind::kNotFound, ErrorCode::kLakeEmpty,
               fmt::format("there is no lake at {} yet", lake.stores.bronze->Describe()));
  }
  VerifyReport report{.position = *epochs->latest(), .source_compared = false};
  const auto schemas =
      TRY(lake::SchemaChangesTable::Open(SubStore(lake.stores.bronze, "_schema_changes"), own));
  Verification verification(lake, rules, wanted, stop);
  const auto lives = LivesOf(schemas->all());
  RETURN_IF_ERROR(CheckKnown(wanted, lives));
  for (const auto& [id, life] : lives) {
    if (!Wanted(wanted, id)) continue;
    progress(id);
    verification.Begin(id);
    const auto against = verification.ReasonAgainst(id, life);
    if (!against) {
      RETURN_IF_ERROR(AddTo(report, id, std::unexpected(against.error())));
      continue;
    }
    if (*against) {  // whatever code it has
      report.uncompared.push_back({id, **against});
      continue;
    }
    RETURN_IF_ERROR(AddTo(report, id, verification.CompareWithBronze(id, life.changes)));
  }
  return report;
}

}  // namespace foreset::pipeline
