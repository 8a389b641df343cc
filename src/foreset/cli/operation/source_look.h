// SPDX-License-Identifier: MIT
#pragma once

#include <functional>

#include "foreset/base/result.h"
#include "foreset/capture/source.h"
#include "foreset/cli/config/configuration.h"
#include "foreset/cli/context.h"
#include "foreset/model/source_position.h"
#include "foreset/pipeline/source_watch.h"

namespace foreset::cli {

// How a configuration's source is looked at: the server, or the topics' ends. `needed` gives the
// position from which the source must still be read; it is called with each look. Both arguments
// outlive the result.
Result<pipeline::SourceWatch::Look> LookAtSource(const Configuration& configuration,
                                                 const Context& context,
                                                 std::function<SourcePosition()> needed);

// Whether a server still holds what was captured from it up to `covered`: nothing to prove of other
// sources, which tell it by their own means.
Result<SourceProof> ProveSource(const Configuration& configuration, const Context& context,
                                const SourcePosition& covered);

}  // namespace foreset::cli
