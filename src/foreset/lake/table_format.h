// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace foreset::lake {

// Delta tables; or Parquet files by a manifest (parquet_layout.h), for readers without Delta.
enum class TableFormat : std::uint8_t { kDelta, kParquet };

}  // namespace foreset::lake
