// SPDX-License-Identifier: MIT
#pragma once

#include <set>
#include <string>
#include <vector>

#include "foreset/base/result.h"
#include "foreset/capture/kafka/kafka_options.h"
#include "foreset/lake/quarantine_table.h"
#include "foreset/model/sequence.h"
#include "foreset/model/table_schema.h"
#include "foreset/pipeline/pipeline_options.h"

// What becomes of quarantined changes when somebody says so: they are put through again, or let go
// of. For the process that has the lake's locks. A crash at any point loses nothing and takes
// nothing twice: what was begun is finished by doing it again.
namespace foreset::pipeline {

// Reads records once more, under the options and schemas of now, and puts those that can be read
// into bronze, each at its own place; then the quarantine lets go of them. Silver and gold take
// them with the next run. Beside the rows: nothing, or why the row stays in the quarantine.
Result<std::vector<Status>> RetryRecords(const lake::Lake& lake, const kafka::KafkaOptions* topics,
                                         const std::vector<lake::QuarantineRow>& rows);
// Lets go of such rows; how many there were.
Result<std::uint64_t> DropRecords(const lake::Lake& lake, const std::set<std::string>& ids);

// Puts the table's changes at those places, which its rules refused, through the rules of now into
// silver and gold; then the quarantine lets go of those that conform. Brings silver and gold of the
// table up to bronze. Beside the places: as above.
Result<std::vector<Status>> RetryRefused(const lake::Lake& lake, const PipelineOptions& options,
                                         const TableId& table, const std::vector<Sequence>& places);
// Lets go of such changes; how many there were.
Result<std::uint64_t> DropRefused(const lake::Lake& lake, const lake::RuleConfig& rules,
                                  const TableId& table, const std::set<Sequence>& places);

}  // namespace foreset::pipeline
