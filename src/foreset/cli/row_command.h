// SPDX-License-Identifier: MIT
#pragma once

#include "foreset/cli/context.h"

namespace foreset::cli {

class Command;

// `foreset row T KEY…`: one row's whole life: bronze events, history, current.
void RegisterRow(Command app, Context& context);

}  // namespace foreset::cli
