// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "foreset/base/result.h"
#include "foreset/lake/lake_table.h"
#include "foreset/lake/progress.h"

// Who is who: a table of silver or gold may go on only from the bronze table that it was fed from.
namespace foreset::lake {

// What a table that is fed from this bronze table, as it is now, says of it.
FedFrom SourceOf(const LakeTable& bronze);

// Whether the table of that name and progress may be fed from `bronze`. What it does not say
// (older programs did not) is not asked. kInvalidInput: it was fed from another one
// (lake_error::kBronzeReplaced), or has batches, positions or versions that this one has not
// (lake_error::kBronzeBehind). Reads at most one commit of bronze's log.
Status CheckFeed(const LakeTable& bronze, const std::string& name, const Progress& progress);

// lake_error::kRowCountDiffers when the statistics of the table's files contradict the number of
// rows that its progress counts. Nothing when either does not say it.
std::optional<Error> RowCountDiffers(const LakeTable& table);

}  // namespace foreset::lake
