// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "foreset/lake/lake.h"

namespace foreset::pipeline {

// Resident memory for each row of silver, and again of each current table of gold, as measured
// with ten million rows: 40 bytes a slot (lake/key_index.h), a fifth or so of them free.
inline constexpr std::size_t kIndexBytesPerRow = 55;

// Rows of the source's tables, as the server guesses them.
using RowEstimates = std::vector<std::pair<TableId, std::uint64_t>>;

// What the key indexes of the layers that are kept will take.
std::uint64_t EstimateIndexBytes(const lake::LakeLayout& layout, const RowEstimates& rows);

// What is to be said when indexes of so many bytes leave too little of the memory limit, half of
// it, to rounds and encoders; else nothing.
std::optional<std::string> IndexesExceed(std::size_t memory_limit_bytes, std::uint64_t bytes);

}  // namespace foreset::pipeline
