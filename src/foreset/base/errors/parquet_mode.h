// SPDX-License-Identifier: MIT
#pragma once

#include "foreset/base/error.h"

// The codes of errors/parquet_mode.inc, for those who make them.
namespace foreset::parquet_mode_error {

#define FORESET_ERROR(number, name, exit, title, cause, next) \
  inline constexpr ErrorCode name{number};
#include "foreset/base/errors/parquet_mode.inc"
#undef FORESET_ERROR

}  // namespace foreset::parquet_mode_error
