// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/charset.h"

#include <algorithm>
#include <array>
#include <bit>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <iconv.h>
#include <simdjson.h>

#include "foreset/base/mutex.h"

namespace foreset::mysql {
namespace {

constexpr char16_t kNoCharacter = 0xFFFD;
// The servers do have codes that are U+FFFD.
constexpr char32_t kNone = 0xFFFF'FFFF;

// The characters that several codes of a character set stand for.
class Doubles {
 public:
  void Count(char32_t character) {
    if (character != kNone) all_.push_back(character);
  }
  void Settle() {
    std::ranges::sort(all_);
    std::vector<char32_t> doubles;
    for (std::size_t i = 1; i < all_.size(); ++i) {
      const bool again = all_[i] == all_[i - 1] && (doubles.empty() || doubles.back() != all_[i]);
      if (again) doubles.push_back(all_[i]);
    }
    all_ = std::move(doubles);
  }
  bool empty() const { return all_.empty(); }
  bool AreIn(std::string_view text) const {
    for (std::size_t at = 0; at < text.size();) {
      if (std::ranges::binary_search(all_, TakeUtf8(text, at))) return true;
    }
    return false;
  }

 private:
  std::vector<char32_t> all_;
};

class Utf8Charset final : public Charset {
 public:
  bool Append(Bytes bytes, std::string& out) const override {
    if (!IsValidUtf8(bytes)) return false;
    out.append(AsText(bytes));
    return true;
  }
  bool is_utf8() const override { return true; }
};

// One byte a character; the lower half is ASCII but for swe7.
class SingleByteCharset final : public Charset {
 public:
  explicit SingleByteCharset(std::u16string_view upper) {
    for (std::size_t i = 0; i < table_.size(); ++i) {
      table_[i] = i < 128         ? static_cast<char16_t>(i)
                  : upper.empty() ? kNoCharacter
                                  : upper[i - 128];
    }
  }
  void Replace(std::uint8_t code, char16_t character) { table_[code] = character; }
  // When all codes have their characters.
  void Settle() {
    for (const char16_t character : table_) {
      doubles_.Count(character == kNoCharacter ? kNone : character);
    }
    doubles_.Settle();
  }

  bool has_shared_texts() const override { return !doubles_.empty(); }
  bool MayBeOthers(std::string_view text) const override { return doubles_.AreIn(text); }

  bool Append(Bytes bytes, std::string& out) const override {
    for (const std::uint8_t byte : bytes) {
      const char16_t character = table_[byte];
      if (character == kNoCharacter) return false;
      if (character < 0x80) {
        out += static_cast<char>(character);
      } else {
        AppendUtf8(character, out);
      }
    }
    return true;
  }

 private:
  std::array<char16_t, 256> table_{};
  Doubles doubles_;
};

// 16 bits a character, with or without surrogate pairs.
class Utf16Charset final : public Charset {
 public:
  Utf16Charset(bool little_endian, bool pairs) : little_endian_(little_endian), pairs_(pairs) {}

  bool Append(Bytes bytes, std::string& out) const override {
    if (bytes.size() % 2 != 0) return false;
    for (std::size_t i = 0; i < bytes.size(); i += 2) {
      char32_t unit = Unit(bytes, i);
      if (unit >= 0xD800 && unit < 0xE000) {
        if (!pairs_ || unit >= 0xDC00 || i + 4 > bytes.size()) return false;
        const char32_t low = Unit(bytes, i += 2);
        if (low < 0xDC00 || low >= 0xE000) return false;
        unit = 0x10000 + ((unit - 0xD800) << 10U) + (low - 0xDC00);
      }
      AppendUtf8(unit, out);
    }
    return true;
  }

 private:
  char32_t Unit(Bytes bytes, std::size_t at) const {
    const std::size_t high = little_endian_ ? at + 1 : at;
    const std::size_t low = little_endian_ ? at : at + 1;
    return static_cast<char32_t>(bytes[high] << 8U | bytes[low]);
  }

  bool little_endian_;
  bool pairs_;
};

class Utf32Charset final : public Charset {
 public:
  bool Append(Bytes bytes, std::string& out) const override {
    ByteReader in(bytes);
    if (bytes.size() % 4 != 0) return false;
    while (!in.empty()) {
      const auto character = static_cast<char32_t>(in.BigEndian(4));
      if (character > 0x10FFFF || (character >= 0xD800 && character < 0xE000)) return false;
      AppendUtf8(character, out);
    }
    return true;
  }
};

class Iconv {
 public:
  explicit Iconv(const char* from) : handle_(iconv_open("UTF-32LE", from)) {}
  ~Iconv() {
    if (ok()) iconv_close(handle_);
  }
  Iconv(const Iconv&) = delete;
  Iconv& operator=(const Iconv&) = delete;
  bool ok() const { return std::bit_cast<std::intptr_t>(handle_) != -1; }

