// SPDX-License-Identifier: MIT
#pragma once

namespace foreset::cli {

class Command;

struct Context;

void RegisterSql(Command app, Context& context);

}  // namespace foreset::cli
