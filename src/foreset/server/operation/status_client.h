// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "foreset/base/result.h"
#include "foreset/base/secret.h"

namespace foreset::server {

// How to ask a server of Foreset.
struct StatusUrl {
  std::string url;  // "http://127.0.0.1:9321"; a path stands before /api/v1/status
  Secret token;     // empty: none
  std::string ca;   // PEM file of the authority; empty: the system's
};

// The body of its /api/v1/status. kInvalidInput (kUsage) when the URL is none; kTransient
// (kStatusNotServed) when nothing answers, or not with a status. Waits at most half a minute.
Result<std::string> FetchStatus(const StatusUrl& from);

}  // namespace foreset::server
