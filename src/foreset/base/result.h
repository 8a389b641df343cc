// SPDX-License-Identifier: MIT
#pragma once

#include <expected>
#include <string>
#include <utility>

#include "foreset/base/error.h"

namespace foreset {

// What every fallible function returns: the value, or why there is none. A std::expected that the
// compiler does not let a caller drop.
template <typename T>
class [[nodiscard]] Result : public std::expected<T, Error> {
 public:
  using std::expected<T, Error>::expected;
};
using Status = Result<void>;

// Makes a failure: `return Err(ErrorKind::kCorruption, ErrorCode::kDeltaCorrupt, "…");`
inline std::unexpected<Error> Err(ErrorKind kind, ErrorCode code, std::string message,
                                  std::string next_step = {}) {
  return std::unexpected(Error{kind, code, std::move(message), std::move(next_step)});
}

}  // namespace foreset

// The value of a Result, or return its error from the enclosing function:
// `auto table = TRY(Open(path));`. Works for move-only values; not for Result<void>.
#define TRY(expression)                                                             \
  __extension__({                                                                   \
    auto foreset_result = (expression);                                             \
    if (!foreset_result) return std::unexpected(std::move(foreset_result).error()); \
    *std::move(foreset_result);                                                     \
  })

// Returns the error of a Result (of any type) from the enclosing function; drops the value.
#define RETURN_IF_ERROR(expression)                              \
  do {                                                           \
    if (auto foreset_status = (expression); !foreset_status) {   \
      return std::unexpected(std::move(foreset_status).error()); \
    }                                                            \
  } while (false)
