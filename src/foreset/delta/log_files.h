// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "foreset/delta/actions.h"

// Names of the files of a Delta log (PROTOCOL.md, "File Types", "Checkpoint Naming Scheme").
namespace foreset::delta {

inline constexpr std::string_view kLogFolder = "_delta_log/";
inline constexpr std::string_view kSidecarFolder = "_delta_log/_sidecars/";
inline constexpr std::string_view kLastCheckpointPath = "_delta_log/_last_checkpoint";

enum class LogFileKind : std::uint8_t {
  kCommit,              // <v>.json
  kClassicCheckpoint,   // <v>.checkpoint.parquet
  kPartOfCheckpoint,    // <v>.checkpoint.<part>.<parts>.parquet
  kUuidCheckpoint,      // <v>.checkpoint.<uuid>.parquet or .json
  kCompacted,           // <v>.<to>.compacted.json
  kChecksum,            // <v>.crc
};

struct LogFileName {
  LogFileKind kind = LogFileKind::kCommit;
  Version version;
  std::uint32_t part = 0;   // from 1; kPartOfCheckpoint only
  std::uint32_t parts = 0;  // kPartOfCheckpoint only
  bool json = false;        // kUuidCheckpoint: JSON instead of Parquet
  Version to;               // kCompacted only
  bool operator==(const LogFileName&) const = default;
};

// Nothing when the path (below the table's root) is no file of the Delta log proper.
std::optional<LogFileName> ParseLogFile(std::string_view path);

// "_delta_log/00000000000000000007"
std::string LogFilePrefix(Version version);
// "_delta_log/00000000000000000007.json"
std::string CommitPath(Version version);
// "_delta_log/00000000000000000007.checkpoint.parquet"
std::string ClassicCheckpointPath(Version version);

}  // namespace foreset::delta
