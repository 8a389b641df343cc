// SPDX-License-Identifier: MIT
#include "foreset/cli/sql/dialogue.h"

#include <algorithm>
#include <chrono>
#include <ostream>
#include <sstream>

#include <fmt/format.h>

#include "foreset/base/messages.h"
#include "foreset/cli/config/quantity.h"
#include "foreset/cli/output/print.h"
#include "foreset/cli/sql/pager.h"
#include "foreset/cli/sql/table_listing.h"

namespace foreset::cli {
namespace {

constexpr const char* kHelp =
    R"(A statement ends with ; and may have several lines. Tab completes, the arrows bring back.
  \d              the tables of the lake; as .tables, SHOW TABLES, SHOW TABLES FROM gold
  \d TABLE        its columns; as .schema TABLE, DESCRIBE TABLE
  \x              each row as lines, a column a line, or not
  \o FORMAT       table, json, jsonl, csv, markdown
  \timing         say how long statements take, or not
  \?              this; as help
  \q              leave; as exit, quit, Ctrl-D
Orders@v3 is a table at a version, Orders@'2026-01-31 10:00' at a time (UTC).
)";

// What is written to a stream while it lives, as a text.
class Captured {
 public:
  explicit Captured(std::ostream& stream) : stream_(stream), before_(stream.rdbuf(&text_)) {}
  ~Captured() { stream_.rdbuf(before_); }
  Captured(const Captured&) = delete;
  Captured& operator=(const Captured&) = delete;
  std::string text() const { return text_.str(); }

 private:
  std::ostream& stream_;
  std::stringbuf text_;
  std::streambuf* before_;
};

}  // namespace

// Tables for people have a limit; the other forms may be of any size, and go out as they come.
Result<QueryRun> Dialogue::Run(const std::string& statement) {
  if (!typed_ || !context_.terminal.out || output_.format != OutputFormat::kTable) {
    return RunQuery(session_, statement, output_, context_);
  }
  std::string text;
  auto run = [&] {
    const Captured captured(context_.out);
    auto ended = RunQuery(session_, statement, output_, context_);
    text = captured.text();
    return ended;
  }();
  ShowPaged(text, context_);
  return run;
}

Status Dialogue::Ask(const std::string& statement) {
  const auto before = context_.clock.Steady();
  const QueryRun run = TRY(Run(statement));
  context_.out << std::flush;
  Debug("read {}", UsedVersions(session_));
  if (!run.complete && (typed_ || !output_.limit)) {
    PrintTo(ErrPage(context_), "There are more rows than these {}; {}.\n",
            FormatCount(static_cast<std::uint64_t>(run.rows)),
            typed_ ? "LIMIT asks for fewer" : "--limit 0 shows all");
  }
  if (timing_) {
    const std::chrono::duration<double, std::milli> took = context_.clock.Steady() - before;
    const std::string used = UsedVersions(session_);
    PrintTo(ErrPage(context_), "{}{:.1f} ms{}\n",
            run.has_rows ? fmt::format("{} rows in ", run.rows) : "", took.count(),
            used.empty() ? "" : " from " + used);
  }
  return {};
}

Status Dialogue::Do(const ShellCommand& command) {
  const auto& [word, rest] = command;
  if (word == "\\q") {
    left_ = true;
  } else if (word == "\\?") {
    context_.out << ReflowText(kHelp, OutPage(context_).cells) << std::flush;
  } else if (word == "\\timing") {
    timing_ = !timing_;
    context_.err << (timing_ ? "Timing is on.\n" : "Timing is off.\n");
  } else if (word == "\\x") {
    output_.expanded = !output_.expanded;
    context_.err << (output_.expanded ? "Each row is shown as lines.\n"
                                      : "Rows are shown as a table.\n");
  } else if (word == "\\d" && rest.empty()) {
    return ListTables(session_, output_.format, context_);
  } else if (word == "\\d") {
    return DescribeTable(session_, rest, output_.format, context_);
  } else if (word == "\\o") {
    return Choose(rest);
  } else {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kUsage,
               fmt::format("there is no command {}", word), "\\? lists the commands.");
  }
  return {};
}

Status Dialogue::Choose(std::string_view format) {
  const auto& names = OutputFormatNames();
  const auto at = std::ranges::find(names, format);
  if (at == names.end() || format == "parquet") {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kUsage,
               fmt::format("\"{}\" is no form for a dialogue", format),
               "There are table, json, jsonl, csv and markdown.");
  }
  output_.format = static_cast<OutputFormat>(at - names.begin());
  return {};
}

}  // namespace foreset::cli
