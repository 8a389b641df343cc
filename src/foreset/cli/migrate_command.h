// SPDX-License-Identifier: MIT
#pragma once

namespace foreset::cli {

class Command;

struct Context;

// `foreset migrate`.
void RegisterMigrate(Command app, Context& context);

}  // namespace foreset::cli
