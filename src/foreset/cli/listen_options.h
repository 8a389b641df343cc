// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/cli/context.h"
#include "foreset/server/http_server.h"
#include "foreset/server/request_guard.h"

namespace foreset::cli {

class Command;

// Where a command listens, and who may ask.
struct ListenArguments {
  std::string listen;  // "127.0.0.1:8083", "[::1]:8083"; empty: nowhere
  std::vector<std::string> hosts;
  std::string tls_cert;
  std::string tls_key;
  std::string token_file;
};

// --listen, --host, --tls-cert, --tls-key and --token-file; `arguments` must outlive parsing.
void AddListenOptions(Command command, ListenArguments& arguments, const std::string& what);

// kInvalidInput: kUsage when they make no sense, kListenUnsafe for an address that other machines
// reach without TLS and a token.
Result<server::ListenOptions> ListenOptionsOf(const ListenArguments& arguments);
Result<server::GuardOptions> GuardOptionsOf(const ListenArguments& arguments,
                                            const std::string& listen_host, const Context& context);

// The first line of a token file. kInvalidInput (kUsage) when it is empty.
Result<Secret> ReadToken(const std::string& file, const Context& context);

}  // namespace foreset::cli
