// SPDX-License-Identifier: MIT
#include "foreset/storage/azure/curl_transport.h"

#include <algorithm>
#include <cctype>
#include <cstring>
#include <string_view>
#include <utility>

#include <curl/curl.h>
#include <fmt/format.h>

#include "foreset/base/ascii.h"

namespace foreset::azure {
namespace {

constexpr long kStallSeconds = 30;
constexpr int kPollMilliseconds = 1000;
// Larger than curl's own, for whole data files.
constexpr long kReceiveBytes = 512L << 10U;

// Host and path of a URL. What follows '?' may be a signature, which is a secret.
std::string Shown(const std::string& url) { return url.substr(0, url.find('?')); }

bool IsLoopback(std::string_view url) {
  const std::size_t start = url.find("://");
  if (start == std::string_view::npos) return false;
  const std::string_view host = url.substr(start + 3);
  return host.starts_with("127.") || host.starts_with("localhost") || host.starts_with("[::1]");
}

// Failures before anything could have been sent.
bool NothingWasSent(CURLcode code) {
  return code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_RESOLVE_PROXY ||
         code == CURLE_COULDNT_CONNECT;
}

bool IsTlsFailure(CURLcode code) {
  return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE ||
         code == CURLE_SSL_CERTPROBLEM || code == CURLE_SSL_ISSUER_ERROR;
}

}  // namespace

// One request on its way: what curl's callbacks read and write.
class CurlTransfer {
 public:
  CurlTransfer(CURL* handle, const HttpRequest& request, const std::string& ca)
      : handle_(handle), request_(request) {
    curl_easy_reset(handle_);
    SetUp(ca);
  }
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;
  ~CurlTransfer() { curl_slist_free_all(headers_); }

  CURL* handle() const { return handle_; }
  void Finish(CURLcode code) { code_ = code; }
  Result<HttpResponse> Take();

 private:
  void SetUp(const std::string& ca);
  void SetHeaders();
  void SetBody();
  static std::size_t OnBody(char* bytes, std::size_t size, std::size_t count, void* self);
  static std::size_t OnHeader(char* bytes, std::size_t size, std::size_t count, void* self);
  static std::size_t OnSend(char* bytes, std::size_t size, std::size_t count, void* self);
  static int OnRewind(void* self, curl_off_t offset, int origin);

