// SPDX-License-Identifier: MIT
#include "foreset/batch/csv_load.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <set>
#include <utility>

#include <arrow/array.h>
#include <arrow/builder.h>
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
#include "foreset/batch/csv_sniffer.h"
#include "foreset/batch/delta_target.h"
#include "foreset/batch/input_files.h"
#include "foreset/batch/json_rows.h"
#include "foreset/batch/keyed_merge.h"
#include "foreset/batch/parquet_values.h"
#include "foreset/batch/piped_inputs.h"
#include "foreset/lake/conform.h"
#include "foreset/model/arrow_status.h"
#include "foreset/model/table_schema.h"
#include "foreset/sql/relation.h"

namespace foreset::batch {
namespace {

constexpr char kStaged[] = "foreset_staged";
constexpr char kWaiting[] = "foreset_read";  // a batch on its way there
constexpr std::size_t kNamesTold = 8;
constexpr std::size_t kExamples = 3;  // bad rows in the error of a file that is not loaded

struct PendingFile {
  InputFile input;
  std::string identity;
  std::size_t at = 0;  // in the report
};

// Null when there is none of that name.
template <typename Columns>
auto* FindColumn(Columns& columns, const std::string& name) {
  const auto at = std::ranges::find_if(
      columns, [&](const CsvColumn& column) { return SameName(column.name, name); });
  return at == columns.end() ? nullptr : &*at;
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
    format_ = TRY(ValueFormatOf(wishes_));
    if (!options_.schema.empty()) wishes_.types = TRY(ParseColumnTypes(*engine_, options_.schema));
    const std::vector<PendingFile> pending = TRY(FindPending());
    RETURN_IF_ERROR(CheckSchema(pending));
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
    const PipedInputs piped =
        TRY(PipedInputs::Take(options_.inputs, folder_.path(), options_.job.stop));
    InputList list = TRY(FindInputs(*engine_, piped.paths(), options_.formats, options_.stores));
    piped.Name(list.files);
    RETURN_IF_ERROR(RefusePartitioned(list));
    report_.others = std::move(list.others);
    std::vector<PendingFile> pending;
    for (InputFile& file : list.files) {
      std::string identity = TRY(IdentityOf(file));
      LoadedFile told{.name = file.name, .dialect = {}, .columns = {}};
      if (!overwrites() && !options_.show && target_.Holds(identity)) {
        told.outcome = FileOutcome::kSkipped;
      } else {
        RETURN_IF_ERROR(RefuseChanged(file));
        pending.push_back({std::move(file), std::move(identity), report_.files.size()});
      }
      report_.files.push_back(std::move(told));
    }
    return pending;
  }

  // Other files say their types themselves.
  Status CheckSchema(const std::vector<PendingFile>& pending) const {
    const auto is_csv = [](const PendingFile& file) {
      return file.input.format == FileFormat::kCsv;
    };
    if (wishes_.types.empty() || pending.empty() || std::ranges::any_of(pending, is_csv)) return {};
    return Err(ErrorKind::kInvalidInput, ErrorCode::kUsage,
               fmt::format("--schema is for CSV, and {} is none", pending.front().input.name),
               "Parquet and JSON have types of their own: leave --schema out.");
  }

  Status OpenBadRows(const std::vector<PendingFile>& pending) {
    if (options_.bad_rows.empty() || options_.job.dry_run) return {};
    std::set<std::string> names;
    for (const PendingFile& file : pending) {
      RETURN_IF_ERROR(RefuseAsBadRows(file.input));
      names.insert(file.input.name);
    }
    bad_rows_ = TRY(BadRowsFile::Open(options_.bad_rows, names));
    return {};
  }

  // An input that grows by its own bad rows has no end.
  Status RefuseAsBadRows(const InputFile& file) const {
    std::error_code error;
    if (file.store != nullptr || !std::filesystem::equivalent(file.path, options_.bad_rows, error))
      return {};
    return Err(ErrorKind::kInvalidInput, batch_error::kOutputExists,
               fmt::format("{} is read, and cannot be the file of bad rows", file.name),
               "Name another file with --bad-rows.");
  }

