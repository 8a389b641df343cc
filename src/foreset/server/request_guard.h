// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "foreset/base/secret.h"
#include "foreset/server/http_message.h"

namespace foreset::server {

struct GuardOptions {
  // Names by which the server may be called, without ports: a page of another name that resolves
  // to this machine (DNS rebinding) is turned away.
  std::vector<std::string> hosts;
  Secret token;  // empty: none is asked for
};

// Looks at every request before anything else does, and before its body is read. The refusal, or
// nothing for a request that may pass: 421 for a Host that is none of ours or not exactly one, 403
// for a browser's request from another origin, 401 without the token, 415 for a body that is not
// declared to be JSON.
std::optional<HttpReply> RefuseRequest(const HttpRequest& request, const GuardOptions& options);

// "localhost" of "localhost:8083", "::1" of "[::1]:8083"; in small letters.
std::string HostNameOf(std::string_view authority);

// True for an address that only this machine reaches, and for "localhost".
bool IsLoopback(std::string_view host);

}  // namespace foreset::server
