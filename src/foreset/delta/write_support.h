// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "foreset/base/result.h"
#include "foreset/delta/actions.h"

namespace foreset::delta {

// Whether Foreset can keep the promises that a table makes about its writers (PROTOCOL.md, "Table
// Features", "Writer Version Requirements"). kUnsupported names the feature: one that is not
// known, or one that is known, in use, and not done here (generated and identity columns,
// constraints, row tracking, the change data feed of other commits than appends, Iceberg
// compatibility). kInvalidInput (kDeltaAppendOnly) when the actions remove rows of an append-only
// table; kInternal when they bring a deletion vector that the protocol
// does not allow. Features that are listed but not used do not matter.
Status CheckWritable(const Protocol& protocol, const Metadata& metadata,
                     const std::vector<Action>& actions);

}  // namespace foreset::delta
