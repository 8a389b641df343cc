// SPDX-License-Identifier: MIT
#include "foreset/cli/quarantine_repair.h"

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <fmt/format.h>

#include "foreset/cli/command_line/command.h"
#include "foreset/cli/confirmation.h"
#include "foreset/cli/interruption.h"
#include "foreset/cli/output/cell_text.h"
#include "foreset/cli/output/output_option.h"
#include "foreset/cli/output/report_rows.h"
#include "foreset/cli/quarantine_tables.h"
#include "foreset/cli/row_scan.h"
#include "foreset/cli/wiring.h"
#include "foreset/lake/quarantine_table.h"
#include "foreset/pipeline/quarantine_retry.h"

namespace foreset::cli {
namespace {

// What is done at once: bounds of memory, and of what a crash leaves to be remembered.
constexpr std::size_t kRowsAtOnce = 10'000;
constexpr std::size_t kBytesAtOnce = 32UL << 20U;

struct RepairOptions {
  std::string configuration;
  std::vector<std::string> tables;
  std::string where;
  bool yes = false;
  OutputFormat format = OutputFormat::kTable;
};

// A change that a rule refused.
struct RefusedRow {
  Sequence place;
  std::string code;
};
using RefusedRows = std::map<TableId, std::vector<RefusedRow>>;

// What to do with rows of each kind. Beside the rows: nothing, or why a row stays.
struct Repair {
  std::function<Result<std::vector<Status>>(const std::vector<lake::QuarantineRow>&)> records;
  std::function<Result<std::vector<Status>>(const TableId&, const std::vector<Sequence>&)> refused;
};

// What was done, by table and code.
class Tally {
 public:
  void Add(const TableId& table, const std::string& code, const Status& outcome) {
    Count& count = counts_[{table.ToString(), code}];
    ++count.rows;
    if (outcome) return;
    ++count.kept;
    if (!count.why) count.why = outcome.error();
  }
  bool empty() const { return counts_.empty(); }
  bool any_kept() const {
    return std::ranges::any_of(counts_, [](const auto& entry) { return entry.second.kept > 0; });
  }
  Status WriteTo(const std::string& done, OutputFormat format, Context& context) const {
    ReportRows report({{"table", ReportType::kText},
                       {"code", ReportType::kText},
                       {done, ReportType::kInteger},
                       {"kept", ReportType::kInteger},
                       {"reason", ReportType::kText}});
    for (const auto& [key, count] : counts_) {
      ReportRows::Value why;
      if (count.why) why = count.why->ToString();
      report.Add({key.first, key.second, count.rows - count.kept, count.kept, std::move(why)});
    }
    return report.WriteTo(format, context);
  }

 private:
  struct Count {
    std::int64_t rows = 0;
    std::int64_t kept = 0;
    std::optional<Error> why;  // of the first that is kept
  };
  std::map<std::pair<std::string, std::string>, Count> counts_;
};

bool IsWanted(const RepairOptions& options, const TableId& table) {
  return options.tables.empty() || std::ranges::any_of(options.tables, [&](const auto& name) {
           return SameName(name, table.table) || SameName(name, table.ToString());
         });
}

std::string TextIn(const arrow::RecordBatch& rows, const char* column, std::int64_t row) {
  const auto values = rows.GetColumnByName(column);
  return values == nullptr || values->IsNull(row) ? "" : CellText(*values, row);
}

TableId TableIn(const arrow::RecordBatch& rows, std::int64_t row) {
  return {TextIn(rows, "database", row), TextIn(rows, "table", row)};
}

// Streams the chosen rows of one quarantine. `condition_fits` becomes true where the condition can
// be asked of it: records and refused rows have different columns.
Status ScanChosen(const Quarantine& quarantine, const RepairOptions& options,
                  std::optional<Error>& unfit, bool& condition_fits, const RowScan::Sink& sink) {
  if (quarantine.snapshot == nullptr) return {};
  const auto scan = RowScan::Prepare(*quarantine.snapshot->schema(),
                                     {.columns = {}, .where = options.where, .limit = {}});
  if (!scan) {
    unfit = scan.error();
    return {};
  }
  condition_fits = true;
  return scan->Run(*quarantine.store, *quarantine.snapshot, sink);
}

// One command's walk through all quarantines.
class Walk {
 public:
  Walk(const RepairOptions& options, const Configuration& configuration, const Context& context,
       Repair repair, std::stop_token stop)
      : options_(options),
        configuration_(configuration),
        context_(context),
        repair_(std::move(repair)),
        stop_(std::move(stop)) {}

