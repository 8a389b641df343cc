// SPDX-License-Identifier: MIT
#include "foreset/batch/table_copy.h"

#include <charconv>
#include <utility>

#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>
#include <simdjson.h>

#include "foreset/base/errors/batch.h"
#include "foreset/base/errors/lake.h"
#include "foreset/base/json_writer.h"
#include "foreset/batch/delta_target.h"
#include "foreset/batch/row_totals.h"

namespace foreset::batch {
namespace {

std::uint64_t FromHex(std::string_view digits) {
  std::uint64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  return value;
}

class DeltaCopy final : public TableCopy {
 public:
  DeltaCopy(DeltaTarget target, std::shared_ptr<arrow::Schema> columns, CopyState state,
            std::string name)
      : target_(std::move(target)),
        columns_(std::move(columns)),
        state_(std::move(state)),
        name_(std::move(name)) {}

  const CopyState& state() const override { return state_; }

  Status Begin(bool go_on) override {
    return target_.Plan(*columns_, go_on ? Growth::kNone : Growth::kReplace);
  }

  Status Write(const arrow::RecordBatch& rows) override { return target_.Write(rows); }

  Status Commit(const CopyState& state) override {
    Load load{.sources = {}, .removed = {}, .state = ToJson(state), .operation = "MIGRATE"};
    load.parameters = {{"table", name_}, {"position", state.shown_position}};
    load.metrics = {{"rows", std::to_string(state.cursor.rows)}};
    RETURN_IF_ERROR(target_.Commit(load));
    state_ = state;
    return {};
  }

  Result<pipeline::RowSet> ReadBack() override {
    // Not what is in memory: what a reader finds.
    const auto snapshot = TRY(delta::Snapshot::Load(target_.shared_store()));
    return TotalsOf(target_.store(), *snapshot);
  }

 private:
  DeltaTarget target_;
  std::shared_ptr<arrow::Schema> columns_;
  CopyState state_;
  std::string name_;
};

}  // namespace

std::string ToJson(const CopyState& state) {
  JsonWriter json;
  json.BeginObject();
  json.Member("table", state.table);
  json.Member("position", state.position).Member("shown", state.shown_position);
  json.Key("after_key").BeginArray();
  for (const std::string& literal : state.cursor.after_key) json.String(literal);
  json.EndArray();
  json.Member("rows", static_cast<std::int64_t>(state.cursor.rows));
  json.Member("checksum", state.totals.Checksum()).Member("done", state.cursor.done);
  json.EndObject();
  return json.Take();
}

Result<CopyState> CopyStateFromJson(std::string_view json) {
  CopyState state;
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  std::string_view position;
  std::string_view shown;
  std::string_view checksum;
  simdjson::dom::array after_key;
  const simdjson::padded_string text(json);
  const bool read = parser.parse(text).get(root) == simdjson::SUCCESS &&
                    root["position"].get(position) == simdjson::SUCCESS &&
                    root["shown"].get(shown) == simdjson::SUCCESS &&
                    root["rows"].get(state.cursor.rows) == simdjson::SUCCESS &&
                    root["done"].get(state.cursor.done) == simdjson::SUCCESS &&
                    root["checksum"].get(checksum) == simdjson::SUCCESS && checksum.size() == 32 &&
                    root["after_key"].get(after_key) == simdjson::SUCCESS;
  if (!read) {
    return Err(ErrorKind::kCorruption, ErrorCode::kProgressDamaged,
               fmt::format("this is no migration's state: {}", json));
  }
  std::string_view table;
  if (root["table"].get(table) == simdjson::SUCCESS) state.table = table;
  state.position = position;
  state.shown_position = shown;
  for (const auto literal : after_key) {
    std::string_view one;
    if (literal.get(one) == simdjson::SUCCESS) state.cursor.after_key.emplace_back(one);
  }
  state.totals.rows = state.cursor.rows;
  state.totals.sum = {FromHex(checksum.substr(0, 16)), FromHex(checksum.substr(16))};
  return state;
}

Status CheckIsCopyOf(const CopyTarget& target, const std::string& table) {
  if (table == target.table) return {};
  return Err(ErrorKind::kInvalidInput, lake_error::kTableFolderShared,
             fmt::format("{} is the copy of {}, not of {}", target.store->Describe(), table,
                         target.table));
}

Result<std::unique_ptr<TableCopy>> OpenDeltaCopy(CopyTarget target) {
  auto table = TRY(DeltaTarget::Open(
      target.store,
      {.name = target.table, .clock = target.job.clock, .make_id = target.job.make_id}));
  CopyState state;
  if (table.exists()) {
    const auto text = table.State();
    if (!text) {
      return Err(ErrorKind::kInvalidInput, batch_error::kTargetKept,
                 fmt::format("{} was not made by a migration", target.store->Describe()));
    }
    state = TRY(CopyStateFromJson(*text));
    // Older copies say it in the table's metadata alone.
    if (state.table.empty()) state.table = table.snapshot()->metadata().name.value_or("");
    RETURN_IF_ERROR(CheckIsCopyOf(target, state.table));
  }
  return std::make_unique<DeltaCopy>(std::move(table), std::move(target.columns), std::move(state),
                                     std::move(target.table));
}

}  // namespace foreset::batch
