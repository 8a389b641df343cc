// SPDX-License-Identifier: MIT
#pragma once

namespace foreset::cli {

class Command;

struct Context;

// `foreset serve`.
void RegisterServe(Command app, Context& context);

}  // namespace foreset::cli
