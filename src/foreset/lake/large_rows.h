// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

#include "foreset/base/turns.h"
#include "foreset/model/change_batch.h"

namespace foreset::lake {

// Batches whose rows are large, a megabyte and more, take several times their size while they are
// written: they are written one at a time. The turn that the batch's writer waits for, which
// batches of other rows get at once.
[[nodiscard]] inline Turns::Turn TurnFor(Turns& turns, const ChangeBatch& batch) {
  constexpr std::size_t kLargeRow = 1UL << 20U;
  const std::size_t bytes = MemoryBytes(batch);
  return turns.Take(batch.empty() || bytes / batch.size() < kLargeRow ? 0 : bytes);
}

}  // namespace foreset::lake