  CURL* const handle_;
  const HttpRequest& request_;
  curl_slist* headers_ = nullptr;
  std::size_t sent_ = 0;
  CURLcode code_ = CURLE_ABORTED_BY_CALLBACK;
  HttpResponse response_;
};

void CurlTransfer::SetUp(const std::string& ca) {
  const auto set = [&](CURLoption option, auto value) { curl_easy_setopt(handle_, option, value); };
  set(CURLOPT_URL, request_.url.c_str());
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_TCP_NODELAY, 1L);
  set(CURLOPT_TCP_KEEPALIVE, 1L);
  set(CURLOPT_CONNECTTIMEOUT, static_cast<long>(request_.connect_seconds));
  set(CURLOPT_LOW_SPEED_LIMIT, 1L);
  set(CURLOPT_LOW_SPEED_TIME, kStallSeconds);
  set(CURLOPT_BUFFERSIZE, kReceiveBytes);
  set(CURLOPT_UPLOAD_BUFFERSIZE, kReceiveBytes);
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  if (!ca.empty()) set(CURLOPT_CAINFO, ca.c_str());
  if (IsLoopback(request_.url)) set(CURLOPT_NOPROXY, "*");
  curl_easy_setopt(handle_, CURLOPT_WRITEFUNCTION, &OnBody);
  curl_easy_setopt(handle_, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(handle_, CURLOPT_HEADERFUNCTION, &OnHeader);
  curl_easy_setopt(handle_, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(handle_, CURLOPT_PRIVATE, this);
  SetHeaders();
  SetBody();
}

void CurlTransfer::SetHeaders() {
  for (const auto& [name, value] : request_.headers) {
    // A header without a value is written with ';', otherwise curl drops it.
    const std::string line =
        value.empty() ? fmt::format("{};", name) : fmt::format("{}: {}", name, value);
    headers_ = curl_slist_append(headers_, line.c_str());
  }
  // No round trip to ask whether the body may come.
  headers_ = curl_slist_append(headers_, "Expect:");
  curl_easy_setopt(handle_, CURLOPT_HTTPHEADER, headers_);
}

void CurlTransfer::SetBody() {
  if (request_.method == "HEAD") {
    curl_easy_setopt(handle_, CURLOPT_NOBODY, 1L);
    return;
  }
  if (request_.method == "PUT" || request_.method == "POST") {
    curl_easy_setopt(handle_, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(handle_, CURLOPT_INFILESIZE_LARGE,
                     static_cast<curl_off_t>(request_.body.size()));
    curl_easy_setopt(handle_, CURLOPT_READFUNCTION, &OnSend);
    curl_easy_setopt(handle_, CURLOPT_READDATA, this);
    curl_easy_setopt(handle_, CURLOPT_SEEKFUNCTION, &OnRewind);
    curl_easy_setopt(handle_, CURLOPT_SEEKDATA, this);
  }
  curl_easy_setopt(handle_, CURLOPT_CUSTOMREQUEST, request_.method.c_str());
}

std::size_t CurlTransfer::OnBody(char* bytes, std::size_t size, std::size_t count, void* self) {
  static_cast<CurlTransfer*>(self)->response_.body.append(bytes, size * count);
  return size * count;
}

std::size_t CurlTransfer::OnHeader(char* bytes, std::size_t size, std::size_t count, void* self) {
  std::string_view line(bytes, size * count);
  auto& headers = static_cast<CurlTransfer*>(self)->response_.headers;
  if (line.starts_with("HTTP/")) headers.clear();  // an interim response came before
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return size * count;
  std::string name = AsciiLower(line.substr(0, colon));
  line.remove_prefix(colon + 1);
  while (!line.empty() && std::strchr(" \t", line.front()) != nullptr) line.remove_prefix(1);
  while (!line.empty() && std::strchr(" \t\r\n", line.back()) != nullptr) line.remove_suffix(1);
  headers[std::move(name)] = line;
  return size * count;
}

std::size_t CurlTransfer::OnSend(char* bytes, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  const std::size_t length = std::min(size * count, transfer.request_.body.size() - transfer.sent_);
  if (length > 0) std::memcpy(bytes, transfer.request_.body.data() + transfer.sent_, length);
  transfer.sent_ += length;
  return length;
}

int CurlTransfer::OnRewind(void* self, curl_off_t offset, int origin) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  const auto target = static_cast<std::size_t>(offset);
  if (origin != SEEK_SET || target > transfer.request_.body.size()) return CURL_SEEKFUNC_CANTSEEK;
  transfer.sent_ = target;
  return CURL_SEEKFUNC_OK;
}

Result<HttpResponse> CurlTransfer::Take() {
  if (code_ == CURLE_OK) {
    long status = 0;
    curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
    response_.status = static_cast<int>(status);
    return std::move(response_);
  }
  std::string message = fmt::format("{}: {}", Shown(request_.url), curl_easy_strerror(code_));
  if (IsTlsFailure(code_)) {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kStorageTls, std::move(message));
  }
  // A time-out counts as "not sent" only while there was no connection yet.
  curl_off_t connected = 0;
  curl_easy_getinfo(handle_, CURLINFO_PRETRANSFER_TIME_T, &connected);
  const bool unsent =
      NothingWasSent(code_) || (code_ == CURLE_OPERATION_TIMEDOUT && connected == 0);
  return Err(unsent ? ErrorKind::kTransient : ErrorKind::kCommitUnknown,
             ErrorCode::kStorageUnreachable, std::move(message));
}

// One multi handle, which owns the open connections, and as many easy handles as were ever in use
// at one time. For one caller at a time.
class CurlLane {
 public:
  CurlLane() : multi_(curl_multi_init()) {}
  CurlLane(const CurlLane&) = delete;
  CurlLane& operator=(const CurlLane&) = delete;
  ~CurlLane() {
    for (CURL* handle : handles_) curl_easy_cleanup(handle);
    curl_multi_cleanup(multi_);
  }

  std::vector<Result<HttpResponse>> Run(std::span<const HttpRequest> requests,
                                        const std::string& ca);

 private:
  void Perform();

  CURLM* const multi_;
  std::vector<CURL*> handles_;
};

std::vector<Result<HttpResponse>> CurlLane::Run(std::span<const HttpRequest> requests,
                                                const std::string& ca) {
  while (handles_.size() < requests.size()) handles_.push_back(curl_easy_init());
  std::vector<std::unique_ptr<CurlTransfer>> transfers;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    transfers.push_back(std::make_unique<CurlTransfer>(handles_[i], requests[i], ca));
    curl_multi_add_handle(multi_, handles_[i]);
  }
  Perform();
  std::vector<Result<HttpResponse>> outcomes;
  for (const auto& transfer : transfers) {
    outcomes.push_back(transfer->Take());
    curl_multi_remove_handle(multi_, transfer->handle());
  }
  return outcomes;
}

void CurlLane::Perform() {
  int running = 0;
  do {
    if (curl_multi_perform(multi_, &running) != CURLM_OK) return;
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      CurlTransfer* transfer = nullptr;
      curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
      transfer->Finish(message->data.result);
    }
    if (running > 0) curl_multi_poll(multi_, nullptr, 0, kPollMilliseconds, nullptr);
  } while (running > 0);
}

CurlTransport::CurlTransport(std::string ca) : ca_(std::move(ca)) {
  curl_global_init(CURL_GLOBAL_DEFAULT);  // counted and thread-safe since 7.84
}

CurlTransport::~CurlTransport() {
  idle_.clear();
  curl_global_cleanup();
}

std::unique_ptr<CurlLane> CurlTransport::TakeLane() {
  const MutexLock lock(mutex_);
  if (idle_.empty()) return std::make_unique<CurlLane>();
  auto lane = std::move(idle_.back());
  idle_.pop_back();
  return lane;
}

std::vector<Result<HttpResponse>> CurlTransport::SendAll(std::span<const HttpRequest> requests) {
  auto lane = TakeLane();
  auto outcomes = lane->Run(requests, ca_);
  const MutexLock lock(mutex_);
  idle_.push_back(std::move(lane));
  return outcomes;
}

}  // namespace foreset::azure
