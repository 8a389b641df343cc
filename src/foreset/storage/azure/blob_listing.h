// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foreset/base/clock.h"
#include "foreset/base/result.h"
#include "foreset/storage/object_store.h"

namespace foreset::azure {

// One page of "List Blobs".
struct BlobPage {
  std::vector<ObjectInfo> blobs;      // paths are the blobs' names; folders' own entries left out
  std::vector<std::string> prefixes;  // with a delimiter: names that end with it
  std::string next_marker;            // empty on the last page
};

// kCorruption when the text is not such a page.
Result<BlobPage> ParseBlobPage(std::string_view xml);

// The service's own words in an error's body.
struct ServiceError {
  std::string code;  // "BlobAlreadyExists"; empty where the body is none of the service's
  std::string message;
  std::string detail;  // AuthenticationErrorDetail
};
ServiceError ParseServiceError(std::string_view xml);

// "Thu, 26 Nov 2026 05:41:08 GMT" (RFC 9110, IMF-fixdate); nothing for any other text.
std::optional<Timestamp> ParseHttpDate(std::string_view text);
std::string FormatHttpDate(Timestamp time);

}  // namespace foreset::azure
