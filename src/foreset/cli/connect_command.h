// SPDX-License-Identifier: MIT
#pragma once

namespace CLI {
class App;
}

namespace foreset::cli {

struct Context;

// `foreset connect`: the REST interface of Kafka Connect, with pipelines behind it.
void RegisterConnect(CLI::App& app, Context& context);

}  // namespace foreset::cli
