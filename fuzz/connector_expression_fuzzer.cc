// SPDX-License-Identifier: MIT
// Debezium's expressions of tables: globs, or none; never too many, never without end.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "foreset/cli/connector/connector_mapping.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kMost = 1000;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (foreset::cli::GlobsOfExpression(text).size() > kMost) std::abort();
  return 0;
}
