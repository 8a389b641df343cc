// SPDX-License-Identifier: MIT
#pragma once

#include "foreset/base/result.h"
#include "foreset/pipeline/bronze_catalog.h"
#include "foreset/pipeline/lake_loop.h"
#include "foreset/pipeline/pipeline_options.h"
#include "foreset/pipeline/status.h"

namespace foreset::pipeline {

// Moves a table's tables of all layers below `_old/`, as `foreset reset --layer bronze` does, so
// that the next life of its name finds its places free. First everybody lets go of them.
// Interrupted it can be done again; what is half moved away is of no life any more.
Status MoveTableAway(const lake::Lake& lake, BronzeCatalog& catalog, LakeLoop& workers,
                     StatusBoard& board, const TableId& id);

// The same where others go on: what is wrong with this table alone bars it from the run, and is in
// the status.
Status MoveTableAwayOrBar(const lake::Lake& lake, BronzeCatalog& catalog, LakeLoop& workers,
                          StatusBoard& board, const TableId& id);

}  // namespace foreset::pipeline