  Result<Tally> Run() {
    RETURN_IF_ERROR(Records());
    RETURN_IF_ERROR(Refused());
    if (!condition_fits_ && unfit_) return std::unexpected(*unfit_);
    return std::move(tally_);
  }

 private:
  Status Records() {
    const Quarantine quarantine = TRY(OpenRecordQuarantine(configuration_, context_));
    RETURN_IF_ERROR(ScanChosen(quarantine, options_, unfit_, condition_fits_,
                               [&](const auto& rows) { return TakeRecords(*rows); }));
    return FinishRecords();
  }

  Status TakeRecords(const arrow::RecordBatch& batch) {
    for (std::int64_t row = 0; row < batch.num_rows(); ++row) {
      if (!IsWanted(options_, TableIn(batch, row))) continue;
      records_.push_back(TRY(lake::QuarantineRow::Of(batch, row)));
      bytes_ += records_.back().bytes.size();
      if (records_.size() >= kRowsAtOnce || bytes_ >= kBytesAtOnce) {
        RETURN_IF_ERROR(FinishRecords());
      }
    }
    return {};
  }

  Status FinishRecords() {
    const auto records = std::exchange(records_, {});
    bytes_ = 0;
    if (records.empty()) return {};
    RETURN_IF_ERROR(UnlessStopped(stop_, "the walk through the quarantine"));
    const auto outcomes = TRY(repair_.records(records));
    for (std::size_t i = 0; i < records.size(); ++i) {
      tally_.Add(records[i].table, FormatCode(records[i].code), outcomes[i]);
    }
    return {};
  }

  Status Refused() {
    RefusedRows refused;
    for (const Quarantine& quarantine : TRY(OpenAllRefused(configuration_, context_))) {
      RETURN_IF_ERROR(ScanChosen(quarantine, options_, unfit_, condition_fits_,
                                 [&](const auto& rows) { return TakeRefused(*rows, refused); }));
    }
    for (const auto& [table, rows] : refused) {
      for (std::size_t begin = 0; begin < rows.size(); begin += kRowsAtOnce) {
        const std::size_t end = std::min(rows.size(), begin + kRowsAtOnce);
        RETURN_IF_ERROR(Refused(table, std::span(rows).subspan(begin, end - begin)));
      }
    }
    return {};
  }

  Status TakeRefused(const arrow::RecordBatch& batch, RefusedRows& refused) {
    for (std::int64_t row = 0; row < batch.num_rows(); ++row) {
      const TableId table = TableIn(batch, row);
      const auto place = Sequence::Parse(TextIn(batch, "_seq", row));
      if (!place || !IsWanted(options_, table)) continue;
      refused[table].push_back({*place, TextIn(batch, "code", row)});
    }
    return {};
  }

  Status Refused(const TableId& table, std::span<const RefusedRow> rows) {
    RETURN_IF_ERROR(UnlessStopped(stop_, "the walk through the quarantine"));
    std::vector<Sequence> places;
    for (const RefusedRow& row : rows) places.push_back(row.place);
    auto outcomes = repair_.refused(table, places);
    // One table's trouble is not the others'.
    if (!outcomes && outcomes.error().kind == ErrorKind::kTransient) {
      return std::unexpected(outcomes.error());
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
      tally_.Add(table, rows[i].code,
                 outcomes ? (*outcomes)[i] : std::unexpected(outcomes.error()));
    }
    return {};
  }

