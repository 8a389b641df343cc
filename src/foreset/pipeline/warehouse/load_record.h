// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "foreset/base/result.h"

namespace foreset::pipeline {

// A version of a table that a load read. `id` tells a table from one that was made anew at its
// place.
struct ReadVersion {
  std::string id;
  std::int64_t version = 0;
  bool operator==(const ReadVersion&) const = default;
};

// The domain in which every commit of a load says what the table was made from.
inline constexpr char kLoadDomain[] = "foreset.warehouse";

// What a table of the warehouse was made from: the next load begins there.
struct LoadRecord {
  std::string model;
  std::string definition;
  std::int64_t loads = 0;                    // version of the `txn` action: +1 with each commit
  std::string position;                      // JSON of the source's position; may be empty
  std::map<std::string, ReadVersion> reads;  // "silver.Orders", "DimProduct"
  bool operator==(const LoadRecord&) const = default;
};

std::string ToJson(const LoadRecord& record);
// kCorruption (kProgressDamaged) when the text is not such an object.
Result<LoadRecord> LoadRecordFromJson(std::string_view json);

}  // namespace foreset::pipeline
