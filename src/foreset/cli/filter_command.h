// SPDX-License-Identifier: MIT
#pragma once

namespace CLI {
class App;
}

namespace foreset::cli {

struct Context;

// `foreset filter`.
void RegisterFilter(CLI::App& app, Context& context);

}  // namespace foreset::cli
