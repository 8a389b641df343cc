// SPDX-License-Identifier: MIT
// Bodies and paths of requests: whatever comes is understood or refused, and never quoted.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "foreset/server/request_body.h"
#include "foreset/server/request_guard.h"
#include "foreset/server/router.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)foreset::server::ReadNewConnector(text);
  (void)foreset::server::ReadOptions(text);
  (void)foreset::server::ReadOffsets(text);
  (void)foreset::server::SegmentsOf(text);
  const std::string host = foreset::server::HostNameOf(text);
  if (host.size() > size) std::abort();
  return 0;
}