  // What was loaded before under this name would be there twice.
  Status RefuseChanged(const InputFile& file) const {
    if (options_.mode != LoadMode::kAppend || options_.show || !target_.Holds(NameOf(file))) {
      return {};
    }
    return Err(ErrorKind::kInvalidInput, batch_error::kLoadedFileChanged,
               fmt::format("{} was loaded before, and has other content now", file.name));
  }

  // A table that is there has its types; those of a new one are what all files show, not only the
  // first. Objects elsewhere are not fetched twice for it.
  Status AgreeOnTypes(const std::vector<PendingFile>& pending) {
    if (target_.exists() && !overwrites()) {
      for (const auto& field : target_.columns()->fields()) {
        agreed_.push_back({field->name(), SqlTypeOf(*field->type())});
      }
      agreed_from_ = "the table";
      return {};
    }
    std::vector<TypeEvidence> evidence;
    for (const PendingFile& file : pending) {
      if (file.input.format != FileFormat::kCsv) continue;
      const bool elsewhere = file.input.store != nullptr;
      if (elsewhere && !overwrites() && !agreed_.empty()) continue;
      const LocalFile local = TRY(LocalFile::Of(file.input, folder_.path()));
      if (TRY(FactsOf(local.path())).size_bytes == 0) continue;
      const SniffedCsv sniffed = TRY(Sniff(file, local));
      RETURN_IF_ERROR(CheckSame(file.input, NamesIn(sniffed.dialect)));
      if (agreed_.empty()) {
        agreed_from_ = file.input.name;
        WarnOfDoubts(file.input, sniffed);
      } else {
        RETURN_IF_ERROR(CheckColumns(file.input, sniffed.dialect));
      }
      for (std::size_t i = 0; i < sniffed.evidence.size(); ++i) {
        const CsvColumn& column = sniffed.dialect.columns[i];
        CsvColumn* known = FindColumn(agreed_, column.name);
        if (known == nullptr) {
          agreed_.push_back(column);
          evidence.push_back(sniffed.evidence[i]);
        } else if (FindColumn(wishes_.types, column.name) == nullptr) {
          TypeEvidence& seen = evidence[static_cast<std::size_t>(known - agreed_.data())];
          seen.Merge(sniffed.evidence[i]);
          known->type = seen.Type();
        }
      }
    }
    return {};
  }

  // What reads streams does not know whose they are.
  static Error Named(Error error, const PendingFile& file) {
    const bool names = error.message.find(file.input.name) != std::string::npos;
    if (error.code != batch_error::kInputDamaged || names) return error;
    return std::move(error).Within(file.input.name);
  }

  Result<SniffedCsv> Sniff(const PendingFile& file, const LocalFile& local) const {
    auto sniffed = SniffCsv(*engine_, local, file.input.name, wishes_, format_, folder_.path());
    if (!sniffed) return std::unexpected(Named(std::move(sniffed).error(), file));
    return sniffed;
  }

  static std::string NamesOf(const std::vector<CsvColumn>& columns) {
    std::string names;
    for (std::size_t i = 0; i < columns.size() && i < kNamesTold; ++i) {
      names += fmt::format("{}{}", i == 0 ? "" : ", ", columns[i].name);
    }
    return columns.size() > kNamesTold ? names + ", …" : names;
  }

  // What is read as it stands, and may be meant otherwise.
  void WarnOfDoubts(const InputFile& input, const SniffedCsv& sniffed) const {
    const std::vector<CsvColumn>& columns = sniffed.dialect.columns;
    if (sniffed.header_uncertain) {
      Warn(
          "{}: its first line is taken for the header ({}). --header no makes it a row, --header "
          "yes ends this warning.",
          input.name, NamesOf(columns));
    }
    if (sniffed.header_missed) {
      Warn(
          "{}: its first line is taken for a row, and its columns are called {}. --header yes "
          "makes "
          "it the header, --header no ends this warning.",
          input.name, NamesOf(columns));
    }
    if (sniffed.title_lines > 0) {
      Warn(
          "{}: its rows have other columns than its first line, as below a title. --skip {} passes "
          "over what stands before them.",
          input.name, sniffed.title_lines);
    }
    if (columns.front().name.starts_with('#') && wishes_.comment == '\0') {
      Warn("{}: its first line begins with '#'. --comment '#' passes over such lines.", input.name);
    }
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const std::vector<std::string> formats = sniffed.evidence[i].DateFormats();
      if (formats.empty() || FindColumn(wishes_.types, columns[i].name) != nullptr) continue;
      Warn("{}: the column {} looks like dates, and is text. --date-format \"{}\" makes it dates.",
           input.name, columns[i].name, fmt::join(formats, "\" or \""));
    }
  }

