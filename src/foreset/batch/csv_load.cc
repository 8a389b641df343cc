// SPDX-License-Identifier: MIT
#include "foreset/batch/csv_load.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "foreset/base/errors/batch.h"
#include "foreset/base/errors/query.h"
#include "foreset/base/messages.h"
#include "foreset/batch/bad_rows.h"
#include "foreset/batch/column_types.h"
#include "foreset/batch/csv_reader.h"
#include "foreset/batch/delta_target.h"
#include "foreset/batch/input_files.h"
#include "foreset/batch/keyed_merge.h"
#include "foreset/lake/conform.h"
#include "foreset/model/table_schema.h"

namespace foreset::batch {
namespace {

constexpr char kStaged[] = "foreset_staged";
constexpr std::size_t kExamples = 3;  // bad rows in the error of a file that is not loaded

struct PendingFile {
  InputFile input;
  std::string identity;
  std::size_t at = 0;  // in the report
};

CsvColumn* FindColumn(std::vector<CsvColumn>& columns, const std::string& name) {
  const auto at = std::ranges::find_if(
      columns, [&](const CsvColumn& column) { return SameName(column.name, name); });
  return at == columns.end() ? nullptr : &*at;
}

// The type that holds what two samples showed.
std::string Wider(const std::string& a, const std::string& b) {
  const auto both = [&](std::string_view x, std::string_view y) {
    return (a == x && b == y) || (a == y && b == x);
  };
  if (a == b) return a;
  if (both("BIGINT", "DOUBLE")) return "DOUBLE";
  if (both("DATE", "TIMESTAMP")) return "TIMESTAMP";
  return "VARCHAR";
}

class CsvLoader {
 public:
  CsvLoader(const CsvLoadOptions& options, DeltaTarget target, TemporaryFolder folder,
            std::unique_ptr<sql::Engine> engine)
      : options_(options),
        target_(std::move(target)),
        folder_(std::move(folder)),
        engine_(std::move(engine)) {}

  Result<LoadReport> Run() {
    const auto begun = options_.job.clock->Steady();
    wishes_ = options_.wishes;
    if (!options_.schema.empty()) wishes_.types = TRY(ParseColumnTypes(*engine_, options_.schema));
    const std::vector<PendingFile> pending = TRY(FindPending());
    RETURN_IF_ERROR(OpenBadRows(pending));
    if (!pending.empty()) {
      RETURN_IF_ERROR(AgreeOnTypes(pending));
      RETURN_IF_ERROR(options_.mode == LoadMode::kOverwrite ? ReplaceTable(pending)
                                                            : LoadEach(pending));
    }
    Sum();
    report_.seconds = std::chrono::duration<double>(options_.job.clock->Steady() - begun).count();
    return std::move(report_);
  }

 private:
  bool overwrites() const { return options_.mode == LoadMode::kOverwrite; }

  Result<std::vector<PendingFile>> FindPending() {
    InputList list = TRY(FindInputs(*engine_, options_.inputs, options_.formats, options_.stores));
    report_.others = std::move(list.others);
    std::vector<PendingFile> pending;
    for (InputFile& file : list.files) {
      std::string identity = TRY(IdentityOf(file));
      LoadedFile told{.name = file.name, .dialect = {}};
      if (!overwrites() && !options_.show && target_.Holds(identity)) {
        told.outcome = FileOutcome::kSkipped;
      } else {
        pending.push_back({std::move(file), std::move(identity), report_.files.size()});
      }
      report_.files.push_back(std::move(told));
    }
    return pending;
  }

  Status OpenBadRows(const std::vector<PendingFile>& pending) {
    if (options_.bad_rows.empty() || options_.job.dry_run) return {};
    std::set<std::string> names;
    for (const PendingFile& file : pending) names.insert(file.input.name);
    bad_rows_ = TRY(BadRowsFile::Open(options_.bad_rows, names));
    return {};
  }

