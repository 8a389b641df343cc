// SPDX-License-Identifier: MIT
#pragma once

#include "foreset/base/error.h"

// The codes of errors/configuration.inc, for those who make them.
namespace foreset::configuration_error {

#define FORESET_ERROR(number, name, exit, title, cause, next) \
  inline constexpr ErrorCode name{number};
#include "foreset/base/errors/configuration.inc"
#undef FORESET_ERROR

}  // namespace foreset::configuration_error