  static std::vector<std::string> NamesIn(const CsvDialect& dialect) {
    std::vector<std::string> names;
    for (const CsvColumn& column : dialect.columns) names.push_back(column.name);
    return names;
  }

  // Where files are of one table for their folder alone, other columns are another table's.
  Status CheckSame(const InputFile& input, const std::vector<std::string>& names) {
    if (!options_.same_columns) return {};
    if (first_names_.empty()) {
      first_names_ = names;
      first_file_ = input.name;
    }
    const auto lacks = [](const std::vector<std::string>& in, const std::string& name) {
      return std::ranges::none_of(in, [&](const auto& other) { return SameName(other, name); });
    };
    const auto tell = [](const std::string& name, const std::string& has,
                         const std::string& lacking) {
      return Err(ErrorKind::kInvalidInput, batch_error::kColumnsDiffer,
                 fmt::format("{} has the column \"{}\", which {} has not", has, name, lacking),
                 "Files of one folder are one table: give each table a folder of its own, or say "
                 "--evolve, and columns are NULL where a file lacks them.");
    };
    for (const std::string& name : names) {
      if (lacks(first_names_, name)) return tell(name, input.name, first_file_);
    }
    for (const std::string& name : first_names_) {
      if (lacks(names, name)) return tell(name, first_file_, input.name);
    }
    return {};
  }

  // A file without a header among files that have one, or of another table, must not make columns.
  Status CheckColumns(const InputFile& input, const CsvDialect& dialect) {
    std::string added;
    bool shares = false;
    for (const CsvColumn& column : dialect.columns) {
      if (FindColumn(agreed_, column.name) != nullptr) {
        shares = true;
      } else if (added.empty()) {
        added = column.name;
      }
    }
    const bool meant = options_.evolve && wishes_.header;
    if (!shares && !meant) {
      return Err(ErrorKind::kInvalidInput, batch_error::kColumnsDiffer,
                 fmt::format("{} shares no column with {}: its columns are {}", input.name,
                             agreed_from_, NamesOf(dialect.columns)),
                 "foreset csv-to-delta --header no takes files without a header, --header yes "
                 "those with one; "
                 "--skip and --comment pass over what stands before it.");
    }
    if (added.empty() || options_.evolve) return {};
    return Err(
        ErrorKind::kInvalidInput, batch_error::kColumnsDiffer,
        fmt::format("{} has the column \"{}\", which {} has not", input.name, added, agreed_from_),
        "--evolve adds new columns; --header no is for files without a header.");
  }

  // The rows' columns as the table is to keep them.
  Result<std::shared_ptr<arrow::Schema>> ShapeOf(const std::vector<CsvColumn>& columns) {
    const auto written = TRY(SchemaOf(*engine_, columns));
    return TRY(DeltaShapeOf(*written)).columns;
  }

  static std::vector<std::string> SourcesOf(const PendingFile& file) {
    std::vector<std::string> sources{file.identity};
    // What comes through a pipe has no name of its own.
    if (!file.input.piped) sources.push_back(NameOf(file.input));
    return sources;
  }

  Status LoadEach(const std::vector<PendingFile>& pending) {
    for (const PendingFile& file : pending) {
      Load load{.sources = SourcesOf(file), .removed = {}, .state = {}};
      Status loaded = LoadNamed(file, load);
      if (loaded && !options_.job.dry_run) loaded = Commit(file, std::move(load));
      if (!loaded) {
        target_.Abandon();
        return std::unexpected(std::move(loaded).error());
      }
    }
    return {};
  }

