// SPDX-License-Identifier: MIT
#include "foreset/batch/csv_sniffer.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <optional>
#include <system_error>
#include <utility>

#include <arrow/io/interfaces.h>
#include <arrow/scalar.h>
#include <arrow/table.h>
#include <fmt/format.h>
#include <simdjson.h>

#include "foreset/base/errors/batch.h"
#include "foreset/batch/csv_rows.h"
#include "foreset/batch/text_encoding.h"
#include "foreset/model/arrow_status.h"
#include "foreset/model/table_schema.h"

namespace foreset::batch {
namespace {

// A sample is as large as the first of these where it has that many lines, else as the second.
constexpr std::size_t kSampleBytes = 256UL << 10U;
constexpr std::int64_t kSampleLines = 1000;
constexpr std::size_t kMostSampleBytes = 4UL << 20U;
constexpr std::size_t kLongestForDuckDb = 1'900'000;  // of a line, unless it is told
constexpr std::int64_t kSampledBytes = 64L << 10U;

std::unexpected<Error> Unknown(const std::string& name, const std::string& what) {
  return Err(ErrorKind::kInvalidInput, batch_error::kCsvShapeUnknown,
             fmt::format("{}: {}", name, what));
}

std::string CharText(char c) { return c == '\0' ? "''" : sql::Literal(std::string_view(&c, 1)); }

// The sniffer's "(empty)" and one character otherwise.
char OneChar(const std::string& text, char otherwise) {
  if (text == "\\t") return '\t';
  return text.size() == 1 ? text.front() : otherwise;
}

bool IsUtf8(std::string_view text) { return simdjson::validate_utf8(text.data(), text.size()); }

// The first lines of a file: without those to skip and comments, with one kind of line end.
class Sample {
 public:
  Sample(const std::string& name, const CsvWishes& wishes) : name_(name), wishes_(wishes) {}

  Result<std::string> Of(arrow::io::InputStream& text) {
    std::string piece(static_cast<std::size_t>(kSampledBytes), '\0');
    const ArrowBlame damaged{ErrorKind::kCorruption, batch_error::kInputDamaged};
    bool whole = false;
    while (!whole && !Suffices()) {
      const auto read = TRY(FromArrow(text.Read(kSampledBytes, piece.data()), damaged));
      whole = read == 0;
      for (const char c : std::string_view(piece).substr(0, static_cast<std::size_t>(read))) {
        RETURN_IF_ERROR(Take(c));
      }
    }
    if (whole && !line_.empty()) RETURN_IF_ERROR(EndLine());
    const auto skip = wishes_.skip.value_or(0);
    if (lines_ < skip) {
      return Unknown(name_,
                     fmt::format("it has {} lines, of which --skip {} leaves none", lines_, skip));
    }
    if (whole && sample_.find_first_not_of('\n') == std::string::npos) {
      return Unknown(name_, skip > 0
                                ? fmt::format("nothing stands behind the {} lines of --skip", skip)
                                : std::string("it has only blank lines and comments"));
    }
    if (sample_.empty()) sample_ = line_;  // one line, and a long one
    return std::move(sample_);
  }

 private:
  bool Suffices() const {
    const std::size_t size = sample_.size() + line_.size();
    return size >= kMostSampleBytes || (size >= kSampleBytes && lines_ >= kSampleLines);
  }

  Status Take(char c) {
    const bool was_cr = std::exchange(after_cr_, c == '\r');
    if (c == '\n' && was_cr) return {};
    if (c == '\n' || c == '\r') return EndLine();
    if (line_.size() < kMostSampleBytes) line_ += c;
    return {};
  }

