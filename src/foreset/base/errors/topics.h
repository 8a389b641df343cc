// SPDX-License-Identifier: MIT
#pragma once

#include "foreset/base/error.h"

// The codes of errors/topics.inc, for those who make them.
namespace foreset::topics_error {

#define FORESET_ERROR(number, name, exit, title, cause, next) \
  inline constexpr ErrorCode name{number};
#include "foreset/base/errors/topics.inc"
#undef FORESET_ERROR

}  // namespace foreset::topics_error
