// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "foreset/base/result.h"
#include "foreset/delta/actions.h"

// What a table's protocol asks of its readers (PROTOCOL.md, "Table Features", "Reader Version
// Requirements"), and the table properties that reading needs.
namespace foreset::delta {

// kUnsupported names each reader feature that is not there, or the reader version.
Status CheckReadable(const Protocol& protocol);

// True when the protocol lists the feature, or its numbers imply it ("Valid Feature Names in Table
// Features").
bool SupportsFeature(const Protocol& protocol, std::string_view name);

enum class ColumnMappingMode : std::uint8_t { kNone, kName, kId };

// kUnsupported when the mode is not known.
Result<ColumnMappingMode> ColumnMappingModeOf(const Metadata& metadata);

// "interval 1 week", "interval 2 days 12 hours", "30 minutes" in milliseconds; nothing when the
// text is not an interval of fixed length.
std::optional<std::int64_t> ParseIntervalMs(std::string_view text);

// delta.deletedFileRetentionDuration, one week where the table does not say.
std::int64_t TombstoneRetentionMs(const Metadata& metadata);

// delta.enableInCommitTimestamps, and since which version. Nothing when the table has none.
std::optional<Version> InCommitTimestampsSince(const Metadata& metadata);

}  // namespace foreset::delta
