// SPDX-License-Identifier: MIT
#include "foreset/cli/sql/line_editor.h"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <utility>

#include <histedit.h>

namespace foreset::cli {
namespace {

constexpr int kHistoryEntries = 5000;
// More than these are not listed under the line.
constexpr std::size_t kChoicesShown = 60;

class TerminalEditor final : public LineEditor {
 public:
  TerminalEditor(std::string history_file, Completer completer)
      : history_file_(std::move(history_file)), completer_(std::move(completer)) {}

  ~TerminalEditor() override {
    if (editor_ != nullptr) el_end(editor_);
    if (history_ != nullptr) history_end(history_);
  }

  bool Start() {
    editor_ = el_init("foreset", stdin, stdout, stderr);
    history_ = history_init();
    if (editor_ == nullptr || history_ == nullptr) return false;
    HistEvent event;
    history(history_, &event, H_SETSIZE, kHistoryEntries);
    history(history_, &event, H_SETUNIQUE, 1);
    if (!history_file_.empty()) history(history_, &event, H_LOAD, history_file_.c_str());
    el_set(editor_, EL_CLIENTDATA, this);
    el_set(editor_, EL_EDITOR, "emacs");
    el_set(editor_, EL_HIST, ::history, history_);
    el_set(editor_, EL_PROMPT, Prompt);
    el_set(editor_, EL_ADDFN, "complete", "Complete the word", Complete);
    el_set(editor_, EL_BIND, "^I", "complete", nullptr);
    el_set(editor_, EL_BIND, "^R", "em-inc-search-prev", nullptr);
    // Ctrl-C is a key here: it gives up the line, not the program.
    el_set(editor_, EL_SETTY, "-d", "-isig", nullptr);
    el_set(editor_, EL_ADDFN, "abandon", "Give up the line", Abandon);
    el_set(editor_, EL_BIND, "^C", "abandon", nullptr);
    return true;
  }

  EditedLine Read(const std::string& prompt) override {
    prompt_ = prompt;
    abandoned_ = false;
    int length = 0;
    const char* line = el_gets(editor_, &length);
    if (abandoned_) return {LineEnd::kAbandoned, {}};
    if (line == nullptr || length <= 0) return {LineEnd::kClosed, {}};
    std::string text(line, static_cast<std::size_t>(length));
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
    return {LineEnd::kEntered, std::move(text)};
  }

  void Remember(const std::string& entry) override {
    HistEvent event;
    history(history_, &event, H_ENTER, entry.c_str());
    if (!history_file_.empty()) history(history_, &event, H_SAVE, history_file_.c_str());
  }

 private:
  static TerminalEditor& Self(EditLine* editor) {
    void* self = nullptr;
    el_get(editor, EL_CLIENTDATA, &self);
    return *static_cast<TerminalEditor*>(self);
  }

  static char* Prompt(EditLine* editor) { return Self(editor).prompt_.data(); }

  static unsigned char Abandon(EditLine* editor, int /*key*/) {
    Self(editor).abandoned_ = true;
    std::fputs("^C\n", stdout);
    return CC_NEWLINE;
  }

  static bool IsWordPart(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return std::isalnum(byte) != 0 || c == '_' || c == '.' || c == '\\' || byte >= 0x80;
  }

  static unsigned char Complete(EditLine* editor, int /*key*/) {
    const LineInfo* info = el_line(editor);
    const std::string_view line(info->buffer,
                                static_cast<std::size_t>(info->cursor - info->buffer));
    std::size_t begin = line.size();
    while (begin > 0 && IsWordPart(line[begin - 1])) --begin;
    const std::string_view word = line.substr(begin);
    const std::string_view whole(info->buffer,
                                 static_cast<std::size_t>(info->lastchar - info->buffer));
    const std::vector<std::string> choices = Self(editor).completer_(whole, word);
    if (choices.empty()) return CC_ERROR;
    std::string common = choices.front();
    for (const std::string& choice : choices) {
      const auto differ = std::ranges::mismatch(common, choice).in1;
      common.erase(differ, common.end());
    }
    if (choices.size() == 1) common += ' ';
    if (common.size() > word.size()) {
      el_deletestr(editor, static_cast<int>(word.size()));
      return el_insertstr(editor, common.c_str()) == -1 ? CC_ERROR : CC_REFRESH;
    }
    Show(choices);
    return CC_REDISPLAY;
  }

  static void Show(const std::vector<std::string>& choices) {
    std::fputc('\n', stdout);
    for (std::size_t i = 0; i < std::min(choices.size(), kChoicesShown); ++i) {
      std::fprintf(stdout, "%s  ", choices[i].c_str());
    }
    std::fputs(choices.size() > kChoicesShown ? "…\n" : "\n", stdout);
  }

  std::string history_file_;
  Completer completer_;
  EditLine* editor_ = nullptr;
  History* history_ = nullptr;
  std::string prompt_;
  bool abandoned_ = false;
};

}  // namespace

Result<std::unique_ptr<LineEditor>> LineEditor::Open(const std::string& history_file,
                                                     Completer completer) {
  std::error_code ignored;
  if (!history_file.empty()) {
    std::filesystem::create_directories(std::filesystem::path(history_file).parent_path(), ignored);
  }
  auto editor = std::make_unique<TerminalEditor>(history_file, std::move(completer));
  if (!editor->Start()) {
    return Err(ErrorKind::kUnsupported, ErrorCode::kUsage,
               "the terminal cannot be used for editing",
               "Give the query as an argument or on standard input.");
  }
  return editor;
}

}  // namespace foreset::cli