  // The one character that the bytes are, if they are exactly one.
  std::optional<char32_t> Convert(std::span<const std::uint8_t> bytes) const {
    std::array<char, 4> input{};
    std::array<std::uint8_t, 16> output{};
    std::copy(bytes.begin(), bytes.end(), input.begin());
    char* in = input.data();
    char* out = reinterpret_cast<char*>(output.data());
    std::size_t in_left = bytes.size();
    std::size_t out_left = output.size();
    iconv(handle_, nullptr, nullptr, nullptr, nullptr);
    const std::size_t done = iconv(handle_, &in, &in_left, &out, &out_left);
    iconv(handle_, nullptr, nullptr, &out, &out_left);
    if (done != 0 || in_left != 0 || out_left != output.size() - 4) return {};
    return static_cast<char32_t>(ByteReader(Bytes(output)).U32());
  }

 private:
  iconv_t handle_;
};

// One to four bytes a character. Codes of one and two bytes are tabulated once from the C library
// and the servers' exceptions; longer ones are rare and converted one by one.
class MultiByteCharset final : public Charset {
 public:
  struct Exception {
    std::uint16_t code;
    char32_t character;
  };

  MultiByteCharset(const char* iconv_name, const char* second_name,
                   std::span<const Exception> exceptions)
      : iconv_(iconv_name), double_(1U << 16U, kNone) {
    const Iconv second(second_name);
    for (unsigned code = 0; code < 256; ++code) single_[code] = Lookup(second, {Byte(code)});
    for (unsigned code = 0x8000; code < 0x10000; ++code) {
      if (single_[code >> 8U] == kNone)
        double_[code] = Lookup(second, {Byte(code >> 8U), Byte(code)});
    }
    for (const Exception& exception : exceptions) double_[exception.code] = exception.character;
    FindDoubles();
  }

  bool has_shared_texts() const override { return !doubles_.empty(); }
  bool MayBeOthers(std::string_view text) const override { return doubles_.AreIn(text); }

  bool Append(Bytes bytes, std::string& out) const override {
    std::size_t at = 0;
    while (at < bytes.size()) {
      const std::uint8_t lead = bytes[at];
      if (lead < 0x80) {
        out += static_cast<char>(lead);
        ++at;
        continue;
      }
      char32_t character = single_[lead];
      std::size_t length = 1;
      if (character == kNone && at + 1 < bytes.size()) {
        character = double_[static_cast<std::size_t>(lead) << 8U | bytes[at + 1]];
        length = 2;
      }
      if (character == kNone) character = Long(bytes.subspan(at), length);
      if (character == kNone) return false;
      AppendUtf8(character, out);
      at += length;
    }
    return true;
  }

 private:
  void FindDoubles() {
    for (char32_t code = 0; code < 0x80; ++code) doubles_.Count(code);
    for (unsigned code = 0x80; code < 0x100; ++code) doubles_.Count(single_[code]);
    for (const char32_t character : double_) doubles_.Count(character);
    CountLong();
    doubles_.Settle();
  }

  // Of the EUCs: JIS X 0212, behind 0x8F.
  void CountLong() {
    constexpr unsigned kLead = 0x8F;
    if (single_[kLead] != kNone) return;
    for (unsigned code = 0xA1A1; code < 0xFFFF; ++code) {
      const std::array<std::uint8_t, 3> bytes{Byte(kLead), Byte(code >> 8U), Byte(code)};
      if (bytes[2] >= 0xA1) doubles_.Count(Convert(bytes).value_or(kNone));
    }
  }

  static std::uint8_t Byte(unsigned code) { return static_cast<std::uint8_t>(code & 0xFFU); }

  char32_t Lookup(const Iconv& second, std::initializer_list<std::uint8_t> bytes) const {
    const std::span<const std::uint8_t> code(bytes.begin(), bytes.size());
    if (const auto first = Convert(code)) return *first;
    return second.ok() ? second.Convert(code).value_or(kNone) : kNone;
  }

  char32_t Long(Bytes rest, std::size_t& length) const {
    for (length = 3; length <= 4 && length <= rest.size(); ++length) {
      if (const auto character = Convert(rest.first(length))) return *character;
    }
    return kNone;
  }

  std::optional<char32_t> Convert(std::span<const std::uint8_t> code) const {
    const MutexLock lock(mutex_);  // a conversion descriptor has state
    return iconv_.Convert(code);
  }

