// SPDX-License-Identifier: MIT
#include "foreset/batch/csv_structure.h"

#include <algorithm>
#include <utility>

#include <arrow/io/interfaces.h>

#include "foreset/base/errors/batch.h"
#include "foreset/model/arrow_status.h"

namespace foreset::batch {
namespace {

constexpr std::int64_t kPieceBytes = 1L << 20U;

enum class State : std::uint8_t { kFieldStart, kPlain, kQuoted, kEscaped, kQuoteEnd, kIllFormed };

class Scanner {
 public:
  Scanner(arrow::io::InputStream& text, const CsvDialect& dialect,
          const std::function<Status(const TornLine&)>& torn,
          const std::function<Status(std::string_view)>& sound)
      : text_(text), dialect_(dialect), torn_(torn), sound_(sound) {}

  Result<CsvStructure> Run() {
    for (std::int64_t i = 0; i < dialect_.skip; ++i) RETURN_IF_ERROR(PassLine());
    bool header = dialect_.header;
    while (TRY(FindRowEnd())) {
      const std::string_view row = Row();
      const bool blank = row.find_first_not_of("\r\n") == std::string_view::npos;
      // A blank line is a row where there is one column: its NULL.
      const bool counts = !blank || dialect_.columns.size() == 1;
      if (counts && !header) ++structure_.rows;
      if (counts) header = false;
      RETURN_IF_ERROR(Emit());
    }
    return std::move(structure_);
  }

 private:
  std::string_view Row() const {
    return std::string_view(window_).substr(begin_, position_ - begin_);
  }

  // False at the end of the text.
  Result<bool> Fill() {
    if (ended_) return false;
    window_.erase(0, begin_);
    position_ -= begin_;
    if (first_end_ != 0) first_end_ -= begin_;
    begin_ = 0;
    const std::size_t had = window_.size();
    window_.resize(had + kPieceBytes);
    const ArrowBlame damaged{ErrorKind::kCorruption, batch_error::kInputDamaged};
    const auto read = TRY(FromArrow(text_.Read(kPieceBytes, window_.data() + had), damaged));
    window_.resize(had + static_cast<std::size_t>(read));
    ended_ = read == 0;
    return !ended_;
  }

  // The next character is there; false at the end.
  Result<bool> Ready() {
    if (position_ < window_.size()) return true;
    return Fill();
  }

  Status PassLine() {
    while (TRY(Ready())) {
      if (TRY(EndsLine())) return Emit();
    }
    return Emit();
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
        if (state_ != State::kQuoted && state_ != State::kEscaped) return true;
        RETURN_IF_ERROR(Tear("a quote is opened and never closed"));
        continue;
      }
      const char c = window_[position_];
      if (TRY(EndsLine())) {
        ++lines_in_row_;
        if (first_end_ == 0) first_end_ = position_;
        if (state_ != State::kQuoted && state_ != State::kEscaped) return true;
        state_ = State::kQuoted;
        quote_spans_lines_ = true;
      } else {
        Step(c);
      }
      if (state_ == State::kIllFormed && quote_spans_lines_) {
        RETURN_IF_ERROR(Tear("a quote is opened and not closed before the next one"));
      } else if (position_ - begin_ > kLongestRow) {
        RETURN_IF_ERROR(first_end_ != 0 ? Tear("a quote is opened and not closed for long")
                                        : TearEndless());
      }
    }
  }

  void Step(char c) {
    switch (state_) {
      case State::kFieldStart:
        quote_spans_lines_ = false;
        state_ = c == dialect_.quote && c != '\0' ? State::kQuoted
                 : c == dialect_.delimiter        ? State::kFieldStart
                                                  : State::kPlain;
        break;
      case State::kPlain:
      case State::kIllFormed:
        if (c == dialect_.delimiter) state_ = State::kFieldStart;
        break;
      case State::kQuoted:
        if (c == dialect_.quote) {
          state_ = State::kQuoteEnd;
        } else if (c == dialect_.escape) {
          state_ = State::kEscaped;
        }
        break;
      case State::kEscaped:
        state_ = State::kQuoted;
        break;
      case State::kQuoteEnd:
        state_ = c == dialect_.delimiter                                    ? State::kFieldStart
                 : c == dialect_.quote && dialect_.escape == dialect_.quote ? State::kQuoted
                 : c == '\r'                                                ? State::kQuoteEnd
                                                                            : State::kIllFormed;
        break;
    }
  }

  void Restart() {
    state_ = State::kFieldStart;
    first_end_ = 0;
    lines_in_row_ = 0;
    quote_spans_lines_ = false;
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
    while (TRY(Ready())) {
      begin_ = position_;
      if (TRY(EndsLine())) break;
    }
    RETURN_IF_ERROR(Tell(kept, "the line is longer than a row may be"));
    ++lines_before_;
    begin_ = position_;
    Restart();
    return {};
  }

  Status Tell(std::string_view text, std::string_view reason) {
    const std::uint64_t line = lines_before_ + 1;
    structure_.torn_lines.push_back(line);
    text = text.substr(0, std::min(text.find_last_not_of("\r\n") + 1, kKeptOfTornRow));
    return torn_ ? torn_({line, text, reason}) : Status();
  }

  Status Emit() {
    if (sound_) RETURN_IF_ERROR(sound_(Row()));
    lines_before_ += std::max<std::uint64_t>(lines_in_row_, 1);
    begin_ = position_;
    return {};
  }

  arrow::io::InputStream& text_;
  const CsvDialect& dialect_;
  const std::function<Status(const TornLine&)>& torn_;
  const std::function<Status(std::string_view)>& sound_;
  CsvStructure structure_;
  std::string window_;         // from the row's first byte on
  std::size_t begin_ = 0;      // of the row
  std::size_t position_ = 0;   // of the next character
  std::size_t first_end_ = 0;  // after the row's first line; 0: not seen yet
  std::uint64_t lines_before_ = 0;
  std::uint64_t lines_in_row_ = 0;
  State state_ = State::kFieldStart;
  bool quote_spans_lines_ = false;  // of the field that is open
  bool ended_ = false;
};

}  // namespace

Result<CsvStructure> ScanStructure(arrow::io::InputStream& text, const CsvDialect& dialect,
                                   const std::function<Status(const TornLine&)>& torn,
                                   const std::function<Status(std::string_view)>& sound) {
  return Scanner(text, dialect, torn, sound).Run();
}

}  // namespace foreset::batch
