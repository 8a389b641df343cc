// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>

#include "foreset/base/byte_reader.h"

namespace foreset::delta {

// How many bytes at the front are one well-formed portable 32-bit Roaring bitmap
// (RoaringFormatSpec): known cookie, keys and values ascending, cardinalities true. Nothing when
// they are not. The library trusts what it is given, and so may only be given what passes here.
std::optional<std::size_t> MeasureRoaring(Bytes bytes);

}  // namespace foreset::delta
