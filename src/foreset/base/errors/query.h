// SPDX-License-Identifier: MIT
#pragma once

#include "foreset/base/error.h"

// The codes of errors/query.inc, for those who make them.
namespace foreset::query_error {

#define FORESET_ERROR(number, name, exit, title, cause, next) \
  inline constexpr ErrorCode name{number};
#include "foreset/base/errors/query.inc"
#undef FORESET_ERROR

}  // namespace foreset::query_error
