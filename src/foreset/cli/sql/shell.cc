// SPDX-License-Identifier: MIT
#include "foreset/cli/sql/shell.h"

#include <ostream>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "foreset/cli/error_report.h"
#include "foreset/cli/sql/dialogue.h"
#include "foreset/cli/sql/line_editor.h"
#include "foreset/cli/sql/query_words.h"
#include "foreset/cli/sql/shell_command.h"
#include "foreset/cli/wiring.h"
#include "foreset/sql/statement_text.h"

namespace foreset::cli {
namespace {

class Shell {
 public:
  Shell(sql::LakeSession& session, QueryOutput output, Context& context)
      : session_(session),
        context_(context),
        words_(session),
        dialogue_(session, output, true, context) {}

  Status Run() {
    const auto editor =
        TRY(LineEditor::Open(StateFolder(context_) + "/sql_history",
                             [this](std::string_view line, std::string_view word) {
                               return words_.Complete(pending_ + std::string(line), word);
                             }));
    context_.err << "Type a query, or help.\n" << std::flush;
    while (!dialogue_.left()) {
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
    const auto command = pending_.empty() ? ParseShellCommand(line) : std::nullopt;
    if (command) {
      editor.Remember(line);
      Tell(dialogue_.Do(*command));
      return;
    }
    pending_ += (pending_.empty() ? "" : "\n") + line;
    auto split = sql::SplitStatements(pending_);
    if (!split.statements.empty()) editor.Remember(pending_);
    for (const std::string& statement : split.statements) {
      const Status done = dialogue_.Ask(statement);
      Tell(done);
      if (!done) split.rest.clear();
      if (!done) break;
    }
    pending_ = std::move(split.rest);
  }

  void Tell(const Status& done) {
    if (!done) ReportError(done.error(), context_);
    context_.err << std::flush;
  }

  sql::LakeSession& session_;
  Context& context_;
  QueryWords words_;
  Dialogue dialogue_;
  std::string pending_;  // of a statement that has not ended yet
};

}  // namespace

Status RunShell(sql::LakeSession& session, QueryOutput output, Context& context) {
  return Shell(session, output, context).Run();
}

}  // namespace foreset::cli
