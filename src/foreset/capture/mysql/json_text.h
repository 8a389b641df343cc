// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "foreset/base/byte_reader.h"

namespace foreset::mysql {

// The pieces of JSON text as MySQL's SELECT shows them: ", " and ": " between parts, doubles in
// their shortest form with a point or an exponent, other types than JSON's own as strings. All
// append.
void AppendJsonString(std::string_view text, std::string& out);
void AppendJsonDouble(double value, std::string& out);
// A value of another SQL type: decimals as numbers, dates and times as strings with six fractional
// digits, the rest "base64:typeN:…". False when the bytes do not fit the type.
bool AppendJsonOpaque(std::uint8_t type, Bytes payload, std::string& out);

}  // namespace foreset::mysql
