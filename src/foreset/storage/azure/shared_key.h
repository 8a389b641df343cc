// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "foreset/base/secret.h"

namespace foreset::azure {

// What of a request its signature covers.
struct SignedParts {
  std::string method;
  std::string url_path;                        // as sent: escaped, with the leading '/'
  std::map<std::string, std::string> query;    // names in lower case, values plain
  std::map<std::string, std::string> headers;  // names in lower case
  std::size_t body_bytes = 0;
};

// The value of the Authorization header ("Authorize with Shared Key", Blob service, 2009-09-19 and
// later). Empty when the key is not base64.
std::string SharedKeyAuthorization(const SignedParts& parts, const std::string& account,
                                   const Secret& key);

}  // namespace foreset::azure