  // A table that is there has its types; those of a new one are what all files show, not only the
  // first. Objects elsewhere are not fetched twice for it.
  Status AgreeOnTypes(const std::vector<PendingFile>& pending) {
    if (target_.exists() && !overwrites()) {
      for (const auto& field : target_.columns()->fields()) {
        agreed_.push_back({field->name(), SqlTypeOf(*field->type())});
      }
      return {};
    }
    for (const PendingFile& file : pending) {
      if (file.input.format != FileFormat::kCsv) continue;
      const bool elsewhere = file.input.store != nullptr;
      if (elsewhere && !overwrites() && !agreed_.empty()) continue;
      const LocalFile local = TRY(LocalFile::Of(file.input, folder_.path()));
      if (TRY(FactsOf(local.path())).size_bytes == 0) continue;
      const CsvDialect dialect =
          TRY(SniffDialect(*engine_, local.path(), local.compression(), wishes_));
      const bool says_nothing = TRY(HasNoRows(local, dialect));
      for (const CsvColumn& column : dialect.columns) {
        CsvColumn* known = FindColumn(agreed_, column.name);
        if (known == nullptr) {
          agreed_.push_back(column);
          if (says_nothing) unknown_.insert(column.name);
        } else if (unknown_.contains(known->name) && !says_nothing) {
          unknown_.erase(known->name);
          known->type = column.type;
        } else if (!says_nothing && FindColumn(wishes_.types, column.name) == nullptr) {
          known->type = Wider(known->type, column.type);
        }
      }
    }
    return {};
  }

  Result<bool> HasNoRows(const LocalFile& file, CsvDialect dialect) {
    for (CsvColumn& column : dialect.columns) column.type = "VARCHAR";
    const auto some = TRY(engine_->Fetch(
        fmt::format("SELECT * FROM {} LIMIT 1",
                    ReadCsv(file.path(), file.compression(), dialect, "foreset_peek"))));
    RETURN_IF_ERROR(engine_->Execute("DROP TABLE IF EXISTS foreset_peek"));
    RETURN_IF_ERROR(engine_->Execute("DROP TABLE IF EXISTS foreset_peek_scans"));
    return some->num_rows() == 0;
  }

  // The rows' columns as the table is to keep them.
  Result<DeltaShape> ShapeOf(const std::vector<CsvColumn>& columns) {
    std::string list;
    for (const CsvColumn& column : columns) {
      list +=
          fmt::format("{}{} {}", list.empty() ? "" : ", ", sql::Quoted(column.name), column.type);
    }
    RETURN_IF_ERROR(
        engine_->Execute(fmt::format("CREATE OR REPLACE TEMP TABLE foreset_shape ({})", list)));
    const auto empty = TRY(engine_->Fetch("SELECT * FROM foreset_shape"));
    return DeltaShapeOf(*empty->schema());
  }

  Status LoadEach(const std::vector<PendingFile>& pending) {
    for (const PendingFile& file : pending) {
      Load load{.sources = {file.identity}, .removed = {}, .state = {}};
      Status loaded = LoadFile(file, load);
      if (loaded && !options_.job.dry_run) loaded = Commit(file, std::move(load));
      if (!loaded) {
        target_.Abandon();
        return std::unexpected(std::move(loaded).error());
      }
    }
    return {};
  }

  Status ReplaceTable(const std::vector<PendingFile>& pending) {
    RETURN_IF_ERROR(target_.Plan(*TRY(ShapeOf(agreed_)).columns, Growth::kReplace));
    Load load{.sources = {}, .removed = {}, .state = {}, .operation = "CSV LOAD"};
    for (const PendingFile& file : pending) {
      RETURN_IF_ERROR(LoadFile(file, load));
      load.sources.push_back(file.identity);
    }
    load.parameters = {{"mode", "overwrite"}, {"files", std::to_string(pending.size())}};
    if (options_.job.dry_run) return {};
    if (bad_rows_) RETURN_IF_ERROR(bad_rows_->Flush());
    RETURN_IF_ERROR(target_.Commit(load));
    return {};
  }

  Status Commit(const PendingFile& file, Load load) {
    LoadedFile& told = report_.files[file.at];
    if (bad_rows_) RETURN_IF_ERROR(bad_rows_->Flush());
    load.operation = "CSV LOAD";
    load.parameters = {{"file", file.input.name},
                       {"mode", options_.mode == LoadMode::kUpsert ? "upsert" : "append"}};
    load.metrics = {{"rows", std::to_string(told.rows)},
                    {"badRows", std::to_string(told.bad_rows)},
                    {"replacedRows", std::to_string(told.replaced)}};
    if (TRY(target_.Commit(load))) {
      Info("{}: {} rows loaded, {} bad", file.input.name, told.rows, told.bad_rows);
    } else {
      told = {.name = told.name, .outcome = FileOutcome::kSkipped, .dialect = {}};
    }
    return {};
  }

