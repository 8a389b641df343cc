// SPDX-License-Identifier: MIT
#pragma once

namespace foreset::cli {

class Command;

struct Context;

// `foreset csv-to-delta`.
void RegisterCsvLoad(Command app, Context& context);

}  // namespace foreset::cli
