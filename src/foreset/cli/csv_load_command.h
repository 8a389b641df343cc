// SPDX-License-Identifier: MIT
#pragma once

namespace CLI {
class App;
}

namespace foreset::cli {

struct Context;

// `foreset csv-to-delta`.
void RegisterCsvLoad(CLI::App& app, Context& context);

}  // namespace foreset::cli
