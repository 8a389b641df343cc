// SPDX-License-Identifier: MIT
#include "foreset/pipeline/table_trouble.h"

#include <fmt/format.h>

namespace foreset::pipeline {
namespace {

constexpr int kSource = 2;

int AreaOf(ErrorCode code) {
  constexpr int kThousand = 1000;
  return static_cast<int>(code) / kThousand;
}

}  // namespace

bool IsOfSource(const Error& error) {
  return AreaOf(error.code) == kSource && error.code != ErrorCode::kEngineUnsupported &&
         error.code != ErrorCode::kColumnTypeUnsupported;
}

bool IsOfTableAlone(const Error& error) {
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
  return error.code != ErrorCode::kLakeLocked;
}

Error BrokenPromise(const std::string& table, const std::string& what) {
  return {ErrorKind::kInternal, ErrorCode::kInternal, fmt::format("{}: {}", table, what), {}};
}

}  // namespace foreset::pipeline