  // Writes the file's rows to the target, uncommitted.
  Status LoadFile(const PendingFile& file, Load& load) {
    LoadedFile& told = report_.files[file.at];
    if (options_.job.dry_run) told.outcome = FileOutcome::kChecked;
    const LocalFile local = TRY(LocalFile::Of(file.input, folder_.path()));
    if (TRY(FactsOf(local.path())).size_bytes == 0) {
      Warn("{} is empty: it has no header", file.input.name);
      return target_.columns() != nullptr ? Status() : RefuseEmpty(file.input);
    }
    if (file.input.format != FileFormat::kCsv) return LoadTyped(file, local);
    CsvDialect dialect = TRY(SniffDialect(*engine_, local.path(), local.compression(), wishes_));
    for (CsvColumn& column : dialect.columns) {
      const CsvColumn* known = FindColumn(agreed_, column.name);
      if (known != nullptr && FindColumn(wishes_.types, column.name) == nullptr) {
        column.type = known->type;
      }
    }
    told.dialect = dialect;
    const DeltaShape shape = TRY(ShapeOf(dialect.columns));
    if (!overwrites()) {
      const auto columns = target_.exists() ? shape.columns : TRY(ShapeOf(agreed_)).columns;
      RETURN_IF_ERROR(
          target_.Plan(*columns, options_.evolve ? Growth::kNewColumns : Growth::kNone));
    }
    RETURN_IF_ERROR(ReadRows(file, local, dialect, shape, load));
    return local.CheckUnchanged();
  }

  // Files that say their types themselves.
  Status LoadTyped(const PendingFile& file, const LocalFile& local) {
    const bool parquet = file.input.format == FileFormat::kParquet;
    const std::string from =
        parquet ? fmt::format("read_parquet({})", sql::Literal(local.path()))
                : fmt::format("read_json({}, sample_size=-1, compression={})",
                              sql::Literal(local.path()),
                              sql::Literal(local.compression() == "none" ? "uncompressed"
                                                                         : local.compression()));
    const auto shown = engine_->Fetch(fmt::format("SELECT * FROM {} LIMIT 0", from));
    if (!shown) {
      return Err(ErrorKind::kInvalidInput, batch_error::kInputDamaged,
                 fmt::format("{}: {}", file.input.name, shown.error().message));
    }
    const DeltaShape shape = TRY(DeltaShapeOf(*(*shown)->schema()));
    RETURN_IF_ERROR(
        target_.Plan(*shape.columns, options_.evolve ? Growth::kNewColumns : Growth::kNone));
    auto rows = StreamRows(file, from, shape);
    if (!rows && rows.error().code == query_error::kQueryFailed) {
      return Err(ErrorKind::kInvalidInput, batch_error::kInputDamaged,
                 fmt::format("{}: {}", file.input.name, rows.error().message));
    }
    report_.files[file.at].rows = TRY(std::move(rows));
    return local.CheckUnchanged();
  }

  static Status RefuseEmpty(const InputFile& input) {
    return Err(
        ErrorKind::kInvalidInput, batch_error::kCsvShapeUnknown,
        fmt::format("{} is empty, and there is no table whose columns it could have", input.name));
  }

  Status ReadRows(const PendingFile& file, const LocalFile& local, const CsvDialect& dialect,
                  const DeltaShape& shape, Load& load) {
    LoadedFile& told = report_.files[file.at];
    std::vector<BadRow> examples;
    const auto bad = [&](BadRow row) -> Status {
      if (bad_rows_) RETURN_IF_ERROR(bad_rows_->Add(row));
      if (examples.size() < kExamples) examples.push_back(std::move(row));
      return {};
    };
    CsvReader reader = TRY(CsvReader::Open(local, file.input.name, dialect, folder_.path(), bad));
    told.rows = options_.mode == LoadMode::kUpsert ? TRY(StageRows(file, reader, shape))
                                                   : TRY(StreamRows(file, reader.from(), shape));
    told.bad_rows = TRY(reader.Finish(*engine_, told.rows, bad));
    if (told.bad_rows > 0 && !bad_rows_ && !options_.job.dry_run) {
      return RefuseBad(file.input, told.bad_rows, examples);
    }
    return options_.mode == LoadMode::kUpsert ? MergeRows(file, load) : Status();
  }

