// SPDX-License-Identifier: MIT
#include "foreset/cli/listen_options.h"

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "foreset/base/errors/configuration.h"
#include "foreset/cli/command_line/command.h"
#include "foreset/cli/config/named_file.h"

namespace foreset::cli {

void AddListenOptions(Command command, ListenArguments& arguments, const std::string& what) {
  const Option listen =
      command.AddOption("--listen", arguments.listen, what).ValueName("ADDRESS:PORT");
  if (!arguments.listen.empty()) listen.ShowDefault();
  command.AddOption("--host", arguments.hosts, "Additional host name to accept; repeatable")
      .ValueName("NAME")
      .OnePerUse();
  command.AddOption("--tls-cert", arguments.tls_cert, "Certificate, as a PEM file")
      .ValueName("FILE");
  command.AddOption("--tls-key", arguments.tls_key, "Its key").ValueName("FILE");
  command
      .AddOption("--token-file", arguments.token_file,
                 "File with the bearer token that every request must carry")
      .ValueName("FILE");
}

Result<server::ListenOptions> ListenOptionsOf(const ListenArguments& arguments) {
  server::ListenOptions options;
  options.tls_cert = arguments.tls_cert;
  options.tls_key = arguments.tls_key;
  const std::size_t colon = arguments.listen.rfind(':');
  const std::string digits =
      colon == std::string::npos ? std::string() : arguments.listen.substr(colon + 1);
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), options.port);
  options.host = server::HostNameOf(arguments.listen.substr(0, colon));
  if (options.host.empty() || digits.empty() || error != std::errc() ||
      end != digits.data() + digits.size()) {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kUsage,
               fmt::format("--listen {}: wants ADDRESS:PORT", arguments.listen));
  }
  if (arguments.tls_cert.empty() != arguments.tls_key.empty()) {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kUsage, "--tls-cert and --tls-key go together");
  }
  if (!server::IsLoopback(options.host) &&
      (arguments.tls_cert.empty() || arguments.token_file.empty())) {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kListenUnsafe,
               fmt::format("{} can be reached from other machines", options.host));
  }
  RETURN_IF_ERROR(CheckPemFile("--tls-cert", arguments.tls_cert));
  RETURN_IF_ERROR(CheckPemFile("--tls-key", arguments.tls_key));
  return options;
}

Result<server::GuardOptions> GuardOptionsOf(const ListenArguments& arguments,
                                            const std::string& listen_host,
                                            const Context& context) {
  server::GuardOptions guard;
  guard.hosts = {"localhost", "127.0.0.1", "::1", listen_host};
  for (const std::string& host : arguments.hosts) {
    guard.hosts.push_back(server::HostNameOf(host));
  }
  if (arguments.token_file.empty()) return guard;
  guard.token = TRY(ReadToken(arguments.token_file, context));
  return guard;
}

Result<Secret> ReadToken(const std::string& file, const Context& context) {
  constexpr char kOption[] = "--token-file";
  std::string token = TRY(ReadNamedFile(context.read_file, kOption, file));
  while (token.ends_with('\n') || token.ends_with('\r')) token.pop_back();
  const auto visible = [](char c) { return c > ' ' && c <= '~'; };
  if (token.empty() || !std::ranges::all_of(token, visible)) {
    return Err(
        ErrorKind::kInvalidInput, configuration_error::kFileUnusable,
        fmt::format("{} {}: a token is one line of letters, digits and signs", kOption, file),
        "Make one with `openssl rand -hex 32`.");
  }
  return Secret(std::move(token));
}

}  // namespace foreset::cli
