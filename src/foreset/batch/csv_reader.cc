// SPDX-License-Identifier: MIT
#include "foreset/batch/csv_reader.h"

#include <optional>
#include <utility>

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <fmt/format.h>
#include <simdjson.h>

#include "foreset/base/errors/batch.h"
#include "foreset/batch/column_types.h"
#include "foreset/batch/text_encoding.h"
#include "foreset/model/arrow_status.h"
#include "foreset/sql/relation.h"

namespace foreset::batch {
namespace {

constexpr std::uint64_t kBatchRows = 65'536;
constexpr std::size_t kBatchBytes = 32UL << 20U;  // of text
constexpr char kTexts[] = "foreset_texts";
constexpr char kPlace[] = "foreset_place";
constexpr std::size_t kShownValue = 80;

// A column whose type only SQL reads.
struct SqlColumn {
  std::size_t at = 0;
  std::string type;  // that the text has
  std::string kept;  // in Delta
};

// Whether SQL's value of the text says the same, as an expression.
std::string Exactness(const std::string& text, const std::string& type) {
  const std::string value = fmt::format("TRY_CAST({} AS {})", text, type);
  if (type == "BLOB") return fmt::format("{} IS NOT NULL", value);
  const std::string back = fmt::format("CAST({} AS VARCHAR)", value);
  if (type == "UUID") return fmt::format("{} = lower({})", back, text);
  if (type == "TIME") return fmt::format("{0} IN ({1}, {1} || ':00')", back, text);
  // Lists, structures and maps: blanks and quotes are not part of what they say.
  if (type.ends_with(']') || type.starts_with("STRUCT(") || type.starts_with("MAP(")) {
    return fmt::format("translate({}, ' \"''', '') = translate({}, ' \"''', '')", back, text);
  }
  return fmt::format("{} = {}", back, text);
}

// As a message shows it: whole characters.
std::string Shown(std::string_view text) {
  if (text.size() <= kShownValue) return std::string(text);
  std::size_t end = kShownValue;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) --end;
  return std::string(text.substr(0, end)) + "…";
}

std::string DoesNotFit(std::string_view value, const std::string& type, std::string_view why) {
  return fmt::format("\"{}\" does not fit {}: {}", Shown(value), type, why);
}

}  // namespace

class CsvReader::Impl {
 public:
  Impl(std::string name, const CsvDialect& dialect, sql::Engine& engine, BadRowSink bad,
       const std::shared_ptr<arrow::io::InputStream>& text)
      : name_(std::move(name)),
        dialect_(dialect),
        engine_(engine),
        bad_(std::move(bad)),
        rows_(text, dialect, [this](const TornLine& line) {
          return TellBad(line.line, "", std::string(line.reason), line.text);
        }) {}

  Status Prepare() {
    const auto written = TRY(SchemaOf(engine_, dialect_.columns));
    columns_ = TRY(DeltaShapeOf(*written)).columns;
    for (int i = 0; i < written->num_fields(); ++i) {
      const auto at = static_cast<std::size_t>(i);
      const std::string& type = dialect_.columns[at].type;
      auto reader = MakeColumnReader(*written->field(i)->type(), dialect_.values);
      // A UUID is text on its way, too.
      if (reader == nullptr || (reader->is_text() && type != "VARCHAR")) {
        reader = MakeTextReader();
        by_sql_.push_back({at, type, SqlTypeOf(*columns_->field(i)->type())});
      }
      readers_.push_back(std::move(reader));
    }
    return dialect_.header ? PassHeader() : Status();
  }

  const std::shared_ptr<arrow::Schema>& columns() const { return columns_; }
  std::uint64_t bad_rows() const { return bad_rows_; }

  Result<std::shared_ptr<arrow::RecordBatch>> Next() {
    while (!ended_) {
      std::uint64_t rows = 0;
      std::size_t bytes = 0;
      while (rows < kBatchRows && bytes < kBatchBytes) {
        if (!TRY(rows_.Next())) {
          ended_ = true;
          break;
        }
        if (!TRY(TakeRow())) continue;
        ++rows;
        bytes += rows_.text().size();
      }
      auto batch = TRY(Batch(rows));
      if (batch->num_rows() > 0) return batch;
    }
    return nullptr;
  }

