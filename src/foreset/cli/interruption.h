// SPDX-License-Identifier: MIT
#pragma once

#include <stop_token>
#include <string_view>

#include <fmt/format.h>

#include "foreset/base/result.h"

namespace foreset::cli {

// kCancelled once a stop is requested: `what` was interrupted.
inline Status UnlessStopped(const std::stop_token& stop, std::string_view what) {
  if (!stop.stop_requested()) return {};
  return Err(ErrorKind::kCancelled, ErrorCode::kCancelled, fmt::format("{} was interrupted", what));
}

}  // namespace foreset::cli
