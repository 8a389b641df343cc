// SPDX-License-Identifier: MIT
#pragma once

#include <utility>

#include <arrow/result.h>
#include <arrow/status.h>

#include "foreset/base/result.h"

// Between Arrow's failures and Foreset's, in both directions: an Error that passes through Arrow
// (a store that fails under a Parquet reader, say) comes out as it went in.
namespace foreset {

// What a failure of Arrow means where it was met. The default is for calls that only a bug in
// Foreset can make fail, such as finishing a builder.
struct ArrowBlame {
  ErrorKind kind = ErrorKind::kInternal;
  ErrorCode code = ErrorCode::kInternal;
};

// The Error that the status carries, else one of the blamed kind with its message; running out of
// memory is always kTransient. `status` must not be OK.
Error ErrorFromArrow(const arrow::Status& status, ArrowBlame blame = {});
// A status that carries the error.
arrow::Status ToArrow(Error error);

inline Status FromArrow(const arrow::Status& status, ArrowBlame blame = {}) {
  if (status.ok()) return {};
  return std::unexpected(ErrorFromArrow(status, blame));
}

template <typename T>
Result<T> FromArrow(arrow::Result<T> result, ArrowBlame blame = {}) {
  if (!result.ok()) return std::unexpected(ErrorFromArrow(result.status(), blame));
  return std::move(result).MoveValueUnsafe();
}

}  // namespace foreset
