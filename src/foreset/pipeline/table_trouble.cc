// SPDX-License-Identifier: MIT
#include "foreset/pipeline/table_trouble.h"

#include <fmt/format.h>

namespace foreset::pipeline {

bool IsOfTableAlone(const Error& error) {
  constexpr int kThousand = 1000;
  constexpr int kStorage = 3;
  switch (error.kind) {
    case ErrorKind::kTransient:
    case ErrorKind::kCancelled:
    case ErrorKind::kCommitUnknown:
      return false;
    case ErrorKind::kNotFound:
    case ErrorKind::kCorruption:
    case ErrorKind::kInternal:
      return true;
    case ErrorKind::kInvalidInput:
    case ErrorKind::kUnsupported:
      break;
  }
  return static_cast<int>(error.code) / kThousand != kStorage;
}

Error BrokenPromise(const std::string& table, const std::string& what) {
  return {ErrorKind::kInternal, ErrorCode::kInternal, fmt::format("{}: {}", table, what), {}};
}

}  // namespace foreset::pipeline
