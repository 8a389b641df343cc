// SPDX-License-Identifier: MIT
#include "foreset/cli/sql/pager.h"

#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <ostream>

namespace foreset::cli {
namespace {

constexpr char kUsualPager[] = "less -FRSX 2>/dev/null";
constexpr int kNoSuchProgram = 127;  // of the shell

bool FitsTheTerminal(const std::string& text) {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0) return true;
  return std::ranges::count(text, '\n') < size.ws_row;
}

// False when there is no such program. Who leaves it early has seen enough.
bool PageThrough(const std::string& pager, const std::string& text) {
  std::FILE* to = popen(pager.c_str(), "w");
  if (to == nullptr) return false;
  std::fwrite(text.data(), 1, text.size(), to);
  const int ended = pclose(to);
  return !WIFEXITED(ended) || WEXITSTATUS(ended) != kNoSuchProgram;
}

}  // namespace

void ShowPaged(const std::string& text, Context& context) {
  const std::string pager = context.environment("PAGER").value_or(kUsualPager);
  context.out << std::flush;
  if (!FitsTheTerminal(text) && !pager.empty() && PageThrough(pager, text)) return;
  context.out << text << std::flush;
}

}  // namespace foreset::cli
