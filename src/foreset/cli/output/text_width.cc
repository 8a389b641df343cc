// SPDX-License-Identifier: MIT
#include "foreset/cli/output/text_width.h"

#include <clocale>
#include <cwchar>

namespace foreset::cli {
namespace {

// The C library knows widths by a locale, which a thread may have for itself.
class Utf8OfThisThread {
 public:
  Utf8OfThisThread() : before_(uselocale(Utf8())) {}
  ~Utf8OfThisThread() { uselocale(before_); }
  Utf8OfThisThread(const Utf8OfThisThread&) = delete;
  Utf8OfThisThread& operator=(const Utf8OfThisThread&) = delete;

 private:
  static locale_t Utf8() {
    static const locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    return utf8;
  }

  locale_t before_;
};

struct Character {
  std::size_t bytes = 1;
  std::size_t cells = 1;
};

// What is no UTF-8 counts byte by byte.
Character FirstOf(std::string_view text) {
  wchar_t character = 0;
  std::mbstate_t state{};
  const std::size_t bytes = std::mbrtowc(&character, text.data(), text.size(), &state);
  if (bytes == 0 || bytes > text.size()) return {};
  const int cells = wcwidth(character);
  return {bytes, cells < 0 ? 1 : static_cast<std::size_t>(cells)};
}

}  // namespace

std::size_t DisplayWidth(std::string_view text) {
  const Utf8OfThisThread utf8;
  std::size_t cells = 0;
  while (!text.empty()) {
    const Character first = FirstOf(text);
    cells += first.cells;
    text.remove_prefix(first.bytes);
  }
  return cells;
}

std::string CutToWidth(std::string_view text, std::size_t cells) {
  const Utf8OfThisThread utf8;
  std::size_t taken = 0;
  std::size_t room = 0;  // the bytes that leave a cell for the …
  for (std::size_t at = 0; at < text.size();) {
    const Character next = FirstOf(text.substr(at));
    taken += next.cells;
    if (taken > cells) return std::string(text.substr(0, room)) + (cells == 0 ? "" : "…");
    at += next.bytes;
    if (taken < cells) room = at;
  }
  return std::string(text);
}

std::string FitToWidth(std::string_view text, std::size_t cells) {
  std::string fitted = CutToWidth(text, cells);
  fitted.append(cells - DisplayWidth(fitted), ' ');
  return fitted;
}

}  // namespace foreset::cli
