// SPDX-License-Identifier: MIT
#include "foreset/batch/csv_rows.h"

#include <algorithm>
#include <utility>

#include <arrow/io/interfaces.h>

#include "foreset/base/errors/batch.h"
#include "foreset/model/arrow_status.h"

namespace foreset::batch {
namespace {

constexpr std::int64_t kWindowBytes = 1L << 20U;

enum class State : std::uint8_t { kFieldStart, kPlain, kQuoted, kEscaped, kQuoteEnd, kIllFormed };

// Where a field stands in its row.
struct FieldPlace {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool quoted = false;
  bool escaped = false;  // escapes stand in it
};

std::string_view WithoutLineEnd(std::string_view text) {
  return text.substr(0, text.find_last_not_of("\r\n") + 1);
}

}  // namespace

class CsvRows::Scanner {
 public:
  Scanner(std::shared_ptr<arrow::io::InputStream> text, const CsvDialect& dialect,
          std::function<Status(const TornLine&)> torn)
      : text_(std::move(text)),
        torn_(std::move(torn)),
        delimiter_(dialect.delimiter),
        quote_(dialect.quote),
        escape_(dialect.escape),
        comment_(dialect.comment),
        longest_row_(dialect.longest_row),
        width_(dialect.columns.size()),
        to_skip_(dialect.skip) {}

  Result<bool> Next() {
    for (; to_skip_ > 0; --to_skip_) RETURN_IF_ERROR(PassLine());
    while (true) {
      PassRow();
      if (TRY(AtComment())) {
        RETURN_IF_ERROR(PassLine());
        continue;
      }
      if (!TRY(FindRowEnd())) return false;
      if (width_ == 1 || !IsBlank()) break;
    }
    MakeFields();
    return true;
  }

  std::uint64_t line() const { return lines_before_ + 1; }
  std::uint64_t columns() const { return columns_; }
  const std::vector<CsvField>& fields() const { return fields_; }
  std::string_view text() const { return WithoutLineEnd(Row()); }
  const char* fault() const { return fault_; }

 private:
  std::string_view Row() const {
    return std::string_view(window_).substr(begin_, position_ - begin_);
  }

  bool IsBlank() const { return WithoutLineEnd(Row()).empty(); }

  // False at the end of the text.
  Result<bool> Fill() {
    if (ended_) return false;
    window_.erase(0, begin_);
    position_ -= begin_;
    if (first_end_ != 0) first_end_ -= begin_;
    begin_ = 0;
    const std::size_t had = window_.size();
    window_.resize(had + kWindowBytes);
    const ArrowBlame damaged{ErrorKind::kCorruption, batch_error::kInputDamaged};
    const auto read = TRY(FromArrow(text_->Read(kWindowBytes, window_.data() + had), damaged));
    window_.resize(had + static_cast<std::size_t>(read));
    ended_ = read == 0;
    return !ended_;
  }

  // The next character is there; false at the end.
  Result<bool> Ready() {
    if (position_ < window_.size()) return true;
    return Fill();
  }

  Result<bool> AtComment() {
    return comment_ != '\0' && TRY(Ready()) && window_[position_] == comment_;
  }

  Status PassLine() {
    while (TRY(Ready())) {
      begin_ = position_;
      if (TRY(EndsLine())) break;
    }
    begin_ = position_;
    ++lines_before_;
    return {};
  }

  // What was handed out is done with.
  void PassRow() {
    lines_before_ += lines_in_row_;
    lines_in_row_ = 0;
    begin_ = position_;
  }

  // Steps over one character; whether it ended a line: LF, CR LF, or CR alone.
  Result<bool> EndsLine() {
    const char c = window_[position_++];
    if (c == '\n') return true;
    if (c != '\r') return false;
    const bool more = TRY(Ready());
    return !more || window_[position_] != '\n';
  }

