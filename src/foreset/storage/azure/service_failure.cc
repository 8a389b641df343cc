// SPDX-License-Identifier: MIT
#include "foreset/storage/azure/service_failure.h"

#include <cstdlib>
#include <utility>

#include <fmt/format.h>

#include "foreset/storage/azure/blob_listing.h"

namespace foreset::azure {
namespace {

// The service takes signatures that are off by this much.
constexpr std::int64_t kToleratedMicroseconds = 15LL * 60 * 1'000'000;

struct Meaning {
  ErrorKind kind = ErrorKind::kInvalidInput;
  ErrorCode code = ErrorCode::kStorageIo;
};

std::int64_t SkewOf(const HttpResponse& response, Timestamp now) {
  const auto theirs = ParseHttpDate(response.Header("date"));
  return theirs ? now.value() - theirs->value() : 0;
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
  if (said.code == "AuthorizationPermissionMismatch" || said.code == "InsufficientAccountPermissions" ||
      said.code == "AuthorizationResourceTypeMismatch" ||
      said.code == "AuthorizationServiceMismatch") {
    return ErrorCode::kAzureRoleMissing;
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
  if (IsTransientStatus(status)) return {ErrorKind::kTransient, ErrorCode::kAzureBusy};
  return {ErrorKind::kInvalidInput, ErrorCode::kStorageIo};
}

ServiceError SaidBy(const HttpResponse& response) {
  ServiceError said = ParseServiceError(response.body);
  if (said.code.empty()) said.code = response.Header("x-ms-error-code");
  return said;
}

}  // namespace

bool IsTransientStatus(int status) {
  return status == 408 || status == 429 || status == 500 || status == 502 || status == 503 ||
         status == 504;
}

bool IsRefusal(int status) { return status == 401 || status == 403; }

std::string ServiceCode(const HttpResponse& response) {
  std::string code = response.Header("x-ms-error-code");
  return code.empty() ? ParseServiceError(response.body).code : code;
}

Error FailureOf(const HttpResponse& response, const AzureLocation& location,
                const std::string& doing, Timestamp now) {
  const ServiceError said = SaidBy(response);
  const std::int64_t skew = SkewOf(response, now);
  const Meaning meaning = MeaningOf(response.status, said, skew);
  std::string message = fmt::format("{}: account {}, container {}: status {}", doing,
                                    location.account, location.container, response.status);
  if (!said.code.empty()) message += fmt::format(" {}", said.code);
  if (!said.message.empty()) message += fmt::format(": {}", said.message);
  if (meaning.code == ErrorCode::kAzureClockSkew) {
    message += fmt::format("; this machine's clock is {} minutes {} the service's",
                           std::abs(skew) / 60'000'000, skew > 0 ? "ahead of" : "behind");
  }
  return Error{meaning.kind, meaning.code, std::move(message), {}};
}

}  // namespace foreset::azure