 private:
  // The first row that is not blank. What stands behind a line that is torn is no header.
  Status PassHeader() {
    bool more = TRY(rows_.Next());
    while (more && rows_.text().empty()) more = TRY(rows_.Next());
    if (bad_rows_ == 0) return {};
    return Err(ErrorKind::kInvalidInput, batch_error::kCsvShapeUnknown,
               fmt::format("{}: a quote of its header is opened and not closed", name_));
  }

  Status TellBad(std::uint64_t line, std::string column, std::string reason,
                 std::string_view text) {
    ++bad_rows_;
    return bad_({name_, line, std::move(column), std::move(reason),
                 std::string(text.substr(0, kKeptOfTornRow))});
  }

  Status TellBadRow(std::string column, std::string reason) {
    return TellBad(rows_.line(), std::move(column), std::move(reason), rows_.text());
  }

  bool IsNull(const CsvField& field, const ColumnReader& reader) const {
    if (field.quoted && !dialect_.quoted_nulls) return field.text.empty() && !reader.is_text();
    return field.text.empty() || (!dialect_.null_text.empty() && field.text == dialect_.null_text);
  }

  // False: the row was bad.
  Result<bool> TakeRow() {
    const std::vector<CsvField>& fields = rows_.fields();
    if (rows_.fault() != nullptr) {
      RETURN_IF_ERROR(TellBadRow("", rows_.fault()));
      return false;
    }
    if (!simdjson::validate_utf8(rows_.text().data(), rows_.text().size())) {
      RETURN_IF_ERROR(TellBadRow("", "bytes that are not UTF-8"));
      return false;
    }
    if (rows_.columns() != readers_.size()) {
      RETURN_IF_ERROR(TellBadRow(
          "", fmt::format("the row has {} columns, not {}", rows_.columns(), readers_.size())));
      return false;
    }
    nulls_.assign(fields.size(), false);
    for (std::size_t i = 0; i < fields.size(); ++i) {
      nulls_[i] = IsNull(fields[i], *readers_[i]);
      if (nulls_[i]) continue;
      if (const Refusal refusal = readers_[i]->Read(fields[i].text)) {
        const CsvColumn& column = dialect_.columns[i];
        RETURN_IF_ERROR(TellBadRow(column.name, DoesNotFit(fields[i].text, column.type, refusal)));
        return false;
      }
    }
    for (std::size_t i = 0; i < fields.size(); ++i) {
      RETURN_IF_ERROR(FromArrow(nulls_[i] ? readers_[i]->KeepNull() : readers_[i]->Keep()));
    }
    if (!by_sql_.empty()) kept_.emplace_back(rows_.line(), rows_.text());
    return true;
  }

  Result<std::shared_ptr<arrow::RecordBatch>> Batch(std::uint64_t rows) {
    arrow::ArrayVector arrays;
    for (const auto& reader : readers_) arrays.push_back(TRY(FromArrow(reader->Take())));
    const auto count = static_cast<std::int64_t>(rows);
    if (by_sql_.empty() || rows == 0) {
      if (rows == 0) return FromArrow(arrow::RecordBatch::MakeEmpty(columns_));
      return arrow::RecordBatch::Make(columns_, count, std::move(arrays));
    }
    auto read = ReadBySql(arrays, count);
    kept_.clear();
    return read;
  }

  // The columns as SQL reads them; rows that it does not read exactly are bad.
  Result<std::shared_ptr<arrow::RecordBatch>> ReadBySql(arrow::ArrayVector arrays,
                                                        std::int64_t rows) {
    arrow::FieldVector fields;
    arrow::Int64Builder places;
    for (std::size_t i = 0; i < arrays.size(); ++i) {
      fields.push_back(arrow::field(fmt::format("c{}", i), arrays[i]->type()));
    }
    for (std::int64_t i = 0; i < rows; ++i) RETURN_IF_ERROR(FromArrow(places.Append(i)));
    fields.push_back(arrow::field(kPlace, arrow::int64()));
    arrays.push_back(TRY(FromArrow(places.Finish())));
    const auto schema = arrow::schema(std::move(fields));
    RETURN_IF_ERROR(engine_.Register(
        {kTexts}, sql::MakeBatchRelation(
                      schema, {arrow::RecordBatch::Make(schema, rows, std::move(arrays))})));
    std::string exact = "true";
    std::string first = "CASE";
    for (const SqlColumn& column : by_sql_) {
      const std::string text = fmt::format("c{}", column.at);
      const std::string fits =
          fmt::format("({} IS NULL OR coalesce({}, false))", text, Exactness(text, column.type));
      exact += " AND " + fits;
      first += fmt::format(" WHEN NOT {} THEN {}", fits, column.at);
    }
    const std::uint64_t bad = TRY(TellInexact(exact, first + " END"));
    const auto table = TRY(engine_.Fetch(fmt::format("SELECT {} FROM {} WHERE {} ORDER BY {}",
                                                     SelectList(), kTexts, exact, kPlace)));
    if (table->num_rows() + static_cast<std::int64_t>(bad) != rows) {
      return Err(ErrorKind::kInvalidInput, batch_error::kRowsUnaccounted,
                 fmt::format("{}: of {} rows {} were read and {} are bad", name_, rows,
                             table->num_rows(), bad));
    }
    if (table->num_rows() == 0) return FromArrow(arrow::RecordBatch::MakeEmpty(columns_));
    return FromArrow(table->CombineChunksToBatch());
  }