  Status EndLine() {
    ++lines_;
    const bool kept = lines_ > wishes_.skip.value_or(0) && !IsComment();
    const bool first = sample_.find_first_not_of('\n') == std::string::npos;
    if (kept && first && line_.find('\0') != std::string::npos) {
      return Unknown(name_,
                     "its first line has zero bytes: is it UTF-16? Say --encoding utf-16le or "
                     "utf-16be");
    }
    if (kept && first && !IsUtf8(line_)) {
      return Unknown(name_,
                     "its first line has bytes that are not UTF-8: say --encoding latin-1, "
                     "windows-1252 or utf-16");
    }
    // Rows that are bad for their bytes say nothing about the others.
    if (kept && IsUtf8(line_)) sample_ += line_ + "\n";
    line_.clear();
    return {};
  }

  bool IsComment() const {
    return wishes_.comment != '\0' && !line_.empty() && line_.front() == wishes_.comment;
  }

  const std::string& name_;
  const CsvWishes& wishes_;
  std::string sample_;
  std::string line_;
  std::int64_t lines_ = 0;
  bool after_cr_ = false;
};

class Sniffer {
 public:
  Sniffer(sql::Engine& engine, const LocalFile& file, const std::string& name,
          const CsvWishes& wishes, const ValueFormat& format)
      : engine_(engine), file_(file), name_(name), wishes_(wishes), format_(format) {}

  Result<SniffedCsv> Run(const std::string& temporary_folder) {
    path_ = temporary_folder + "/sample.csv";
    const auto text = TRY(Text());
    const std::string sample = TRY(Sample(name_, wishes_).Of(*text));
    sample_bytes_ = sample.size();
    std::ofstream out(path_, std::ios::binary | std::ios::trunc);
    out << sample;
    out.close();
    if (!out) {
      return Err(ErrorKind::kTransient, ErrorCode::kStorageFull,
                 fmt::format("cannot write {}", path_));
    }
    auto found = Find();
    std::error_code error;
    std::filesystem::remove(path_, error);
    return found;
  }

 private:
  Result<std::shared_ptr<arrow::io::InputStream>> Text() const {
    auto bytes = TRY(file_.OpenText());
    return ReadAsUtf8(std::move(bytes), wishes_.encoding);
  }

  Result<SniffedCsv> Find() {
    CsvWishes wishes = wishes_;
    SniffedCsv found{.dialect = TRY(Ask(wishes)), .evidence = {}};
    if (!wishes.delimiter && found.dialect.delimiter == format_.decimal) {
      wishes.delimiter = ';';
      found.dialect = TRY(Ask(wishes));
    }
    const bool odd_quote = found.dialect.quote != '"' && found.dialect.quote != '\0';
    if (!wishes.quote && odd_quote && !TRY(QuotesSomething(found.dialect))) {
      wishes.quote = '"';
      found.dialect = TRY(Ask(wishes));
    }
    RETURN_IF_ERROR(Look(found));
    if (!wishes.header && needs_header_ && *needs_header_ != found.dialect.header) {
      wishes.header = needs_header_;
      found.dialect = TRY(Ask(wishes));
      RETURN_IF_ERROR(Look(found));
    }
    if (!wishes_.skip) found.title_lines = TRY(TitleLines(found.dialect));
    found.header_uncertain =
        !wishes_.header && (!needs_header_ || first_fits_) && found.dialect.header;
    found.header_missed = !wishes_.header && !found.dialect.header;
    for (std::size_t i = 0; i < found.evidence.size(); ++i) {
      found.dialect.columns[i].type = found.evidence[i].Type();
    }
    RETURN_IF_ERROR(ApplyTypes(found.dialect));
    return found;
  }

