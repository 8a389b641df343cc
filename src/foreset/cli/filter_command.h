// SPDX-License-Identifier: MIT
#pragma once

namespace foreset::cli {

class Command;

struct Context;

// `foreset filter`.
void RegisterFilter(Command app, Context& context);

}  // namespace foreset::cli
