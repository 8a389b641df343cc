// SPDX-License-Identifier: MIT
#include "foreset/storage/azure/service_failure.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>
#include <utility>

#include <fmt/format.h>

#include "foreset/storage/azure/blob_listing.h"

namespace foreset::azure {
namespace {

// The service takes signatures that are off by this much.
constexpr std::int64_t kToleratedMicroseconds = 15LL * 60 * 1'000'000;

struct Meaning {
  ErrorKind kind = ErrorKind::kTransient;
  ErrorCode code = ErrorCode::kStorageIo;
};

std::int64_t SkewOf(const HttpResponse& response, Timestamp now) {
  const auto theirs = ParseHttpDate(response.Header("date"));
  return theirs ? now.value() - theirs->value() : 0;
}

// "2026-11-26T06:13:38Z": such times sort as texts.
std::string FormatIsoTime(Timestamp time) {
  const auto seconds = static_cast<std::time_t>(time.value() / 1'000'000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", parts.tm_year + 1900, parts.tm_mon + 1,
                     parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

// A parameter of a signature's query, with its colons.
std::string SasParameter(const std::string& query, std::string_view name) {
  const std::string all = "&" + query;
  const std::size_t start = all.find(fmt::format("&{}=", name));
  if (start == std::string::npos) return {};
  const std::size_t from = start + name.size() + 2;
  std::string value = all.substr(from, std::min(all.find('&', from), all.size()) - from);
  for (const char* colon : {"%3A", "%3a"}) {
    for (std::size_t at = value.find(colon); at != std::string::npos; at = value.find(colon, at)) {
      value.replace(at, 3, ":");
    }
  }
  return value;
}

// Why a signature does not hold at this time, by its own words; empty when it does.
std::string OutsideItsTime(const AzureCredential& credential, Timestamp now) {
  const auto* sas = std::get_if<SasToken>(&credential.way);
  if (sas == nullptr) return {};
  const std::string time = FormatIsoTime(now);
  const std::string start = SasParameter(sas->query.Reveal(), "st");
  const std::string end = SasParameter(sas->query.Reveal(), "se");
  if (!end.empty() && end < time) return fmt::format("it expired at {}", end);
  if (!start.empty() && time < start) return fmt::format("it begins at {}", start);
  return {};
}

bool IsBusy(int status) {
  return status == 408 || status == 429 || status == 500 || status == 502 || status == 503 ||
         status == 504;
}

bool Contains(const std::string& text, std::string_view word) {
  return text.find(word) != std::string::npos;
}

// 401 and 403, by the service's own code and words.
ErrorCode RefusalCode(const ServiceError& said, std::int64_t skew) {
  if (std::abs(skew) > kToleratedMicroseconds) return ErrorCode::kAzureClockSkew;
  const std::string words = said.message + " " + said.detail;
  const bool time_frame = Contains(words, "time frame") || Contains(words, "xpired") ||
                          Contains(words, "Signature not valid in");
  if (time_frame) return ErrorCode::kAzureSasExpired;
  if (said.code == "AuthorizationPermissionMismatch" ||
      said.code == "InsufficientAccountPermissions" ||
      said.code == "AuthorizationResourceTypeMismatch" ||
      said.code == "AuthorizationServiceMismatch") {
    return ErrorCode::kAzureRoleMissing;
  }
  if (said.code == "AuthorizationFailure" && Contains(words, "failed to authenticate")) {
    return ErrorCode::kAzureKeyRefused;
  }
  if (said.code == "AuthorizationFailure" || said.code == "AuthorizationSourceIPMismatch" ||
      said.code == "PublicAccessNotPermitted") {
    return ErrorCode::kAzureFirewall;
  }
  if (said.code == "KeyBasedAuthenticationNotPermitted") return ErrorCode::kAzureKeysForbidden;
  if (said.code == "InvalidAuthenticationInfo" || said.code == "NoAuthenticationInformation") {
    return ErrorCode::kAzureTokenRefused;
  }
  return ErrorCode::kAzureKeyRefused;
}

Meaning MeaningOf(int status, const ServiceError& said, std::int64_t skew) {
  if (said.code == "ContainerNotFound" || said.code == "FilesystemNotFound") {
    return {ErrorKind::kInvalidInput, ErrorCode::kAzureContainerMissing};
  }
  if (said.code == "ContainerBeingDeleted") {
    return {ErrorKind::kTransient, ErrorCode::kAzureContainerMissing};
  }
  if (said.code == "AccountIsDisabled") {
    return {ErrorKind::kInvalidInput, ErrorCode::kAzureFirewall};
  }
  if (status == 404) return {ErrorKind::kNotFound, ErrorCode::kStorageNotFound};
  if (IsRefusal(status)) return {ErrorKind::kInvalidInput, RefusalCode(said, skew)};
  if (IsBusy(status)) return {ErrorKind::kTransient, ErrorCode::kAzureBusy};
  return {ErrorKind::kTransient, ErrorCode::kStorageIo};
}

ServiceError SaidBy(const HttpResponse& response) {
  ServiceError said = ParseServiceError(response.body);
  if (said.code.empty()) said.code = response.Header("x-ms-error-code");
  return said;
}

}  // namespace

bool IsPassing(const HttpResponse& response) {
  if (!response.IsFromStorage()) return true;
  constexpr auto kDecisions = std::to_array({401, 403, 404, 409, 412, 416});
  return response.status / 100 != 2 &&
         std::ranges::find(kDecisions, response.status) == kDecisions.end();
}

bool IsRefusal(int status) { return status == 401 || status == 403; }

std::string ServiceCode(const HttpResponse& response) {
  std::string code = response.Header("x-ms-error-code");
  return code.empty() ? ParseServiceError(response.body).code : code;
}

Error FailureOf(const HttpResponse& response, const AzureLocation& location,
                const std::string& doing, Timestamp now, const AzureCredential& credential) {
  const ServiceError said = SaidBy(response);
  const std::int64_t skew = SkewOf(response, now);
  Meaning meaning;
  if (response.IsFromStorage()) meaning = MeaningOf(response.status, said, skew);
  const std::string outside = IsRefusal(response.status) && response.IsFromStorage()
                                  ? OutsideItsTime(credential, Timestamp(now.value() - skew))
                                  : std::string();
  if (!outside.empty()) meaning.code = ErrorCode::kAzureSasExpired;
  std::string message = fmt::format("{}: account {}, container {}: status {}", doing,
                                    location.account, location.container, response.status);
  if (!said.code.empty()) message += fmt::format(" {}", said.code);
  if (!said.message.empty()) message += fmt::format(": {}", said.message);
  if (!outside.empty()) message += fmt::format("; {}", outside);
  if (!response.IsFromStorage()) message += "; the answer is not the storage's own but a proxy's";
  if (meaning.code == ErrorCode::kAzureClockSkew) {
    message += fmt::format("; this machine's clock is {} minutes {} the service's",
                           std::abs(skew) / 60'000'000, skew > 0 ? "ahead of" : "behind");
  }
  return Error{meaning.kind, meaning.code, std::move(message), {}};
}

}  // namespace foreset::azure
