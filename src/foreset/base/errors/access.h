// SPDX-License-Identifier: MIT
#pragma once

#include "foreset/base/error.h"

// The codes of errors/access.inc, for those who make them.
namespace foreset::access_error {

#define FORESET_ERROR(number, name, exit, title, cause, next) \
  inline constexpr ErrorCode name{number};
#include "foreset/base/errors/access.inc"
#undef FORESET_ERROR

}  // namespace foreset::access_error