  Status ReplaceTable(const std::vector<PendingFile>& pending) {
    if (agreed_.empty()) {
      return Err(
          ErrorKind::kInvalidInput, batch_error::kCsvShapeUnknown,
          fmt::format("{} is empty, and gives the table no columns", pending.front().input.name));
    }
    const auto columns = TRY(ShapeOf(agreed_));
    RETURN_IF_ERROR(target_.Plan(*columns, Growth::kReplace));
    Load load{.sources = {}, .removed = {}, .state = {}, .operation = "CSV LOAD"};
    for (const PendingFile& file : pending) {
      RETURN_IF_ERROR(LoadNamed(file, load));
      for (std::string& source : SourcesOf(file)) load.sources.push_back(std::move(source));
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
      told = {.name = told.name, .outcome = FileOutcome::kSkipped, .dialect = {}, .columns = {}};
    }
    return {};
  }

  Status LoadNamed(const PendingFile& file, Load& load) {
    Status loaded = LoadFile(file, load);
    if (!loaded) return std::unexpected(Named(std::move(loaded).error(), file));
    return loaded;
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
    CsvDialect dialect = TRY(Sniff(file, local)).dialect;
    RETURN_IF_ERROR(CheckSame(file.input, NamesIn(dialect)));
    if (!agreed_.empty()) RETURN_IF_ERROR(CheckColumns(file.input, dialect));
    for (CsvColumn& column : dialect.columns) {
      const CsvColumn* known = FindColumn(agreed_, column.name);
      if (known != nullptr && FindColumn(wishes_.types, column.name) == nullptr) {
        column.type = known->type;
      }
    }
    told.dialect = dialect;
    told.columns = NamesIn(dialect);
    if (!overwrites()) {
      const auto columns = TRY(ShapeOf(target_.exists() ? dialect.columns : agreed_));
      RETURN_IF_ERROR(
          target_.Plan(*columns, options_.evolve ? Growth::kNewColumns : Growth::kNone));
    }
    RETURN_IF_ERROR(ReadRows(file, local, dialect, load));
    return local.CheckUnchanged();
  }

  // Files that say their types themselves.
  Status LoadTyped(const PendingFile& file, const LocalFile& local) {
    const bool parquet = file.input.format == FileFormat::kParquet;
    const auto damaged = [&](const Error& error) {
      return Err(ErrorKind::kInvalidInput, batch_error::kInputDamaged,
                 fmt::format("{}: {}", file.input.name, error.message));
    };
    const Result<std::string> rows_of =
        parquet
            ? fmt::format("read_parquet({}, hive_types_autocast=false)", sql::Literal(local.path()))
            : JsonRows(*engine_, local.path(), local.compression());
    if (!rows_of && IsOfQuery(rows_of.error())) return damaged(rows_of.error());
    if (!rows_of) return std::unexpected(Error(rows_of.error()).Within(file.input.name));
    const std::string& from = *rows_of;
    const auto shown = engine_->Fetch(fmt::format("SELECT * FROM {} LIMIT 0", from));
    if (!shown) return damaged(shown.error());
    Status kept = parquet ? CheckParquetValues(local.path()) : Status();
    if (!kept) return std::unexpected(std::move(kept).error().Within(file.input.name));
    const DeltaShape shape = TRY(DeltaShapeOf(*(*shown)->schema()));
    report_.files[file.at].columns = shape.columns->field_names();
    // Objects of JSON leave out what they do not have.
    if (parquet) RETURN_IF_ERROR(CheckSame(file.input, shape.columns->field_names()));
    RETURN_IF_ERROR(
        target_.Plan(*shape.columns, options_.evolve ? Growth::kNewColumns : Growth::kNone));
    auto rows = StreamQuery(file, fmt::format("SELECT {} FROM {}", shape.select, from));
    if (!rows && rows.error().code == query_error::kQueryFailed) return damaged(rows.error());
    report_.files[file.at].rows = TRY(std::move(rows));
    return local.CheckUnchanged();
  }

