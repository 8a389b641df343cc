// SPDX-License-Identifier: MIT
#include "foreset/storage/azure/azure_location.h"

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

#include "foreset/base/ascii.h"
#include "foreset/storage/percent_decoding.h"

namespace foreset::azure {
namespace {

constexpr std::array<std::string_view, 7> kSchemes = {"abfss", "abfs",  "wasbs", "wasb",
                                                      "az",    "azure", "adl"};
constexpr std::string_view kPublicSuffix = "blob.core.windows.net";

struct Parts {
  std::string scheme;
  std::string authority;
  std::string path;  // without the '/' at both ends
};

Parts Split(std::string_view uri) {
  Parts parts;
  const std::size_t colon = uri.find("://");
  if (colon == std::string_view::npos) return parts;
  parts.scheme = AsciiLower(uri.substr(0, colon));
  std::string_view rest = uri.substr(colon + 3);
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  parts.authority = rest.substr(0, slash);
  rest.remove_prefix(slash);
  while (rest.starts_with('/')) rest.remove_prefix(1);
  while (rest.ends_with('/')) rest.remove_suffix(1);
  parts.path = rest;
  return parts;
}

bool IsWeb(const Parts& parts) { return parts.scheme == "https" || parts.scheme == "http"; }

// Emulators have the account in the path: their host is an address, or this machine.
bool IsPathStyle(std::string_view authority) {
  const std::string_view host = authority.substr(0, authority.rfind(':'));
  const bool address = !host.empty() && std::ranges::all_of(host, [](unsigned char c) {
    return std::isdigit(c) != 0 || c == '.';
  });
  return address || host == "localhost";
}

// "x.dfs.core.windows.net" as "x.blob.core.windows.net"; empty when it is neither.
std::string BlobHost(std::string_view host) {
  std::string lower = AsciiLower(host);
  const std::size_t dfs = lower.find(".dfs.");
  if (dfs != std::string::npos) lower.replace(dfs, 5, ".blob.");
  return lower.find(".blob.") == std::string::npos ? std::string() : lower;
}

// Takes the part before the first '/' off the front.
std::string TakePart(std::string& path) {
  const std::size_t slash = std::min(path.find('/'), path.size());
  std::string part = path.substr(0, slash);
  path.erase(0, std::min(slash + 1, path.size()));
  return part;
}

std::unexpected<Error> Malformed(std::string_view uri, std::string_view why) {
  return Err(ErrorKind::kInvalidInput, ErrorCode::kStoragePathInvalid,
             fmt::format("{}: {}", uri.substr(0, uri.find('?')), why),
             "Write it as abfss://<container>@<account>.dfs.core.windows.net/<folder>.");
}

// scheme://container@host/folder, or scheme://container/folder.
Status ReadContainerForm(const Parts& parts, std::string_view default_account,
                         AzureLocation& location) {
  const std::size_t at = parts.authority.find('@');
  location.container = parts.authority.substr(0, at);
  location.folder = parts.path;
  if (at == std::string::npos) {
    if (default_account.empty()) {
      return Malformed(location.uri, "names no account, and AZURE_STORAGE_ACCOUNT_NAME is not set");
    }
    location.account = default_account;
    location.host = fmt::format("{}.{}", default_account, kPublicSuffix);
    return {};
  }
  location.host = BlobHost(parts.authority.substr(at + 1));
  if (location.host.empty()) {
    return Malformed(location.uri, "the host after '@' is not one of Azure storage");
  }
  location.account = location.host.substr(0, location.host.find('.'));
  return {};
}

Status ReadWebForm(const Parts& parts, AzureLocation& location) {
  std::string path = DecodePercent(parts.path);
  if (IsPathStyle(parts.authority)) {
    location.account = TakePart(path);
    location.endpoint = fmt::format("{}://{}/{}", parts.scheme, parts.authority, location.account);
    location.host = fmt::format("{}.{}", location.account, kPublicSuffix);
  } else {
    location.host = BlobHost(parts.authority);
    location.account = location.host.substr(0, location.host.find('.'));
  }
  location.container = TakePart(path);
  location.folder = path;
  return {};
}

}  // namespace

bool IsAzureUri(std::string_view uri) {
  const Parts parts = Split(uri);
  if (std::ranges::find(kSchemes, parts.scheme) != kSchemes.end()) return true;
  return IsWeb(parts) && (IsPathStyle(parts.authority) || !BlobHost(parts.authority).empty());
}

Result<AzureLocation> ParseAzureUri(std::string_view uri, std::string_view default_account) {
  if (!IsAzureUri(uri)) return Malformed(uri, "is not a place in Azure storage");
  if (uri.find('?') != std::string_view::npos) {
    return Malformed(uri, "carries a query; signatures belong in the settings, not in a location");
  }
  const Parts parts = Split(uri);
  while (uri.ends_with('/')) uri.remove_suffix(1);
  AzureLocation location;
  location.uri = uri;
  RETURN_IF_ERROR(IsWeb(parts) ? ReadWebForm(parts, location)
                               : ReadContainerForm(parts, default_account, location));
  if (location.account.empty()) return Malformed(uri, "names no account");
  if (location.container.empty()) return Malformed(uri, "names no container");
  return location;
}

}  // namespace foreset::azure
