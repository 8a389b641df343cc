// SPDX-License-Identifier: MIT
#include "foreset/cli/sql/line_editor.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <clocale>
#include <cstdio>
#include <cwchar>
#include <filesystem>
#include <utility>

#include <histedit.h>
#include <termios.h>

namespace foreset::cli {
namespace {

constexpr int kHistoryEntries = 5000;
// More than these are not listed under the line.
constexpr std::size_t kChoicesShown = 60;

// The terminal's characters, until a stop is requested. Ctrl-C stays a signal in every mode of the
// terminal: as a key it would be lost when it comes while the modes change.
class Keyboard {
 public:
  Keyboard() : wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
  ~Keyboard() { close(wake_); }
  Keyboard(const Keyboard&) = delete;
  Keyboard& operator=(const Keyboard&) = delete;

  // From any thread: Next ends.
  void Wake() const { eventfd_write(wake_, 1); }
  // Also what was typed.
  void Forget() const {
    eventfd_t count = 0;
    eventfd_read(wake_, &count);
    tcflush(STDIN_FILENO, TCIFLUSH);
  }

  // As libedit wants it: 1 and the character, 0 at the end, -1 when woken or failed.
  int Next(wchar_t& character) const {
    std::mbstate_t state{};
    for (;;) {
      const int waited = Wait();
      if (waited <= 0) return waited;
      char byte = 0;
      const ssize_t got = read(STDIN_FILENO, &byte, 1);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return static_cast<int>(got);
      const std::size_t length = std::mbrtowc(&character, &byte, 1, &state);
      if (length == static_cast<std::size_t>(-1)) state = {};  // no character: not typed
      if (length <= 1) return 1;
    }
  }

 private:
  int Wait() const {
    std::array<pollfd, 2> fds{{{STDIN_FILENO, POLLIN, 0}, {wake_, POLLIN, 0}}};
    while (poll(fds.data(), fds.size(), -1) < 0) {
      if (errno != EINTR) return -1;
    }
    return fds[1].revents != 0 ? -1 : 1;
  }

  int wake_;
};

class TerminalEditor final : public LineEditor {
 public:
  TerminalEditor(std::string history_file, Completer completer)
      : history_file_(std::move(history_file)), completer_(std::move(completer)) {}

  ~TerminalEditor() override {
    if (editor_ != nullptr) el_end(editor_);
    if (history_ != nullptr) history_end(history_);
  }

  bool Start() {
    // For libedit and the keyboard.
    std::setlocale(LC_CTYPE, "C.UTF-8");  // NOLINT(concurrency-mt-unsafe): once, at the start
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
    el_set(editor_, EL_GETCFN, NextCharacter);
    // At a signal the terminal would drop what is written to it, too: a prompt that is there
    // already.
    el_set(editor_, EL_SETTY, "-d", "+noflsh", nullptr);
    el_set(editor_, EL_SETTY, "-x", "+noflsh", nullptr);
    // A Ctrl-D that was typed while a query ran: so the terminal hands it on.
    el_set(editor_, EL_BIND, "^@", "em-delete-or-list", nullptr);
    return true;
  }

  EditedLine Read(const std::string& prompt, const std::stop_token& stop) override {
    prompt_ = prompt;
    if (stop_.stop_requested()) keyboard_.Forget();
    stop_ = stop;
    const std::stop_callback wake(stop, [this] { keyboard_.Wake(); });
    // Before the prompt: who sees it can rely on every key.
    el_set(editor_, EL_PREP_TERM, 1);
    int length = 0;
    const char* line = el_gets(editor_, &length);
    if (stop.stop_requested()) {
      std::fputs("^C\n", stdout);
      std::fflush(stdout);
      return {LineEnd::kStopped, {}};
    }
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

  static int NextCharacter(EditLine* editor, wchar_t* character) {
    return Self(editor).keyboard_.Next(*character);
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
  Keyboard keyboard_;
  std::stop_token stop_;  // of the last line and what came of it
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