  static bool IsOfQuery(const Error& error) {
    return error.code == query_error::kQueryInvalid || error.code == query_error::kQueryFailed;
  }

  Result<std::uint64_t> StreamQuery(const PendingFile& file, const std::string& statement) {
    const auto rows = TRY(engine_->Query(statement));
    return StreamRows(file, *rows);
  }

  static Status RefuseEmpty(const InputFile& input) {
    return Err(
        ErrorKind::kInvalidInput, batch_error::kCsvShapeUnknown,
        fmt::format("{} is empty, and there is no table whose columns it could have", input.name));
  }

  Status ReadRows(const PendingFile& file, const LocalFile& local, const CsvDialect& dialect,
                  Load& load) {
    LoadedFile& told = report_.files[file.at];
    std::vector<BadRow> examples;
    const auto bad = [&](BadRow row) -> Status {
      if (bad_rows_) RETURN_IF_ERROR(bad_rows_->Add(row));
      if (examples.size() < kExamples) examples.push_back(std::move(row));
      return {};
    };
    CsvReader reader = TRY(CsvReader::Open(local, file.input.name, dialect, *engine_, bad));
    told.rows = options_.mode == LoadMode::kUpsert ? TRY(StageRows(file, reader))
                                                   : TRY(StreamRows(file, reader));
    told.bad_rows = reader.bad_rows();
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

  // `rows` has Next, as a query and a reader have.
  template <typename Rows>
  Result<std::uint64_t> StreamRows(const PendingFile& file, Rows& rows) {
    Pace pace(options_.job, file.input.name);
    while (const auto batch = TRY(rows.Next())) {
      if (!options_.job.dry_run) RETURN_IF_ERROR(target_.Write(*batch));
      if (options_.show) {
        const auto kept = TRY(lake::ConformBatch(*batch, target_.columns()));
        RETURN_IF_ERROR(options_.show(*kept));
      }
      RETURN_IF_ERROR(pace.Count(batch->num_rows()));
    }
    return pace.rows();
  }

  Result<std::uint64_t> StageRows(const PendingFile& file, CsvReader& reader) {
    std::string columns = fmt::format("{} BIGINT", kOrdinal);
    for (const auto& field : reader.columns()->fields()) {
      columns += fmt::format(", {} {}", sql::Quoted(field->name()), SqlTypeOf(*field->type()));
    }
    RETURN_IF_ERROR(
        engine_->Execute(fmt::format("CREATE OR REPLACE TEMP TABLE {} ({})", kStaged, columns)));
    Pace pace(options_.job, file.input.name);
    while (const auto batch = TRY(reader.Next())) {
      arrow::Int64Builder ordinals;
      for (std::int64_t i = 0; i < batch->num_rows(); ++i) {
        RETURN_IF_ERROR(FromArrow(ordinals.Append(static_cast<std::int64_t>(pace.rows()) + i + 1)));
      }
      const auto ordinal = TRY(FromArrow(ordinals.Finish()));
      const auto rows = TRY(FromArrow(batch->AddColumn(0, kOrdinal, ordinal)));
      RETURN_IF_ERROR(
          engine_->Register({kWaiting}, sql::MakeBatchRelation(rows->schema(), {rows})));
      RETURN_IF_ERROR(
          engine_->Execute(fmt::format("INSERT INTO {} SELECT * FROM {}", kStaged, kWaiting)));
      RETURN_IF_ERROR(pace.Count(batch->num_rows()));
    }
    return pace.rows();
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
  ValueFormat format_;
  std::vector<CsvColumn> agreed_;         // of the table, or of all files
  std::string agreed_from_;               // whose they are, for messages
  std::vector<std::string> first_names_;  // columns of the first file that is read
  std::string first_file_;
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
  auto engine = TRY(OpenEngine(options.job, folder.path(), true));
  DeltaTarget target = TRY(DeltaTarget::Open(
      std::move(table),
      {.name = name, .clock = options.job.clock, .make_id = options.job.make_id}));
  CsvLoader loader(options, std::move(target), std::move(folder), std::move(engine));
  return loader.Run();
}

}  // namespace foreset::batch
