// SPDX-License-Identifier: MIT
#include "foreset/delta/table_features.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace foreset::delta {
namespace {

// Features whose tables are read right. Those that only concern writers stand here because some
// writers list them for readers too.
constexpr auto kReadable = std::to_array<std::string_view>({
    "appendOnly",
    "invariants",
    "checkConstraints",
    "generatedColumns",
    "allowColumnDefaults",
    "changeDataFeed",
    "columnMapping",
    "identityColumns",
    "deletionVectors",
    "rowTracking",
    "timestampNtz",
    "domainMetadata",
    "v2Checkpoint",
    "icebergCompatV1",
    "icebergCompatV2",
    "icebergWriterCompatV1",
    "clustering",
    "vacuumProtocolCheck",
    "inCommitTimestamp",
    "typeWidening",
    "typeWidening-preview",
    "inCommitTimestamp-preview",
    "rowTracking-preview",
    "variantType",
    "variantType-preview",
    "variantShredding",
    "variantShredding-preview",
});

// Features that a protocol without lists has by its numbers.
struct ImpliedFeature {
  std::string_view name;
  int reader_version;  // 0: readers need nothing
  int writer_version;
};
constexpr auto kImplied = std::to_array<ImpliedFeature>({
    {"appendOnly", 0, 2},
    {"invariants", 0, 2},
    {"checkConstraints", 0, 3},
    {"changeDataFeed", 0, 4},
    {"generatedColumns", 0, 4},
    {"columnMapping", 2, 5},
    {"identityColumns", 0, 6},
});

constexpr int kReaderFeaturesVersion = 3;
constexpr int kWriterFeaturesVersion = 7;

bool Lists(const std::optional<std::vector<std::string>>& features, std::string_view name) {
  return features && std::ranges::find(*features, name) != features->end();
}

std::optional<std::string> FindProperty(const Metadata& metadata, const char* key) {
  const auto at = metadata.configuration.find(key);
  if (at == metadata.configuration.end()) return std::nullopt;
  return at->second;
}

// Milliseconds in one of that unit; plural or not.
std::optional<double> UnitMs(std::string_view unit) {
  if (unit.ends_with('s')) unit.remove_suffix(1);
  if (unit == "week") return 7 * 86400e3;
  if (unit == "day") return 86400e3;
  if (unit == "hour") return 3600e3;
  if (unit == "minute") return 60e3;
  if (unit == "second") return 1e3;
  if (unit == "millisecond") return 1;
  if (unit == "microsecond") return 1e-3;
  return std::nullopt;
}

std::vector<std::string> Words(std::string_view text) {
  std::vector<std::string> words;
  bool inside = false;
  for (const char c : text) {
    if (c == ' ' || c == '\t') {
      inside = false;
      continue;
    }
    if (!inside) words.emplace_back();
    inside = true;
    words.back() += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return words;
}

}  // namespace

Status CheckReadable(const Protocol& protocol) {
  if (protocol.min_reader_version > kReaderFeaturesVersion || protocol.min_reader_version < 1) {
    return Err(ErrorKind::kUnsupported, ErrorCode::kDeltaUnsupported,
               fmt::format("the table needs reader version {}", protocol.min_reader_version));
  }
  if (protocol.min_reader_version < kReaderFeaturesVersion) return {};
  std::vector<std::string> missing;
  for (const std::string& name : protocol.reader_features.value_or(std::vector<std::string>())) {
    if (std::ranges::find(kReadable, name) == kReadable.end()) missing.push_back(name);
  }
  if (missing.empty()) return {};
  return Err(ErrorKind::kUnsupported, ErrorCode::kDeltaUnsupported,
             fmt::format("the table needs the reader feature {}", fmt::join(missing, ", ")));
}

bool SupportsFeature(const Protocol& protocol, std::string_view name) {
  if (Lists(protocol.reader_features, name) || Lists(protocol.writer_features, name)) return true;
  if (protocol.min_writer_version >= kWriterFeaturesVersion) return false;
  const auto* implied = std::ranges::find(kImplied, name, &ImpliedFeature::name);
  return implied != kImplied.end() && protocol.min_writer_version >= implied->writer_version &&
         protocol.min_reader_version >= implied->reader_version;
}

Result<ColumnMappingMode> ColumnMappingModeOf(const Metadata& metadata) {
  const std::string mode = FindProperty(metadata, "delta.columnMapping.mode").value_or("none");
  if (mode == "none") return ColumnMappingMode::kNone;
  if (mode == "name") return ColumnMappingMode::kName;
  if (mode == "id") return ColumnMappingMode::kId;
  return Err(ErrorKind::kUnsupported, ErrorCode::kDeltaUnsupported,
             fmt::format("column mapping mode '{}'", mode));
}

std::optional<std::int64_t> ParseIntervalMs(std::string_view text) {
  const std::vector<std::string> words = Words(text);
  const std::size_t first = !words.empty() && words[0] == "interval" ? 1 : 0;
  if (words.size() == first || (words.size() - first) % 2 != 0) return std::nullopt;
  double total_ms = 0;
  for (std::size_t i = first; i < words.size(); i += 2) {
    std::int64_t count = 0;
    const char* const end = words[i].data() + words[i].size();
    const auto read = std::from_chars(words[i].data(), end, count);
    const auto unit = UnitMs(words[i + 1]);
    if (read.ec != std::errc() || read.ptr != end || !unit) return std::nullopt;
    total_ms += static_cast<double>(count) * *unit;
  }
  constexpr double kLongestMs = 1e15;  // thirty thousand years
  if (total_ms < 0 || total_ms > kLongestMs) return std::nullopt;
  return static_cast<std::int64_t>(total_ms);
}

std::int64_t TombstoneRetentionMs(const Metadata& metadata) {
  constexpr std::int64_t kOneWeekMs = 7LL * 24 * 3600 * 1000;
  const auto text = FindProperty(metadata, "delta.deletedFileRetentionDuration");
  return text ? ParseIntervalMs(*text).value_or(kOneWeekMs) : kOneWeekMs;
}

std::optional<Version> InCommitTimestampsSince(const Metadata& metadata) {
  if (FindProperty(metadata, "delta.enableInCommitTimestamps") != "true") return std::nullopt;
  std::int64_t since = 0;
  if (const auto text = FindProperty(metadata, "delta.inCommitTimestampEnablementVersion")) {
    (void)std::from_chars(text->data(), text->data() + text->size(), since);
  }
  return Version(since);
}

}  // namespace foreset::delta