  // DuckDB's opinion of the sample, as far as nothing was said.
  Result<CsvDialect> Ask(const CsvWishes& wishes) const {
    std::string call =
        fmt::format("sniff_csv({}, ignore_errors=true, comment=''", sql::Literal(path_));
    if (sample_bytes_ > kLongestForDuckDb) {
      call += fmt::format(", max_line_size={}, buffer_size={}", sample_bytes_ + 1,
                          2 * (sample_bytes_ + 1));
    }
    if (wishes.delimiter) call += ", delim=" + CharText(*wishes.delimiter);
    if (wishes.quote) call += ", quote=" + CharText(*wishes.quote);
    if (wishes.escape) call += ", escape=" + CharText(*wishes.escape);
    if (wishes.header) call += fmt::format(", header={}", *wishes.header);
    if (wishes.skip || wishes.comment != '\0') call += ", skip=0";
    if (!wishes.null_text.empty()) {
      call += fmt::format(", nullstr=['', {}]", sql::Literal(wishes.null_text));
    }
    const auto sniffed = engine_.Fetch(
        fmt::format("WITH found AS (FROM {})) SELECT Delimiter, Quote, Escape, SkipRows::VARCHAR, "
                    "HasHeader::VARCHAR, unnest(Columns).name FROM found",
                    call));
    if (!sniffed && sniffed.error().kind == ErrorKind::kCancelled) {
      return std::unexpected(sniffed.error());
    }
    if (!sniffed) return Unknown(name_, FirstLine(sniffed.error().message));
    const arrow::Table& rows = **sniffed;
    if (rows.num_rows() == 0) return Unknown(name_, "it has no columns");
    const auto text = [&](int column, std::int64_t row = 0) {
      const auto value = rows.column(column)->GetScalar(row);
      return value.ok() && (*value)->is_valid ? (*value)->ToString() : std::string();
    };
    CsvDialect dialect{.comment = wishes.comment,
                       .null_text = wishes.null_text,
                       .quoted_nulls = wishes.quoted_nulls,
                       .encoding = wishes.encoding,
                       .values = format_,
                       .columns = {}};
    for (std::int64_t row = 0; row < rows.num_rows(); ++row) {
      dialect.columns.push_back({text(5, row), "VARCHAR"});
    }
    dialect.delimiter = wishes.delimiter.value_or(OneChar(text(0), ','));
    // A sample without quotes says nothing about the rest of the file.
    dialect.quote = wishes.quote.value_or(OneChar(text(1), '"'));
    dialect.escape = wishes.escape.value_or(OneChar(text(2), dialect.quote));
    const bool skips = !wishes.skip && wishes.comment == '\0' && !text(3).empty();
    dialect.skip = skips ? std::stoll(text(3)) : wishes.skip.value_or(0);
    dialect.header = text(4) == "true";
    return dialect;
  }

  static std::string FirstLine(const std::string& message) {
    return message.substr(0, message.find('\n'));
  }

  // Whether a field in such quotes holds what needs them, on one line: what ends on another may as
  // well be two texts that begin with an apostrophe, and all between them.
  Result<bool> QuotesSomething(const CsvDialect& dialect) const {
    CsvRows rows(TRY(Text()), dialect, {});
    for (std::int64_t count = 0; count < Most() && TRY(rows.Next()); ++count) {
      if (rows.fault() != nullptr) continue;
      for (const CsvField& field : rows.fields()) {
        if (field.quoted && field.text.contains(dialect.delimiter) &&
            field.text.find_first_of("\r\n") == std::string_view::npos) {
          return true;
        }
      }
    }
    return false;
  }

  std::int64_t Most() const {
    return wishes_.sample_rows < 0 ? std::numeric_limits<std::int64_t>::max() : wishes_.sample_rows;
  }

