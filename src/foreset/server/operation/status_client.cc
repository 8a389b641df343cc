// SPDX-License-Identifier: MIT
#include "foreset/server/operation/status_client.h"

#include <memory>
#include <string_view>

#include <curl/curl.h>
#include <fmt/format.h>

#include "foreset/base/errors/operation.h"

namespace foreset::server {
namespace {

constexpr long kSeconds = 30;
constexpr std::size_t kMostShown = 200;
constexpr std::size_t kLargestStatus = 64UL << 20U;

Status CheckUrl(const std::string& url) {
  const std::size_t scheme = url.find("://");
  const bool known = url.starts_with("http://") || url.starts_with("https://");
  if (known && scheme + 3 < url.size()) return {};
  return Err(ErrorKind::kInvalidInput, ErrorCode::kUsage,
             fmt::format("--url {}: wants http://HOST:PORT or https://HOST:PORT", url));
}

std::unexpected<Error> NotServed(const std::string& message) {
  return Err(ErrorKind::kTransient, operation_error::kStatusNotServed, message);
}

struct Deleter {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

std::size_t TakeBody(const char* data, std::size_t, std::size_t bytes, void* to) {
  auto& body = *static_cast<std::string*>(to);
  if (body.size() + bytes > kLargestStatus) return 0;  // ends the transfer
  body.append(data, bytes);
  return bytes;
}

std::string AddressOf(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url + "/api/v1/status";
}

}  // namespace

Result<std::string> FetchStatus(const StatusUrl& from) {
  RETURN_IF_ERROR(CheckUrl(from.url));
  curl_global_init(CURL_GLOBAL_DEFAULT);  // counted and thread-safe since 7.84
  const std::unique_ptr<CURL, Deleter> handle(curl_easy_init());
  if (handle == nullptr) return NotServed(fmt::format("{} cannot be asked", from.url));
  const auto set = [&](CURLoption option, auto value) {
    curl_easy_setopt(handle.get(), option, value);
  };
  std::string body;
  const std::string address = AddressOf(from.url);
  std::unique_ptr<curl_slist, Deleter> headers;
  if (!from.token.empty()) {
    const std::string line = fmt::format("Authorization: Bearer {}", from.token.Reveal());
    headers.reset(curl_slist_append(nullptr, line.c_str()));
    set(CURLOPT_HTTPHEADER, headers.get());
  }
  set(CURLOPT_URL, address.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_CONNECTTIMEOUT, kSeconds);
  set(CURLOPT_TIMEOUT, kSeconds);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_PROXY, "");  // it is this server that is asked
  if (!from.ca.empty()) set(CURLOPT_CAINFO, from.ca.c_str());
  set(CURLOPT_WRITEFUNCTION, &TakeBody);
  set(CURLOPT_WRITEDATA, &body);
  const CURLcode code = curl_easy_perform(handle.get());
  if (code != CURLE_OK) {
    return NotServed(fmt::format("{}: {}", from.url, curl_easy_strerror(code)));
  }
  long status = 0;
  curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
  if (status != 200) {
    return NotServed(fmt::format("{}: HTTP {} {}", from.url, status, body.substr(0, kMostShown)));
  }
  return body;
}

}  // namespace foreset::server
