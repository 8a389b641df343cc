// SPDX-License-Identifier: MIT
#include "foreset/delta/log_files.h"

#include <charconv>
#include <vector>

#include <fmt/format.h>

namespace foreset::delta {
namespace {

// Far beyond any version, far from where counting on would overflow.
constexpr std::int64_t kMaxVersion = 1'000'000'000'000'000'000;

// All digits, of exactly that width, within the type.
template <typename T>
std::optional<T> Digits(std::string_view text, std::size_t width) {
  T value = 0;
  if (text.size() != width || text.front() < '0' || text.front() > '9') return std::nullopt;
  const auto read = std::from_chars(text.data(), text.data() + width, value);
  if (read.ec != std::errc() || read.ptr != text.data() + width) return std::nullopt;
  return value;
}

std::vector<std::string_view> SplitAtDots(std::string_view text) {
  std::vector<std::string_view> words;
  for (;;) {
    const std::size_t dot = text.find('.');
    words.push_back(text.substr(0, dot));
    if (dot == std::string_view::npos) return words;
    text.remove_prefix(dot + 1);
  }
}

std::optional<LogFileName> ParseCheckpoint(LogFileName file,
                                           const std::vector<std::string_view>& words) {
  const bool parquet = words.back() == "parquet";
  if (words.size() == 3 && parquet) {
    file.kind = LogFileKind::kClassicCheckpoint;
    return file;
  }
  if (words.size() == 5 && parquet) {
    const auto part = Digits<std::uint32_t>(words[2], 10);
    const auto parts = Digits<std::uint32_t>(words[3], 10);
    if (!part || !parts || *part < 1 || *part > *parts) return std::nullopt;
    file.kind = LogFileKind::kPartOfCheckpoint;
    file.part = *part;
    file.parts = *parts;
    return file;
  }
  if (words.size() == 4 && words[2].size() == 36 && (parquet || words[3] == "json")) {
    file.kind = LogFileKind::kUuidCheckpoint;
    file.json = !parquet;
    return file;
  }
  return std::nullopt;
}

}  // namespace

std::optional<LogFileName> ParseLogFile(std::string_view path) {
  if (!path.starts_with(kLogFolder)) return std::nullopt;
  path.remove_prefix(kLogFolder.size());
  if (path.find('/') != std::string_view::npos) return std::nullopt;
  const std::vector<std::string_view> words = SplitAtDots(path);
  const auto version = Digits<std::int64_t>(words.front(), 20);
  if (!version || *version > kMaxVersion || words.size() < 2) return std::nullopt;
  LogFileName file;
  file.version = Version(*version);
  if (words[1] == "checkpoint") return ParseCheckpoint(file, words);
  if (words.size() == 2 && words[1] == "json") return file;
  if (words.size() == 2 && words[1] == "crc") {
    file.kind = LogFileKind::kChecksum;
    return file;
  }
  if (words.size() == 4 && words[2] == "compacted" && words[3] == "json") {
    const auto to = Digits<std::int64_t>(words[1], 20);
    if (!to || *to < *version || *to > kMaxVersion) return std::nullopt;
    file.kind = LogFileKind::kCompacted;
    file.to = Version(*to);
    return file;
  }
  return std::nullopt;
}

std::string LogFilePrefix(Version version) {
  return fmt::format("{}{:020}", kLogFolder, version.value());
}

std::string CommitPath(Version version) { return LogFilePrefix(version) + ".json"; }

std::string ClassicCheckpointPath(Version version) {
  return LogFilePrefix(version) + ".checkpoint.parquet";
}

}  // namespace foreset::delta
