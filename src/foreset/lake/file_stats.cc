// SPDX-License-Identifier: MIT
#include "foreset/lake/file_stats.h"

#include <algorithm>
#include <utility>

#include <simdjson.h>

namespace foreset::lake {
namespace {

constexpr char kOrderTag[] = "FORESET_ORDER";
constexpr std::string_view kTight = "\"tightBounds\":true";

// Gives `read` the statistics object; nothing when there is none.
template <typename T, typename Read>
std::optional<T> FromStats(const delta::AddFile& file, Read read) {
  if (!file.stats_json) return std::nullopt;
  simdjson::dom::parser parser;
  simdjson::dom::element stats;
  if (parser.parse(file.stats_json->data(), file.stats_json->size()).get(stats) !=
      simdjson::SUCCESS) {
    return std::nullopt;
  }
  return read(stats);
}

template <typename T, typename Value>
std::optional<T> Bound(const delta::AddFile& file, const char* bound, std::string_view column) {
  return FromStats<T>(file, [&](const simdjson::dom::element& stats) -> std::optional<T> {
    Value value{};
    if (stats[bound][column].get(value) != simdjson::SUCCESS) return std::nullopt;
    return T(value);
  });
}

}  // namespace

std::optional<std::int64_t> NumRecords(const delta::AddFile& file) {
  return FromStats<std::int64_t>(
      file, [](const simdjson::dom::element& stats) -> std::optional<std::int64_t> {
        std::int64_t value = 0;
        if (stats["numRecords"].get(value) != simdjson::SUCCESS) return std::nullopt;
        return value;
      });
}

std::int64_t LiveRows(const delta::Snapshot& snapshot) {
  std::int64_t rows = 0;
  for (const delta::AddFile& file : snapshot.files()) {
    rows += NumRecords(file).value_or(0);
    if (file.deletion_vector) rows -= file.deletion_vector->cardinality;
  }
  return std::max<std::int64_t>(rows, 0);
}

std::optional<std::int64_t> MinLong(const delta::AddFile& file, std::string_view column) {
  return Bound<std::int64_t, std::int64_t>(file, "minValues", column);
}

std::optional<std::int64_t> MaxLong(const delta::AddFile& file, std::string_view column) {
  return Bound<std::int64_t, std::int64_t>(file, "maxValues", column);
}

std::optional<std::string> MinText(const delta::AddFile& file, std::string_view column) {
  return Bound<std::string, std::string_view>(file, "minValues", column);
}

std::optional<std::string> MaxText(const delta::AddFile& file, std::string_view column) {
  return Bound<std::string, std::string_view>(file, "maxValues", column);
}

delta::Tags OrderedTags() { return {{kOrderTag, "arrival"}}; }

bool IsOrdered(const delta::AddFile& file) { return file.tags && file.tags->contains(kOrderTag); }

delta::AddFile WithDeletionVector(delta::AddFile file, delta::DeletionVectorDescriptor vector) {
  file.deletion_vector = std::move(vector);
  if (!file.stats_json) return file;
  std::string& stats = *file.stats_json;
  if (const std::size_t tight = stats.find(kTight); tight != std::string::npos) {
    stats.replace(tight, kTight.size(), "\"tightBounds\":false");
  } else if (stats.ends_with('}')) {
    stats.insert(stats.size() - 1, ",\"tightBounds\":false");
  }
  return file;
}

}  // namespace foreset::lake
