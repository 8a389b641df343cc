// SPDX-License-Identifier: MIT
#pragma once

#include "foreset/cli/context.h"

namespace foreset::cli {

class Command;

// `foreset generate`: fills the online_store tables of the configured source, and lets the shop
// live: inserts, updates and deletes in real transactions.
void RegisterGenerate(Command app, Context& context);

}  // namespace foreset::cli
