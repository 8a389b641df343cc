// SPDX-License-Identifier: MIT
#include "foreset/storage/open.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include "foreset/storage/azure/azure_location.h"
#include "foreset/storage/azure/azure_store.h"
#include "foreset/storage/local/local_store.h"
#include "foreset/storage/percent_decoding.h"

namespace foreset {
namespace {

// "abfss" of "abfss://x/y"; empty for a plain path. One letter is no scheme.
std::string_view SchemeOf(std::string_view uri) {
  const auto colon = uri.find(':');
  if (colon == std::string_view::npos || colon < 2) return {};
  const std::string_view scheme = uri.substr(0, colon);
  const bool is_name = std::ranges::all_of(scheme, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '+' || c == '-' || c == '.';
  });
  const bool has_slash = uri.substr(colon + 1).starts_with('/');
  return is_name && has_slash ? scheme : std::string_view{};
}

Result<std::string> PathOfFileUri(std::string_view uri) {
  std::string_view rest = uri.substr(uri.find(':') + 1);
  if (rest.starts_with("//")) {
    rest.remove_prefix(2);
    const auto slash = std::min(rest.find('/'), rest.size());
    const std::string_view host = rest.substr(0, slash);
    if (!host.empty() && host != "localhost") {
      return Err(ErrorKind::kInvalidInput, ErrorCode::kStoragePathInvalid,
                 fmt::format("{} names the host {}; a file is on this machine", uri, host));
    }
    rest.remove_prefix(slash);
  }
  return DecodePercent(rest);
}

}  // namespace

Result<std::string> LocalDirectoryOf(std::string_view uri) {
  const std::string_view scheme = SchemeOf(uri);
  if (!scheme.empty() && scheme != "file") {
    return Err(ErrorKind::kUnsupported, ErrorCode::kStorageScheme,
               fmt::format("{} does not name a local directory", uri));
  }
  const std::string path = scheme.empty() ? std::string(uri) : TRY(PathOfFileUri(uri));
  if (path.empty()) {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kStoragePathInvalid, "the path is empty");
  }
  std::error_code error;
  const auto absolute = std::filesystem::absolute(path, error);
  if (error) {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kStoragePathInvalid,
               fmt::format("{}: {}", path, error.message()));
  }
  return absolute.lexically_normal().string();
}

Result<std::shared_ptr<ObjectStore>> OpenStore(std::string_view uri, const StoreOptions& options) {
  if (azure::IsAzureUri(uri)) return OpenAzureStore(uri, options.azure);
  const std::string_view scheme = SchemeOf(uri);
  if (!scheme.empty() && scheme != "file") {
    return Err(ErrorKind::kUnsupported, ErrorCode::kStorageScheme,
               fmt::format("no storage for {}: ({})", scheme, uri));
  }
  return std::make_shared<LocalStore>(TRY(LocalDirectoryOf(uri)));
}

}  // namespace foreset