  static Status RefuseBad(const InputFile& input, std::uint64_t count,
                          const std::vector<BadRow>& examples) {
    std::string text;
    for (const BadRow& row : examples) {
      text += fmt::format("\n  line {}: {}: {}", row.line, row.reason, row.text.substr(0, 120));
    }
    return Err(
        ErrorKind::kInvalidInput, batch_error::kBadRows,
        fmt::format("{} of the rows of {} do not fit, among them:{}", count, input.name, text));
  }

  Result<std::uint64_t> StreamRows(const PendingFile& file, const std::string& from,
                                   const DeltaShape& shape) {
    const auto rows = TRY(engine_->Query(fmt::format("SELECT {} FROM {}", shape.select, from)));
    Pace pace(options_.job, file.input.name);
    while (const auto batch = TRY(rows->Next())) {
      if (!options_.job.dry_run) RETURN_IF_ERROR(target_.Write(*batch));
      if (options_.show) {
        const auto kept = TRY(lake::ConformBatch(*batch, target_.columns()));
        RETURN_IF_ERROR(options_.show(*kept));
      }
      RETURN_IF_ERROR(pace.Count(batch->num_rows()));
    }
    return pace.rows();
  }

  Result<std::uint64_t> StageRows(const PendingFile& file, const CsvReader& reader,
                                  const DeltaShape& shape) {
    Info("{}: reading", file.input.name);
    RETURN_IF_ERROR(engine_->Execute(
        fmt::format("CREATE OR REPLACE TEMP TABLE {} AS SELECT row_number() OVER () AS {}, {} "
                    "FROM {}",
                    kStaged, kOrdinal, shape.select, reader.from())));
    const auto count = TRY(engine_->Fetch(fmt::format("SELECT count(*) FROM {}", kStaged)));
    return std::stoull(count->column(0)->GetScalar(0).ValueOrDie()->ToString());
  }

  Status MergeRows(const PendingFile& file, Load& load) {
    if (options_.job.dry_run) return {};
    Pace pace(options_.job, file.input.name);
    Merge merge = TRY(MergeStaged(*engine_, target_, kStaged, options_.key, pace));
    report_.files[file.at].replaced = merge.replaced;
    load.removed = std::move(merge.removed);
    return engine_->Execute(fmt::format("DROP TABLE {}", kStaged));
  }

  void Sum() {
    for (const LoadedFile& file : report_.files) {
      report_.rows += file.rows;
      report_.bad_rows += file.bad_rows;
      report_.replaced += file.replaced;
    }
    if (target_.exists()) report_.version = target_.snapshot()->version().value();
    if (target_.columns() == nullptr) return;
    for (const auto& field : target_.columns()->fields()) {
      report_.columns.push_back({field->name(), SqlTypeOf(*field->type())});
    }
  }

  const CsvLoadOptions& options_;
  DeltaTarget target_;
  TemporaryFolder folder_;
  std::unique_ptr<sql::Engine> engine_;
  CsvWishes wishes_;
  std::vector<CsvColumn> agreed_;  // of the table, or of all files
  std::set<std::string> unknown_;  // of those, such as only files without rows have
  std::optional<BadRowsFile> bad_rows_;
  LoadReport report_;
};

}  // namespace

Result<LoadReport> LoadCsv(std::shared_ptr<ObjectStore> table, const std::string& name,
                           const CsvLoadOptions& options) {
  if (options.mode == LoadMode::kUpsert && options.key.empty()) {
    return Err(ErrorKind::kInvalidInput, batch_error::kKeyMissing, "--mode upsert needs --key");
  }
  TemporaryFolder folder =
      TRY(TemporaryFolder::Make(options.job.temporary_folder, options.job.make_id()));
  auto engine = TRY(sql::Engine::Open({.memory_limit_bytes = options.job.memory_limit_bytes,
                                       .threads = options.job.threads,
                                       .temporary_folder = folder.path(),
                                       .files = true}));
  DeltaTarget target = TRY(DeltaTarget::Open(
      std::move(table),
      {.name = name, .clock = options.job.clock, .make_id = options.job.make_id}));
  CsvLoader loader(options, std::move(target), std::move(folder), std::move(engine));
  return loader.Run();
}

}  // namespace foreset::batch
