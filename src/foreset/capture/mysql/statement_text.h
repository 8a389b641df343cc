// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace foreset::mysql {

// The statement in UTF-8. A client's bytes that are not valid in its character set stay as they
// are where they are ASCII, else become U+FFFD: identifiers survive, and no statement is lost.
std::string StatementText(std::string_view text, std::uint16_t collation);

}  // namespace foreset::mysql
