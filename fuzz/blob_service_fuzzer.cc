// SPDX-License-Identifier: MIT
// What comes back from Azure: listings, errors, dates and tokens.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "foreset/storage/azure/blob_listing.h"
#include "foreset/storage/azure/token_request.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto page = foreset::azure::ParseBlobPage(text);
  if (page) {
    for (const auto& blob : page->blobs) {
      if (blob.path.empty()) __builtin_trap();
    }
  }
  static_cast<void>(foreset::azure::ParseServiceError(text));
  if (const auto time = foreset::azure::ParseHttpDate(text)) {
    static_cast<void>(foreset::azure::FormatHttpDate(*time));
  }
  const auto token = foreset::azure::ParseTokenReply(text);
  if (token && token->token.empty()) __builtin_trap();
  return 0;
}
