// SPDX-License-Identifier: MIT
#include "foreset/pipeline/quarantine_retry.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "foreset/base/errors/rules.h"
#include "foreset/base/turns.h"
#include "foreset/capture/kafka/second_reading.h"
#include "foreset/lake/lake_names.h"
#include "foreset/lake/refused_changes.h"
#include "foreset/lake/rule_quarantine.h"
#include "foreset/pipeline/bronze_catalog.h"
#include "foreset/pipeline/table_followers.h"
#include "foreset/pipeline/table_trouble.h"

namespace foreset::pipeline {
namespace {

constexpr char kRetry[] = "RETRY FROM QUARANTINE";
constexpr char kDrop[] = "DROP FROM QUARANTINE";

Result<std::unique_ptr<lake::QuarantineTable>> OpenRecords(const lake::Lake& lake) {
  return lake::QuarantineTable::OpenOrCreate(SubStore(lake.stores.bronze, "_quarantine"),
                                             lake.OptionsOf(lake::Layer::kBronze));
}

Result<std::unique_ptr<lake::RuleQuarantine>> OpenRefused(const lake::Lake& lake,
                                                          const lake::RuleConfig& rules,
                                                          const TableId& table) {
  const std::string folder = lake::QuarantineFolder(lake.layout.FolderOf(table));
  return lake::RuleQuarantine::Open(SubStore(lake.stores.silver, folder), rules.Of(table),
                                    lake.OptionsOf(lake::Layer::kSilver));
}

// The table, when changes may still be put into it.
Result<lake::BronzeTable*> LivingTable(const BronzeCatalog& catalog, const TableId& id) {
  lake::BronzeTable* table = catalog.Find(id);
  if (table == nullptr) {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kTableUnknown,
               fmt::format("bronze has no table {}", id.ToString()));
  }
  const auto stopped = catalog.Stopped();
  const auto found = stopped.find(id);
  if (found != stopped.end()) return std::unexpected(found->second);
  return table;
}

// ---- records

// The records of one table, on their way into its bronze table.
class RecordRetry {
 public:
  RecordRetry(lake::BronzeTable& table, const kafka::KafkaOptions& topics)
      : table_(table),
        reading_(SchemaOf(table), table.progress().schema_sequence, EpochOf(table), topics) {}

  Status Read(const lake::QuarantineRow& row) {
    RETURN_IF_ERROR(reading_.Take({.topic = row.topic,
                                   .partition = row.partition,
                                   .offset = row.offset,
                                   .sequence = row.sequence,
                                   .value = row.bytes}));
    ids_.insert(row.Id());
    return {};
  }

  // The ids of what is in bronze now.
  Result<std::set<std::string>> Admit() {
    const auto batch = TRY(reading_.Finish());
    if (batch == nullptr) return std::set<std::string>();
    std::vector<std::string> ids;
    for (const RecordPlace& place : batch->places) {
      ids.push_back(lake::QuarantineRow{
          .topic = batch->topics[place.topic], .partition = place.partition, .offset = place.offset}
                        .Id());
    }
    RETURN_IF_ERROR(table_.Admit(*batch, ids));
    return ids_;
  }

 private:
  static std::shared_ptr<const TableSchema> SchemaOf(const lake::BronzeTable& table) {
    return std::make_shared<const TableSchema>(lake::WithoutLakeNames(*table.schema()));
  }
  static std::optional<SourceEpoch> EpochOf(const lake::BronzeTable& table) {
    const SourcePosition& position = table.progress().position;
    if (position.servers.size() > 1) return std::nullopt;
    return position.epoch;
  }

  lake::BronzeTable& table_;
  kafka::SecondReading reading_;
  std::set<std::string> ids_;
};

Error NotFromTopics(const lake::QuarantineRow& row) {
  return {ErrorKind::kUnsupported, row.code,
          "a row of the binlog, which this program still cannot decode: " + row.reason,
          fmt::format("foreset reset --layer bronze {}", row.table.table)};
}

// Reads what can be read of the table's rows, and says of the others why not.
Status RetryTable(lake::BronzeTable& table, const kafka::KafkaOptions& topics,
                  const std::vector<lake::QuarantineRow>& rows,
                  const std::vector<std::size_t>& of_table, lake::QuarantineTable& quarantine,
                  std::vector<Status>& outcomes) {
  RecordRetry retry(table, topics);
  std::vector<std::size_t> read;
  for (const std::size_t i : of_table) {
    outcomes[i] = retry.Read(rows[i]);
    if (outcomes[i]) read.push_back(i);
  }
  const auto admitted = retry.Admit();
  if (!admitted && !IsOfTableAlone(admitted.error())) return std::unexpected(admitted.error());
  if (!admitted) {
    for (const std::size_t i : read) outcomes[i] = std::unexpected(admitted.error());
    return {};
  }
  RETURN_IF_ERROR(quarantine.Remove(*admitted, kRetry));
  return table.ForgetAdmitted();
}

}  // namespace