  std::string SelectList() const {
    std::string list;
    auto next = by_sql_.begin();
    for (std::size_t i = 0; i < readers_.size(); ++i) {
      std::string value = fmt::format("c{}", i);
      if (next != by_sql_.end() && next->at == i) {
        value = fmt::format("CAST(TRY_CAST({} AS {}) AS {})", value, next->type, next->kept);
        ++next;
      }
      list += fmt::format("{}{} AS {}", i == 0 ? "" : ", ", value,
                          sql::Quoted(columns_->field(static_cast<int>(i))->name()));
    }
    return list;
  }

  // How many rows are not read exactly; `first` is the first column of such a row that is not.
  Result<std::uint64_t> TellInexact(const std::string& exact, const std::string& first) {
    const auto table = TRY(engine_.Fetch(
        fmt::format("SELECT {0}, CAST({1} AS BIGINT) FROM {2} WHERE NOT ({3}) ORDER BY {0}", kPlace,
                    first, kTexts, exact)));
    std::uint64_t count = 0;
    const auto batch = TRY(FromArrow(table->CombineChunksToBatch()));
    for (std::int64_t row = 0; row < batch->num_rows(); ++row) {
      const auto place = static_cast<const arrow::Int64Array&>(*batch->column(0)).Value(row);
      const auto at = static_cast<const arrow::Int64Array&>(*batch->column(1)).Value(row);
      const CsvColumn& column = dialect_.columns[static_cast<std::size_t>(at)];
      const auto& [line, text] = kept_[static_cast<std::size_t>(place)];
      RETURN_IF_ERROR(TellBad(line, column.name,
                              fmt::format("the value does not fit {}, or not exactly", column.type),
                              text));
      ++count;
    }
    return count;
  }

  std::string name_;
  const CsvDialect& dialect_;
  sql::Engine& engine_;
  BadRowSink bad_;
  CsvRows rows_;
  std::shared_ptr<arrow::Schema> columns_;
  std::vector<std::unique_ptr<ColumnReader>> readers_;
  std::vector<SqlColumn> by_sql_;
  std::vector<bool> nulls_;                                  // of the row
  std::vector<std::pair<std::uint64_t, std::string>> kept_;  // lines and texts, for by_sql_
  std::uint64_t bad_rows_ = 0;
  bool ended_ = false;
};

CsvReader::CsvReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
CsvReader::CsvReader(CsvReader&& other) noexcept = default;
CsvReader::~CsvReader() = default;

Result<CsvReader> CsvReader::Open(const LocalFile& file, std::string name,
                                  const CsvDialect& dialect, sql::Engine& engine, BadRowSink bad) {
  auto bytes = TRY(file.OpenText());
  const auto text = TRY(ReadAsUtf8(std::move(bytes), dialect.encoding));
  auto impl = std::make_unique<Impl>(std::move(name), dialect, engine, std::move(bad), text);
  RETURN_IF_ERROR(impl->Prepare());
  return CsvReader(std::move(impl));
}

const std::shared_ptr<arrow::Schema>& CsvReader::columns() const { return impl_->columns(); }
Result<std::shared_ptr<arrow::RecordBatch>> CsvReader::Next() { return impl_->Next(); }
std::uint64_t CsvReader::bad_rows() const { return impl_->bad_rows(); }

}  // namespace foreset::batch
