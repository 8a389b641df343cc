// SPDX-License-Identifier: MIT
#pragma once

namespace foreset::cli {

class Command;

struct Context;

// `foreset connect`: the REST interface of Kafka Connect, with pipelines behind it.
void RegisterConnect(Command app, Context& context);

}  // namespace foreset::cli