  const RepairOptions& options_;
  const Configuration& configuration_;
  const Context& context_;
  Repair repair_;
  std::stop_token stop_;  // between two steps; each comes to its end
  Tally tally_;
  std::vector<lake::QuarantineRow> records_;
  std::size_t bytes_ = 0;
  std::optional<Error> unfit_;
  bool condition_fits_ = false;
};

// Changes nothing.
Repair LookOnly() {
  return {.records = [](const auto& rows) -> Result<std::vector<Status>> {
            return std::vector<Status>(rows.size());
          },
          .refused = [](const TableId&, const auto& places) -> Result<std::vector<Status>> {
            return std::vector<Status>(places.size());
          }};
}

Result<int> Retry(const RepairOptions& options, Context& context) {
  const Configuration configuration = TRY(LoadConfiguration(options.configuration, context));
  const lake::Lake lake = TRY(OpenLake(configuration, context));
  const auto locks = TRY(LockLake(configuration, context));
  const auto pipeline_options = PipelineOptionsOf(configuration);
  std::optional<kafka::KafkaOptions> topics;
  if (configuration.kafka) topics = TRY(KafkaOptionsOf(configuration, context));
  const Repair repair{.records =
                          [&](const std::vector<lake::QuarantineRow>& rows) {
                            return pipeline::RetryRecords(lake, topics ? &*topics : nullptr, rows);
                          },
                      .refused =
                          [&](const TableId& table, const std::vector<Sequence>& places) {
                            return pipeline::RetryRefused(lake, pipeline_options, table, places);
                          }};
  const std::stop_token stop = context.catch_signals();
  const Tally tally = TRY(Walk(options, configuration, context, repair, stop).Run());
  RETURN_IF_ERROR(tally.WriteTo("put through", options.format, context));
  if (tally.empty()) context.err << "nothing is in the quarantine\n";
  return tally.any_kept() ? kExitWarnings : kExitOk;
}

Result<int> Drop(const RepairOptions& options, Context& context) {
  const Configuration configuration = TRY(LoadConfiguration(options.configuration, context));
  const lake::Lake lake = TRY(OpenLake(configuration, context));
  const auto locks = TRY(LockLake(configuration, context));
  const lake::RuleConfig rules = RulesOf(configuration);
  const Tally plan = TRY(Walk(options, configuration, context, LookOnly(), {}).Run());
  RETURN_IF_ERROR(plan.WriteTo("to drop", options.format, context));
  if (plan.empty()) context.err << "nothing is in the quarantine\n";
  if (plan.empty()) return kExitOk;
  if (!TRY(Confirmed(options.yes, context))) return 1;
  const Repair repair{
      .records = [&](const std::vector<lake::QuarantineRow>& rows) -> Result<std::vector<Status>> {
        std::set<std::string> ids;
        for (const lake::QuarantineRow& row : rows) ids.insert(row.Id());
        RETURN_IF_ERROR(pipeline::DropRecords(lake, ids));
        return std::vector<Status>(rows.size());
      },
      .refused = [&](const TableId& table,
                     const std::vector<Sequence>& places) -> Result<std::vector<Status>> {
        RETURN_IF_ERROR(pipeline::DropRefused(lake, rules, table, {places.begin(), places.end()}));
        return std::vector<Status>(places.size());
      }};
  const std::stop_token stop = context.catch_signals();
  const Tally dropped = TRY(Walk(options, configuration, context, repair, stop).Run());
  if (dropped.any_kept()) RETURN_IF_ERROR(dropped.WriteTo("dropped", options.format, context));
  return dropped.any_kept() ? kExitWarnings : kExitOk;
}

Command AddRepair(Command group, const std::string& name, const std::string& what,
                  RepairOptions& options) {
  const Command command = group.AddCommand(name, what);
  AddConfigurationOption(command, options.configuration);
  command.AddOption("TABLE", options.tables, "Source tables, \"Table\" or \"db.Table\"; none: all");
  command.AddOption("--where", options.where, "Only quarantined rows for which this SQL is true")
      .ValueName("CONDITION");
  AddOutputOption(command, options.format);
  return command;
}

}  // namespace

void RegisterQuarantineRepair(Command quarantine, Context& context) {
  auto retrying = std::make_shared<RepairOptions>();
  const Command retry = AddRepair(
      quarantine, "retry", "Apply them again, each at its own place, exactly once", *retrying);
  retry.Footer(
      R"(Records of topics are read again under the settings of now and go into bronze, from which
silver and gold take them with the next run. Rows that rules refused go through the rules of
now into silver and gold. A row becomes current unless a newer change of its key is there;
history has it either way, with _late. What still cannot be applied stays, and the exit code
is 4. Stop `foreset run` before.

Examples:
  foreset quarantine retry -c foreset.yaml
  foreset quarantine retry Products -c foreset.yaml --where "rule = 'Price >= 0'")");
  retry.OnRun([retrying, &context] { return Retry(*retrying, context); });
  auto dropping = std::make_shared<RepairOptions>();
  const Command drop = AddRepair(quarantine, "drop", "Drop them, after showing which", *dropping);
  drop.AddFlag("--yes", dropping->yes, "Do not ask");
  drop.Footer(
      R"(The history of the quarantine's table says so (DROP FROM QUARANTINE), and older versions
of it have them until they are vacuumed. Stop `foreset run` before.

Example:
  foreset quarantine drop Orders -c foreset.yaml --where "code = 'E2321'")");
  drop.OnRun([dropping, &context] { return Drop(*dropping, context); });
}

}  // namespace foreset::cli
