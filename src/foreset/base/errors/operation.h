// SPDX-License-Identifier: MIT
#pragma once

#include "foreset/base/error.h"

// The codes of errors/operation.inc, for those who make them.
namespace foreset::operation_error {

#define FORESET_ERROR(number, name, exit, title, cause, next) \
  inline constexpr ErrorCode name{number};
#include "foreset/base/errors/operation.inc"
#undef FORESET_ERROR

}  // namespace foreset::operation_error
