// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "foreset/base/byte_reader.h"

// ZeroMQ's base-85 text, in which deletion vectors spell UUIDs and inline bytes ("Deletion Vector
// Descriptor Schema"): five characters for four bytes.
namespace foreset::delta {

// The bytes are padded with zeros to a multiple of four.
std::string EncodeZ85(Bytes bytes);
// Nothing when the length is no multiple of five or a character or value is out of range.
std::optional<std::string> DecodeZ85(std::string_view text);

}  // namespace foreset::delta