Result<std::vector<Status>> RetryRecords(const lake::Lake& lake, const kafka::KafkaOptions* topics,
                                         const std::vector<lake::QuarantineRow>& rows) {
  const auto catalog = TRY(BronzeCatalog::Open(lake));
  const auto quarantine = TRY(OpenRecords(lake));
  std::vector<Status> outcomes(rows.size());
  std::map<TableId, std::vector<std::size_t>> by_table;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (topics == nullptr || rows[i].topic.empty()) {
      outcomes[i] = std::unexpected(NotFromTopics(rows[i]));
    } else {
      by_table[rows[i].table].push_back(i);
    }
  }
  for (const auto& [id, of_table] : by_table) {
    const auto table = LivingTable(*catalog, id);
    if (table) {
      RETURN_IF_ERROR(RetryTable(**table, *topics, rows, of_table, *quarantine, outcomes));
      continue;
    }
    for (const std::size_t i : of_table) outcomes[i] = std::unexpected(table.error());
  }
  return outcomes;
}

Result<std::uint64_t> DropRecords(const lake::Lake& lake, const std::set<std::string>& ids) {
  return TRY(OpenRecords(lake))->Remove(ids, kDrop);
}

// ---- rows that rules refused

namespace {

Error NotThere(const TableId& table) {
  return {ErrorKind::kInvalidInput,
          rule_error::kRefusedChangeGone,
          fmt::format("bronze/{} does not have the change", table.table),
          {}};
}

Error OfOtherColumns(const TableId& table) {
  return {ErrorKind::kInvalidInput, rule_error::kRefusedBeforeSchema,
          fmt::format("{} has other columns since", table.ToString()),
          fmt::format("foreset reset --layer silver {}", table.table)};
}

Error StillRefused(const TableId& table) {
  return {ErrorKind::kInvalidInput,
          rule_error::kRowBreaksRule,
          fmt::format("the rules of {} refuse it still", table.ToString()),
          {}};
}

Status CheckKeyed(const lake::BronzeTable& bronze, const TableId& table) {
  if (bronze.schema()->key_kind != KeyKind::kWholeRow) return {};
  return Err(ErrorKind::kInvalidInput, rule_error::kRulesNeedReset,
             fmt::format("{} has no key: a row of it has no place of its own", table.ToString()),
             fmt::format("foreset reset --layer silver {}", table.table));
}

}  // namespace

Result<std::vector<Status>> RetryRefused(const lake::Lake& lake, const PipelineOptions& options,
                                         const TableId& table,
                                         const std::vector<Sequence>& places) {
  const auto catalog = TRY(BronzeCatalog::Open(lake));
  const lake::BronzeTable* bronze = TRY(LivingTable(*catalog, table));
  RETURN_IF_ERROR(CheckKeyed(*bronze, table));
  Turns turns(~std::size_t{0});  // nobody else works
  TableFollowers followers(
      table, lake, options, [&](const TableId& id) { return catalog->SchemaChangesOf(id); }, turns);
  RETURN_IF_ERROR(followers.Apply(CatchUpWanted{}, {}));
  const auto quarantine = TRY(OpenRefused(lake, options.rules, table));
  const auto found = TRY(lake::FindRefused(bronze->table(), {places.begin(), places.end()}));
  std::map<Sequence, Error> kept;
  for (const Sequence place : found.unknown) kept.emplace(place, NotThere(table));
  for (const Sequence place : found.of_other_schemas) kept.emplace(place, OfOtherColumns(table));
  if (found.changes != nullptr) {
    const auto conform = TRY(followers.TakeAgain(*found.changes));
    std::set<Sequence> put;
    for (std::size_t row = 0; row < conform.size(); ++row) {
      if (!found.places[row]) continue;
      if (conform[row]) put.insert(*found.places[row]);
      if (!conform[row]) kept.emplace(*found.places[row], StillRefused(table));
    }
    RETURN_IF_ERROR(quarantine->Remove(put, kRetry));
  }
  std::vector<Status> outcomes;
  for (const Sequence place : places) {
    const auto why = kept.find(place);
    outcomes.push_back(why == kept.end() ? Status() : std::unexpected(why->second));
  }
  return outcomes;
}

Result<std::uint64_t> DropRefused(const lake::Lake& lake, const lake::RuleConfig& rules,
                                  const TableId& table, const std::set<Sequence>& places) {
  return TRY(OpenRefused(lake, rules, table))->Remove(places, kDrop);
}

}  // namespace foreset::pipeline
