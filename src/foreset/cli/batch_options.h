// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "foreset/base/result.h"
#include "foreset/batch/job.h"
#include "foreset/cli/context.h"
#include "foreset/storage/open.h"

namespace foreset::cli {

class Command;

// What the batch tools' commands share.
struct BatchArguments {
  std::string report;  // file; empty: none
  std::string memory = "512MiB";
  std::string temporary_folder;
  int threads = 2;
  bool dry_run = false;
};

// Adds --dry-run, --report, --memory, --threads and --temp; `arguments` must outlive parsing.
void AddBatchOptions(Command command, BatchArguments& arguments);

// From then on signals stop the job. `board`: where it tells how far it is, as JobSettings has it.
Result<batch::JobSettings> JobSettingsOf(const BatchArguments& arguments, const Context& context,
                                         WorkBoard* board);

// Writes the report, whole or not at all, where --report says. kOutputFailed.
Status WriteReport(const BatchArguments& arguments, const Context& context,
                   const std::string& json);

// What stores need: the configuration's settings where one is named, and the environment's.
Result<StoreOptions> BatchStores(const std::string& configuration_file, const Context& context);

// A path of the command line as an absolute one; URIs as they are.
std::string Located(const std::string& text, const Context& context);

// The last part of a path or URI: the name of the table there.
std::string LastPart(std::string location);

}  // namespace foreset::cli
