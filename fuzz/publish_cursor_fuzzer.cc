// SPDX-License-Identifier: MIT
// Any bytes as the progress of publishing: what is read can be written and read again.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "foreset/pipeline/publish_cursor.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using foreset::pipeline::PublishCursorFromJson;
  const auto cursor = PublishCursorFromJson({reinterpret_cast<const char*>(data), size});
  if (!cursor) return 0;
  const auto again = PublishCursorFromJson(foreset::pipeline::ToJson(*cursor));
  if (!again || *again != *cursor) std::abort();
  return 0;
}
