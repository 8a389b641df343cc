// SPDX-License-Identifier: MIT
#include "foreset/cli/mysql_address.h"

#include <charconv>
#include <map>
#include <string_view>

#include <fmt/format.h>

#include "foreset/storage/percent_decoding.h"

namespace foreset::cli {
namespace {

constexpr std::string_view kScheme = "mysql://";

std::unexpected<Error> Unusable(std::string_view what) {
  return Err(ErrorKind::kInvalidInput, ErrorCode::kUsage,
             fmt::format("the address of the database {}", what),
             "Write it as mysql://USER@HOST:PORT/DATABASE.");
}

// What stands before the separator, which is taken off with it; all when there is none.
std::string_view TakeUntil(std::string_view& text, char separator) {
  const auto at = text.find(separator);
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  return taken;
}

Status ReadOption(std::string_view option, mysql::TlsOptions& tls) {
  static const std::map<std::string_view, mysql::TlsMode> modes{
      {"disabled", mysql::TlsMode::kDisabled},
      {"preferred", mysql::TlsMode::kPreferred},
      {"required", mysql::TlsMode::kRequired},
      {"verify_ca", mysql::TlsMode::kVerifyCa},
      {"verify_identity", mysql::TlsMode::kVerifyIdentity}};
  const std::string_view key = TakeUntil(option, '=');
  if (key == "ca") {
    tls.ca = DecodePercent(option);
    return {};
  }
  const auto mode = modes.find(option);
  if (key != "tls" || mode == modes.end()) {
    return Unusable("takes tls=disabled|preferred|required|verify_ca|verify_identity and ca=FILE");
  }
  tls.mode = mode->second;
  return {};
}

}  // namespace

Result<MysqlAddress> ParseMysqlAddress(const std::string& text) {
  std::string_view rest = text;
  if (!rest.starts_with(kScheme)) return Unusable("begins with mysql://");
  rest.remove_prefix(kScheme.size());
  const auto at = rest.rfind('@');
  if (at == std::string_view::npos) return Unusable("names no user");
  std::string_view user = rest.substr(0, at);
  rest.remove_prefix(at + 1);
  MysqlAddress address;
  address.server.user = DecodePercent(TakeUntil(user, ':'));
  address.server.password = Secret(DecodePercent(user));
  std::string_view options = rest;
  std::string_view place = TakeUntil(options, '?');
  std::string_view host = TakeUntil(place, '/');
  address.database = DecodePercent(place);
  if (address.database.empty()) return Unusable("names no database");
  if (const auto colon = host.rfind(':'); colon != std::string_view::npos) {
    const std::string_view port = host.substr(colon + 1);
    const auto [end, error] =
        std::from_chars(port.data(), port.data() + port.size(), address.server.port);
    if (error != std::errc() || end != port.data() + port.size()) {
      return Unusable("has a port that is no number");
    }
    host = host.substr(0, colon);
  }
  if (host.empty()) return Unusable("names no host");
  address.server.host = DecodePercent(host);
  while (!options.empty()) {
    RETURN_IF_ERROR(ReadOption(TakeUntil(options, '&'), address.server.tls));
  }
  return address;
}

}  // namespace foreset::cli