  // Puts position_ after the next row's end; torn lines before it are told. False at the end.
  Result<bool> FindRowEnd() {
    Restart();
    while (true) {
      if (!TRY(Ready())) {
        if (begin_ == position_) return false;
        if (state_ != State::kQuoted && state_ != State::kEscaped) {
          lines_in_row_ = std::max<std::uint64_t>(lines_in_row_, 1);
          return true;
        }
        RETURN_IF_ERROR(Tear("a quote is opened and never closed"));
        continue;
      }
      PassPlain();
      if (position_ == window_.size()) continue;
      const char c = window_[position_];
      if (TRY(EndsLine())) {
        ++lines_in_row_;
        if (first_end_ == 0) first_end_ = position_;
        if (state_ != State::kQuoted && state_ != State::kEscaped) return true;
        if (state_ == State::kEscaped) fault_ = kBadEscape;
        state_ = State::kQuoted;
        quote_spans_lines_ = true;
      } else {
        Step(c, position_ - begin_ - 1);
      }
      if (state_ == State::kIllFormed && quote_spans_lines_) {
        RETURN_IF_ERROR(Tear("a quote is opened and not closed before the next one"));
      } else if (position_ - begin_ > longest_row_) {
        RETURN_IF_ERROR(first_end_ != 0 ? Tear("a quote is opened and not closed for long")
                                        : TearEndless());
      }
    }
  }

  // Steps over characters that change nothing.
  void PassPlain() {
    const std::size_t end = std::min(window_.size(), begin_ + longest_row_);
    if (state_ == State::kPlain) {
      while (position_ < end && window_[position_] != delimiter_ && window_[position_] != '\n' &&
             window_[position_] != '\r') {
        ++position_;
      }
    } else if (state_ == State::kQuoted) {
      while (position_ < end && window_[position_] != quote_ && window_[position_] != escape_ &&
             window_[position_] != '\n' && window_[position_] != '\r') {
        ++position_;
      }
    }
  }

  // `at`: where in its row the character stands.
  void Step(char c, std::size_t at) {
    switch (state_) {
      case State::kFieldStart:
        quote_spans_lines_ = false;
        field_ = {.begin = at};
        if (c == quote_ && c != '\0') {
          field_ = {.begin = at + 1, .quoted = true};
          state_ = State::kQuoted;
        } else if (c == delimiter_) {
          EndField(at);
        } else {
          state_ = State::kPlain;
        }
        break;
      case State::kPlain:
        if (c == delimiter_) EndField(at);
        break;
      case State::kIllFormed:
        if (c == delimiter_) EndField(field_.end);
        break;
      case State::kQuoted:
        if (c == quote_) {
          field_.end = at;
          state_ = State::kQuoteEnd;
        } else if (c == escape_ && c != '\0') {
          state_ = State::kEscaped;
        }
        break;
      case State::kEscaped:
        if (c != quote_ && c != escape_) fault_ = kBadEscape;
        field_.escaped = true;
        state_ = State::kQuoted;
        break;
      case State::kQuoteEnd:
        StepAfterQuote(c);
        break;
    }
  }

  void StepAfterQuote(char c) {
    if (c == delimiter_) {
      EndField(field_.end);
    } else if (c == quote_ && escape_ == quote_) {
      field_.escaped = true;
      state_ = State::kQuoted;
    } else if (c != '\r') {
      fault_ = "something stands between a closing quote and the delimiter";
      state_ = State::kIllFormed;
    }
  }

  void EndField(std::size_t end) {
    field_.end = end;
    KeepField();
    field_ = {};
    state_ = State::kFieldStart;
  }

  // A row of nothing but delimiters would take many times its size.
  void KeepField() {
    ++columns_;
    if (places_.size() <= width_) places_.push_back(field_);
  }

  void Restart() {
    state_ = State::kFieldStart;
    field_ = {};
    places_.clear();
    columns_ = 0;
    first_end_ = 0;
    lines_in_row_ = 0;
    quote_spans_lines_ = false;
    fault_ = nullptr;
  }

