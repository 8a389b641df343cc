// SPDX-License-Identifier: MIT
#include "foreset/cli/output/text_width.h"

#include <clocale>
#include <cwchar>
#include <utility>

namespace foreset::cli {
namespace {

// wcwidth asks the thread's locale. Null where the system has none for UTF-8.
class Utf8Locale {
 public:
  Utf8Locale() : before_(uselocale(Utf8())) {}
  ~Utf8Locale() { uselocale(before_); }
  Utf8Locale(const Utf8Locale&) = delete;
  Utf8Locale& operator=(const Utf8Locale&) = delete;

 private:
  static locale_t Utf8() {
    static const locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    return locale;
  }
  locale_t before_;
};

// The next character's bytes and places.
std::pair<std::size_t, std::size_t> NextCharacter(std::string_view text) {
  std::mbstate_t state{};
  wchar_t character = 0;
  const std::size_t bytes = std::mbrtowc(&character, text.data(), text.size(), &state);
  if (bytes == 0 || bytes > text.size()) return {1, 1};
  const int places = wcwidth(character);
  return {bytes, places < 0 ? 1 : static_cast<std::size_t>(places)};
}

}  // namespace

std::size_t DisplayWidth(std::string_view text) {
  const Utf8Locale locale;
  std::size_t width = 0;
  while (!text.empty()) {
    const auto [bytes, places] = NextCharacter(text);
    width += places;
    text.remove_prefix(bytes);
  }
  return width;
}

std::string CutToWidth(std::string_view text, std::size_t places) {
  if (DisplayWidth(text) <= places) return std::string(text);
  const Utf8Locale locale;
  std::size_t width = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto [bytes, more] = NextCharacter(text.substr(at));
    if (width + more + 1 > places) break;
    width += more;
    at += bytes;
  }
  return std::string(text.substr(0, at)) + "…";
}

}  // namespace foreset::cli
