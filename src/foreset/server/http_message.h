// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "foreset/base/error.h"

// A request and its reply as values: what resources see of HTTP.
namespace foreset::server {

struct HttpRequest {
  std::string method;  // in capitals
  std::string path;    // as it came, still percent-encoded, without the query
  std::multimap<std::string, std::string> query;    // decoded
  std::multimap<std::string, std::string> headers;  // names in small letters
  std::string body;
};

struct HttpReply {
  int status = 200;
  std::string body;                                          // empty: none
  std::vector<std::pair<std::string, std::string>> headers;  // besides the usual ones
  std::string media_type = "application/json";               // of the body
};

// A reply with a JSON body.
HttpReply JsonReply(int status, std::string body);
// A reply without a body.
HttpReply EmptyReply(int status);
// {"error_code":404,"message":"…"}: Kafka Connect's body of everything that went wrong.
HttpReply Refusal(int status, std::string_view message);
// The same for a failure: the status that its code or kind stands for, its text with its code, and
// the next step.
HttpReply Refusal(const Error& error);

}  // namespace foreset::server
