// SPDX-License-Identifier: MIT
#pragma once

#include "foreset/cli/config/configuration.h"
#include "foreset/cli/context.h"
#include "foreset/storage/open.h"

namespace foreset::cli {

// What stores need besides a URI. The context must outlive the stores.
// For places that the command line names: the environment's settings alone.
StoreOptions StoreOptionsOf(const Context& context);
// For a configuration's lake: its own settings, then the environment's. Its file is read again each
// time that a store asks, so that a rotated key is found without a restart.
StoreOptions StoreOptionsOf(const Configuration& configuration, const Context& context);

}  // namespace foreset::cli