  // Where most of the first rows have other columns than the dialect, by its delimiter or another
  // usual one: what stands before the first of them.
  Result<std::uint64_t> TitleLines(const CsvDialect& found) const {
    constexpr std::uint64_t kRowsLookedAt = 100;
    std::string delimiters{found.delimiter};
    if (!wishes_.delimiter) delimiters += ",;\t|";
    for (const char delimiter : delimiters) {
      CsvDialect dialect = found;
      dialect.delimiter = delimiter;
      dialect.skip = 0;
      CsvRows rows(TRY(Text()), dialect, {});
      std::map<std::uint64_t, std::pair<std::uint64_t, std::uint64_t>> seen;  // rows, first line
      std::uint64_t count = 0;
      while (count < kRowsLookedAt && TRY(rows.Next())) {
        if (rows.text().empty()) continue;
        ++count;
        auto& [times, line] = seen[rows.columns()];
        if (times++ == 0) line = rows.line();
      }
      for (const auto& [columns, facts] : seen) {
        const bool most = facts.first >= 2 && facts.first * 2 > count;
        if (!most || columns < 2) continue;
        if (columns == found.columns.size() || facts.second == 1) return 0;
        return facts.second - 1;
      }
    }
    return 0;
  }

  // Gathers evidence; and whether the first row can be one of them.
  Status Look(SniffedCsv& found) {
    const std::size_t width = found.dialect.columns.size();
    found.evidence.assign(width, TypeEvidence(format_));
    needs_header_.reset();
    first_fits_ = false;
    CsvRows rows(TRY(Text()), found.dialect, {});
    std::vector<std::string> first;
    std::int64_t count = 0;
    while (count < Most() && TRY(rows.Next())) {
      const bool blank = width == 1 && rows.text().empty();
      if (rows.fault() != nullptr || rows.columns() != width || !IsUtf8(rows.text())) continue;
      if (first.empty()) {
        if (blank) continue;
        for (const CsvField& field : rows.fields()) first.emplace_back(field.text);
        continue;
      }
      ++count;
      for (std::size_t i = 0; i < width; ++i) AddField(rows.fields()[i], found.evidence[i]);
    }
    if (first.empty()) return {};
    bool differs = false;
    for (std::size_t i = 0; i < width; ++i) {
      const TypeEvidence& seen = found.evidence[i];
      if (seen.values() == 0 || seen.IsText() || first[i].empty()) continue;
      TypeEvidence with = seen;
      with.Add(first[i]);
      (with.IsText() ? differs : first_fits_) = true;
    }
    if (differs || first_fits_) needs_header_ = differs;
    if (found.dialect.header) return {};
    for (std::size_t i = 0; i < width; ++i) {
      AddField({.text = first[i], .quoted = false}, found.evidence[i]);
    }
    return {};
  }

  void AddField(const CsvField& field, TypeEvidence& evidence) const {
    if (field.text.empty()) return;
    const bool null = !wishes_.null_text.empty() && field.text == wishes_.null_text &&
                      (!field.quoted || wishes_.quoted_nulls);
    if (!null) evidence.Add(field.text);
  }

  Status ApplyTypes(CsvDialect& dialect) const {
    for (const CsvColumn& wished : wishes_.types) {
      const auto at = std::ranges::find_if(dialect.columns, [&](const CsvColumn& column) {
        return SameName(column.name, wished.name);
      });
      if (at == dialect.columns.end()) {
        return Err(
            ErrorKind::kInvalidInput, batch_error::kCsvShapeUnknown,
            fmt::format("{} has no column \"{}\", which --schema names", name_, wished.name));
      }
      at->type = wished.type;
    }
    return {};
  }

  sql::Engine& engine_;
  const LocalFile& file_;
  const std::string& name_;
  const CsvWishes& wishes_;
  const ValueFormat& format_;
  std::string path_;
  std::size_t sample_bytes_ = 0;
  // Whether the first line is no row by its values; nothing when all is text.
  std::optional<bool> needs_header_;
  bool first_fits_ = false;  // a value of it is one of its column, which is no text
};

}  // namespace

Result<SniffedCsv> SniffCsv(sql::Engine& engine, const LocalFile& file, const std::string& name,
                            const CsvWishes& wishes, const ValueFormat& format,
                            const std::string& temporary_folder) {
  return Sniffer(engine, file, name, wishes, format).Run(temporary_folder);
}

}  // namespace foreset::batch
