// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "foreset/delta/actions.h"
#include "foreset/delta/snapshot.h"

namespace foreset::lake {

// What the statistics of a data file say (PROTOCOL.md, "Per-file Statistics"); nothing when they
// do not say it. The file may have been written by another program.

// Physical rows, deleted ones too.
std::optional<std::int64_t> NumRecords(const delta::AddFile& file);
// Rows of the snapshot's files that no deletion vector hides; those of files that do not say their
// rows are not counted.
std::int64_t LiveRows(const delta::Snapshot& snapshot);
// Bounds of a top-level column.
std::optional<std::int64_t> MinLong(const delta::AddFile& file, std::string_view column);
std::optional<std::int64_t> MaxLong(const delta::AddFile& file, std::string_view column);
std::optional<std::string> MinText(const delta::AddFile& file, std::string_view column);
std::optional<std::string> MaxText(const delta::AddFile& file, std::string_view column);

// Marks data files whose rows stand in the order in which they came: those that Foreset wrote.
delta::Tags OrderedTags();
bool IsOrdered(const delta::AddFile& file);

// The file with a deletion vector, as it may be added anew: "wide bounds".
delta::AddFile WithDeletionVector(delta::AddFile file, delta::DeletionVectorDescriptor vector);

}  // namespace foreset::lake
