// SPDX-License-Identifier: MIT
#pragma once

#include <stop_token>

#include "foreset/base/result.h"
#include "foreset/capture/source.h"
#include "foreset/pipeline/bronze_catalog.h"
#include "foreset/pipeline/lake_loop.h"
#include "foreset/pipeline/pipeline_options.h"
#include "foreset/pipeline/status.h"

namespace foreset::pipeline {

// Copies every table that bronze does not have whole yet, several at a time, chunk by chunk: each
// chunk and the note that it is done are one bronze commit, so that a killed backfill goes on
// where it was and repeats nothing. One that was begun under other columns begins anew; what is one
// table's trouble alone stops that table. `epoch` is the source epoch of the copy.
// kCancelled: `stop` was requested; what is committed stays.
Status RunBackfill(Source& source, SourceEpoch epoch, const lake::Lake& lake,
                   BronzeCatalog& catalog, LakeLoop& workers, const PipelineOptions& options,
                   StatusBoard& board, const std::stop_token& stop);

}  // namespace foreset::pipeline