  // The row ends where it ends: so does its last field.
  void MakeFields() {
    const std::string_view row = text();
    if (state_ == State::kFieldStart) field_ = {.begin = row.size()};
    if (state_ == State::kFieldStart || state_ == State::kPlain) {
      field_.end = std::max(row.size(), field_.begin);
      // All that stood after the delimiter was the CR of a line end.
      if (field_.begin > row.size()) field_.begin = field_.end = row.size();
    }
    KeepField();
    fields_.clear();
    unescaped_.clear();
    unescaped_.reserve(row.size());
    for (const FieldPlace& place : places_) {
      std::string_view field = row.substr(place.begin, place.end - place.begin);
      if (place.escaped) field = Unescape(field);
      fields_.push_back({field, place.quoted});
    }
  }

  std::string_view Unescape(std::string_view field) {
    const std::size_t begin = unescaped_.size();
    for (std::size_t i = 0; i < field.size(); ++i) {
      if (field[i] == escape_ && i + 1 < field.size()) ++i;
      unescaped_ += field[i];
    }
    return std::string_view(unescaped_).substr(begin);
  }

  // The row's first line is torn; what follows it is looked at anew.
  Status Tear(std::string_view reason) {
    if (first_end_ != 0) position_ = first_end_;
    RETURN_IF_ERROR(Tell(Row(), reason));
    ++lines_before_;
    begin_ = position_;
    Restart();
    return {};
  }

  // A line that is too long to be kept: its beginning is told, its rest passed over.
  Status TearEndless() {
    const std::string kept(Row().substr(0, kKeptOfTornRow));
    const std::uint64_t line = lines_before_;
    RETURN_IF_ERROR(PassLine());
    lines_before_ = line;
    RETURN_IF_ERROR(Tell(kept, "the line is longer than a row may be"));
    ++lines_before_;
    Restart();
    return {};
  }

  Status Tell(std::string_view text, std::string_view reason) {
    text = WithoutLineEnd(text).substr(0, kKeptOfTornRow);
    return torn_ ? torn_({lines_before_ + 1, text, reason}) : Status();
  }

  static constexpr const char* kBadEscape = "an escape stands before what needs none";

  std::shared_ptr<arrow::io::InputStream> text_;
  std::function<Status(const TornLine&)> torn_;
  char delimiter_;
  char quote_;
  char escape_;
  char comment_;
  std::size_t longest_row_;
  std::size_t width_;
  std::int64_t to_skip_;
  std::string window_;         // from the row's first byte on
  std::size_t begin_ = 0;      // of the row
  std::size_t position_ = 0;   // of the next character
  std::size_t first_end_ = 0;  // after the row's first line; 0: not seen yet
  std::uint64_t lines_before_ = 0;
  std::uint64_t lines_in_row_ = 0;
  State state_ = State::kFieldStart;
  FieldPlace field_;                // that is open
  std::vector<FieldPlace> places_;  // of those before it, one more than the width at most
  std::uint64_t columns_ = 0;       // how many there are
  std::vector<CsvField> fields_;
  std::string unescaped_;           // texts of fields that had escapes
  const char* fault_ = nullptr;     // of the row
  bool quote_spans_lines_ = false;  // of the field that is open
  bool ended_ = false;
};

CsvRows::CsvRows(std::shared_ptr<arrow::io::InputStream> text, const CsvDialect& dialect,
                 std::function<Status(const TornLine&)> torn)
    : scanner_(std::make_unique<Scanner>(std::move(text), dialect, std::move(torn))) {}
CsvRows::CsvRows(CsvRows&& other) noexcept = default;
CsvRows::~CsvRows() = default;

Result<bool> CsvRows::Next() { return scanner_->Next(); }
std::uint64_t CsvRows::line() const { return scanner_->line(); }
std::uint64_t CsvRows::columns() const { return scanner_->columns(); }
const std::vector<CsvField>& CsvRows::fields() const { return scanner_->fields(); }
std::string_view CsvRows::text() const { return scanner_->text(); }
const char* CsvRows::fault() const { return scanner_->fault(); }

}  // namespace foreset::batch
