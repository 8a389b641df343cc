// SPDX-License-Identifier: MIT
#include "foreset/batch/csv_reader.h"

#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include <arrow/array.h>
#include <arrow/io/file.h>
#include <arrow/record_batch.h>
#include <fmt/format.h>

#include "foreset/base/errors/batch.h"
#include "foreset/batch/csv_structure.h"
#include "foreset/model/arrow_status.h"

namespace foreset::batch {
namespace {

constexpr char kRejects[] = "foreset_rejects";
constexpr ArrowBlame kFull{ErrorKind::kTransient, ErrorCode::kStorageFull};

// The reader's advice after its reason is for who calls it.
std::string ReasonOf(const std::string& message) {
  const std::size_t end = message.find('\n');
  if (message.find("nicode") != std::string::npos || message.find("ncoding") != std::string::npos) {
    return "bytes that are not UTF-8";
  }
  return message.substr(0, end);
}

// Without the line ends around it: those of blank lines before it come along.
std::string TextOf(std::string_view line) {
  const std::size_t first = line.find_first_not_of("\r\n");
  if (first == std::string_view::npos) return {};
  line = line.substr(first, line.find_last_not_of("\r\n") + 1 - first);
  return std::string(line.substr(0, kKeptOfTornRow));
}

template <typename Array>
const Array& Column(const arrow::RecordBatch& batch, int at) {
  return static_cast<const Array&>(*batch.column(at));
}

}  // namespace

CsvReader::CsvReader(CsvReader&& other) noexcept
    : file_(other.file_),
      name_(std::move(other.name_)),
      copy_(std::exchange(other.copy_, {})),
      from_(std::move(other.from_)),
      rows_(other.rows_),
      torn_lines_(std::move(other.torn_lines_)) {}

CsvReader::~CsvReader() {
  std::error_code error;
  if (!copy_.empty()) std::filesystem::remove(copy_, error);
}

Result<CsvReader> CsvReader::Open(const LocalFile& file, const std::string& name,
                                  const CsvDialect& dialect, const std::string& temporary_folder,
                                  const BadRowSink& bad) {
  CsvReader reader(file, name);
  const auto torn = [&](const TornLine& line) {
    return bad({name, line.line, "", std::string(line.reason), std::string(line.text)});
  };
  const auto text = TRY(file.OpenText());
  CsvStructure structure = TRY(ScanStructure(*text, dialect, torn, {}));
  reader.rows_ = structure.rows;
  reader.torn_lines_ = std::move(structure.torn_lines);
  if (!reader.torn_lines_.empty()) RETURN_IF_ERROR(reader.CopySound(dialect, temporary_folder));
  reader.from_ = reader.copy_.empty() ? ReadCsv(file.path(), file.compression(), dialect, kRejects)
                                      : ReadCsv(reader.copy_, "none", dialect, kRejects);
  return reader;
}

Status CsvReader::CopySound(const CsvDialect& dialect, const std::string& temporary_folder) {
  copy_ = temporary_folder + "/sound.csv";
  const auto out = TRY(FromArrow(arrow::io::FileOutputStream::Open(copy_), kFull));
  std::string buffer;
  const auto write = [&]() -> Status {
    RETURN_IF_ERROR(
        FromArrow(out->Write(buffer.data(), static_cast<std::int64_t>(buffer.size())), kFull));
    buffer.clear();
    return {};
  };
  const auto text = TRY(file_->OpenText());
  RETURN_IF_ERROR(ScanStructure(*text, dialect, {}, [&](std::string_view rows) -> Status {
    buffer += rows;
    return buffer.size() < (1U << 20U) ? Status() : write();
  }));
  RETURN_IF_ERROR(write());
  return FromArrow(out->Close(), kFull);
}

Result<std::uint64_t> CsvReader::Finish(sql::Engine& engine, std::uint64_t rows,
                                        const BadRowSink& bad) {
  std::uint64_t count = 0;
  {
    const auto rejects = TRY(engine.Query(fmt::format(
        "SELECT line_byte_position::BIGINT - 1, coalesce(min_by(column_name, column_idx), ''), "
        "min_by(error_message, column_idx), any_value(csv_line) FROM {} "
        "GROUP BY line_byte_position ORDER BY line_byte_position",
        kRejects)));
    std::optional<LineFinder> lines;
    while (const auto batch = TRY(rejects->Next())) {
      for (std::int64_t row = 0; row < batch->num_rows(); ++row) {
        if (!lines) {
          auto text = copy_.empty() ? TRY(file_->OpenText())
                                    : std::shared_ptr<arrow::io::InputStream>(
                                          TRY(FromArrow(arrow::io::ReadableFile::Open(copy_))));
          lines.emplace(std::move(text), torn_lines_);
        }
        const auto position = Column<arrow::Int64Array>(*batch, 0).Value(row);
        BadRow told{.file = name_};
        told.line = TRY(lines->LineAt(static_cast<std::uint64_t>(position)));
        told.column = Column<arrow::StringArray>(*batch, 1).GetString(row);
        told.reason = ReasonOf(Column<arrow::StringArray>(*batch, 2).GetString(row));
        // DuckDB shows bytes that are no UTF-8 as question marks; the file has them.
        const auto shown = Column<arrow::StringArray>(*batch, 3).GetView(row);
        told.text = TextOf(TRY(lines->Read(shown.size())));
        RETURN_IF_ERROR(bad(std::move(told)));
        ++count;
      }
    }
  }
  RETURN_IF_ERROR(engine.Execute(fmt::format("DROP TABLE IF EXISTS {}", kRejects)));
  RETURN_IF_ERROR(engine.Execute(fmt::format("DROP TABLE IF EXISTS {}_scans", kRejects)));
  if (rows + count != rows_) {
    return Err(ErrorKind::kInvalidInput, batch_error::kRowsUnaccounted,
               fmt::format("{} has {} rows, of which {} were read and {} are bad", name_, rows_,
                           rows, count));
  }
  return count + torn_lines_.size();
}

}  // namespace foreset::batch
