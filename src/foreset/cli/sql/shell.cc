// SPDX-License-Identifier: MIT
#include "foreset/cli/sql/shell.h"

#include <algorithm>
#include <chrono>
#include <ostream>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "foreset/cli/error_report.h"
#include "foreset/cli/output/print.h"
#include "foreset/cli/sql/line_editor.h"
#include "foreset/cli/sql/query_words.h"
#include "foreset/cli/sql/table_listing.h"
#include "foreset/cli/wiring.h"
#include "foreset/sql/statement_text.h"

namespace foreset::cli {
namespace {

constexpr const char* kHelp =
    R"(A statement ends with ; and may have several lines. Tab completes, the arrows bring back.
  \d              the tables of the lake
  \d TABLE        its columns
  \o FORMAT       table, json, jsonl, csv, markdown
  \timing         say how long statements take, or not
  \?              this
  \q              leave, as Ctrl-D does
Orders@v3 is a table at a version, Orders@'2026-01-31 10:00' at a time (UTC).
)";

class Shell {
 public:
  Shell(sql::LakeSession& session, QueryOutput output, Context& context)
      : session_(session), output_(output), context_(context), words_(session) {}

  Status Run() {
    const auto editor =
        TRY(LineEditor::Open(StateFolder(context_) + "/sql_history",
                             [this](std::string_view line, std::string_view word) {
                               return words_.Complete(pending_ + std::string(line), word);
                             }));
    context_.err << "Type a query, or \\? for help.\n" << std::flush;
    while (!left_) {
      // Ctrl-C ends the line or the query that comes of it, whichever it meets, and is used up;
      // a SIGTERM is not.
      const std::stop_token stop = context_.catch_signals();
      if (stop.stop_requested()) break;
      session_.engine().StopWith(stop);
      const EditedLine line = editor->Read(pending_.empty() ? "foreset> " : "    ...> ", stop);
      if (line.end == LineEnd::kClosed) break;
      if (line.end == LineEnd::kEntered) Take(line.text, *editor);
      if (line.end == LineEnd::kStopped) pending_.clear();
    }
    return {};
  }

 private:
  void Take(const std::string& line, LineEditor& editor) {
    if (pending_.empty() && line.starts_with('\\')) {
      editor.Remember(line);
      Tell(Command(line));
      return;
    }
    pending_ += (pending_.empty() ? "" : "\n") + line;
    auto split = sql::SplitStatements(pending_);
    if (!split.statements.empty()) editor.Remember(pending_);
    for (const std::string& statement : split.statements) {
      const Status done = Ask(statement);
      Tell(done);
      if (!done) split.rest.clear();
      if (!done) break;
    }
    pending_ = std::move(split.rest);
  }

  Status Ask(const std::string& statement) {
    const auto before = context_.clock.Steady();
    const QueryRun run = TRY(RunQuery(session_, statement, output_, context_));
    context_.out << std::flush;
    if (!run.complete) {
      PrintTo(context_.err, "There are more rows than these {}; LIMIT asks for fewer.\n", run.rows);
    }
    if (timing_) {
      const std::chrono::duration<double, std::milli> took = context_.clock.Steady() - before;
      const std::string used = UsedVersions(session_);
      PrintTo(context_.err, "{}{:.1f} ms{}\n",
              run.has_rows ? fmt::format("{} rows in ", run.rows) : "", took.count(),
              used.empty() ? "" : " from " + used);
    }
    return {};
  }

  Status Command(std::string_view line) {
    while (line.ends_with(' ')) line.remove_suffix(1);
    const std::size_t space = std::min(line.find(' '), line.size());
    const std::string_view word = line.substr(0, space);
    const std::string_view rest = space == line.size() ? "" : line.substr(space + 1);
    if (word == "\\q") {
      left_ = true;
    } else if (word == "\\?" || word == "\\h") {
      context_.out << kHelp << std::flush;
    } else if (word == "\\timing") {
      timing_ = !timing_;
      context_.err << (timing_ ? "Timing is on.\n" : "Timing is off.\n");
    } else if (word == "\\d" && rest.empty()) {
      return ListTables(session_, output_.format, context_);
    } else if (word == "\\d") {
      return DescribeTable(session_, std::string(rest), output_.format, context_);
    } else if (word == "\\o") {
      return Choose(rest);
    } else {
      return Err(ErrorKind::kInvalidInput, ErrorCode::kUsage,
                 fmt::format("there is no command {}", word), "\\? lists the commands.");
    }
    return {};
  }

  Status Choose(std::string_view format) {
    const auto& names = OutputFormatNames();
    const auto at = std::ranges::find(names, format);
    if (at == names.end() || format == "parquet") {
      return Err(ErrorKind::kInvalidInput, ErrorCode::kUsage,
                 fmt::format("\"{}\" is no form for a terminal", format),
                 "There are table, json, jsonl, csv and markdown.");
    }
    output_.format = static_cast<OutputFormat>(at - names.begin());
    return {};
  }

  void Tell(const Status& done) {
    if (!done) ReportError(done.error(), context_);
    context_.err << std::flush;
  }

  sql::LakeSession& session_;
  QueryOutput output_;
  Context& context_;
  QueryWords words_;
  std::string pending_;  // of a statement that has not ended yet
  bool timing_ = true;
  bool left_ = false;
};

}  // namespace

Status RunShell(sql::LakeSession& session, QueryOutput output, Context& context) {
  return Shell(session, output, context).Run();
}

}  // namespace foreset::cli