  mutable Mutex mutex_;
  Iconv iconv_ GUARDED_BY(mutex_);
  std::array<char32_t, 256> single_{};
  std::vector<char32_t> double_;
  Doubles doubles_;
};

std::u16string_view SingleByteTable(std::string_view name) {
  struct Row {
    std::string_view name;
    std::u16string_view upper;
  };
  static constexpr Row kRows[] = {
#define FORESET_CHARSET(name, characters) {name, characters},
#include "foreset/capture/mysql/charset_single_byte.inc"
#undef FORESET_CHARSET
  };
  for (const Row& row : kRows) {
    if (row.name == name) return row.upper;
  }
  return {};
}

std::span<const MultiByteCharset::Exception> ExceptionsOf(std::string_view name) {
#define FORESET_CHARSET(charset, ...)                                           \
  if (name == (charset)) {                                                      \
    static constexpr MultiByteCharset::Exception kExceptions[] = {__VA_ARGS__}; \
    return kExceptions;                                                         \
  }
#include "foreset/capture/mysql/charset_exceptions.inc"
#undef FORESET_CHARSET
  return {};
}

std::unique_ptr<Charset> MakeMultiByte(std::string_view name) {
  struct Row {
    std::string_view name;
    const char* first;
    const char* second;  // for what the first lacks but the server knows
  };
  static constexpr Row kRows[] = {{"gbk", "GBK", "GBK"},
                                  {"gb2312", "GB2312", "GB2312"},
                                  {"gb18030", "GB18030", "GB18030"},
                                  {"big5", "BIG5", "BIG5"},
                                  {"sjis", "SJIS", "SJIS"},
                                  {"cp932", "CP932", "CP932"},
                                  {"euckr", "UHC", "UHC"},
                                  {"ujis", "EUC-JP", "EUC-JP-MS"},
                                  {"eucjpms", "EUC-JP-MS", "EUC-JP-MS"}};
  for (const Row& row : kRows) {
    if (row.name != name || !Iconv(row.first).ok()) continue;
    return std::make_unique<MultiByteCharset>(row.first, row.second, ExceptionsOf(name));
  }
  return nullptr;
}

std::unique_ptr<Charset> MakeSingleByte(std::u16string_view upper) {
  auto charset = std::make_unique<SingleByteCharset>(upper);
  charset->Settle();
  return charset;
}

std::unique_ptr<Charset> MakeSwe7() {
  auto charset = std::make_unique<SingleByteCharset>(std::u16string_view());
  constexpr std::string_view kCodes = "@[\\]^`{|}~";
  constexpr std::u16string_view kCharacters = u"ÉÄÖÅÜéäöåü";
  for (std::size_t i = 0; i < kCodes.size(); ++i) {
    charset->Replace(static_cast<std::uint8_t>(kCodes[i]), kCharacters[i]);
  }
  charset->Settle();
  return charset;
}

std::unique_ptr<Charset> MakeCharset(std::string_view name) {
  if (name == "utf8mb4" || name == "utf8mb3" || name == "binary") {
    return std::make_unique<Utf8Charset>();
  }
  if (name == "ascii") return MakeSingleByte({});
  if (name == "swe7") return MakeSwe7();
  if (name == "ucs2") return std::make_unique<Utf16Charset>(false, false);
  if (name == "utf16") return std::make_unique<Utf16Charset>(false, true);
  if (name == "utf16le") return std::make_unique<Utf16Charset>(true, true);
  if (name == "utf32") return std::make_unique<Utf32Charset>();
  if (const auto upper = SingleByteTable(name); !upper.empty()) {
    return MakeSingleByte(upper);
  }
  return MakeMultiByte(name);
}

// Made on first use: each is a constant, and the tables of the large ones take milliseconds.
class Charsets {
 public:
  const Charset* Find(std::string_view name) {
    const MutexLock lock(mutex_);
    for (const auto& [known, charset] : made_) {
      if (known == name) return charset.get();
    }
    auto charset = MakeCharset(name);
    if (charset == nullptr) return nullptr;
    return made_.emplace_back(std::string(name), std::move(charset)).second.get();
  }

 private:
  Mutex mutex_;
  std::vector<std::pair<std::string, std::unique_ptr<Charset>>> made_ GUARDED_BY(mutex_);
};

}  // namespace

const Charset* FindCharset(std::string_view name) {
  static Charsets charsets;
  return charsets.Find(name == "utf8" ? "utf8mb3" : name);
}

bool IsValidUtf8(Bytes bytes) {
  return simdjson::validate_utf8(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

char32_t TakeUtf8(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) {
    ++at;
    return first;
  }
  const std::size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  char32_t character = first & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) character = character << 6U | (byte(i) & 0x3FU);
  at += length;
  return character;
}

void AppendUtf8(char32_t character, std::string& out) {
  const auto tail = [&](unsigned shift) {
    out += static_cast<char>(0x80U | (character >> shift & 0x3FU));
  };
  if (character < 0x80) {
    out += static_cast<char>(character);
  } else if (character < 0x800) {
    out += static_cast<char>(0xC0U | character >> 6U);
    tail(0);
  } else if (character < 0x10000) {
    out += static_cast<char>(0xE0U | character >> 12U);
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xF0U | character >> 18U);
    tail(12);
    tail(6);
    tail(0);
  }
}

}  // namespace foreset::mysql
