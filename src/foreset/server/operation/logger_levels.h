// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "foreset/base/messages.h"

namespace foreset::server {

// "debug", "info", "warning", "error".
std::string_view NameOfLevel(MessageLevel level);
// In any case of letters; also "warn", and Log4j's words that fall together with ours: TRACE, ALL,
// FATAL, OFF.
std::optional<MessageLevel> LevelOfName(std::string_view name);

}  // namespace foreset::server
