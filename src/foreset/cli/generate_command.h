// SPDX-License-Identifier: MIT
#pragma once

#include "foreset/cli/context.h"

namespace CLI {
class App;
}

namespace foreset::cli {

// `foreset generate`: fills the online_store tables of the configured source, and lets the shop
// live: inserts, updates and deletes in real transactions.
void RegisterGenerate(CLI::App& app, Context& context);

}  // namespace foreset::cli
