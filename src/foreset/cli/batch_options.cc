// SPDX-License-Identifier: MIT
#include "foreset/cli/batch_options.h"

#include <filesystem>

#include <fmt/format.h>

#include "foreset/cli/command_line/command.h"
#include "foreset/cli/config/quantity.h"
#include "foreset/cli/configuration_option.h"
#include "foreset/cli/report_file.h"
#include "foreset/cli/store_options.h"
#include "foreset/cli/wiring.h"

namespace foreset::cli {

void AddBatchOptions(Command command, BatchArguments& arguments) {
  command.AddFlag("--dry-run", arguments.dry_run, "Read and check everything, write nothing");
  command.AddOption("--report", arguments.report, "Write a report as JSON").ValueName("FILE");
  command.AddOption("--memory", arguments.memory, "Memory for sorting and joining")
      .ValueName("SIZE")
      .ShowDefault();
  command.AddOption("--threads", arguments.threads, "Threads that read")
      .Between(1, 64)
      .ShowDefault();
  command.AddOption("--temp", arguments.temporary_folder, "Folder for temporary files")
      .ValueName("DIR");
}

Result<batch::JobSettings> JobSettingsOf(const BatchArguments& arguments, const Context& context,
                                         WorkBoard* board) {
  if (!arguments.report.empty()) {
    RETURN_IF_ERROR(CheckReportFile(Located(arguments.report, context)));
  }
  batch::JobSettings settings;
  settings.clock = &context.clock;
  settings.make_id = RandomUuid;
  if (!arguments.temporary_folder.empty()) {
    settings.temporary_folder = Located(arguments.temporary_folder, context);
  }
  const auto memory = ParseSize(arguments.memory);
  if (!memory) {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kUsage,
               fmt::format("--memory takes a size such as 512MiB, not \"{}\"", arguments.memory));
  }
  settings.memory_limit_bytes = *memory;
  settings.threads = arguments.threads;
  settings.dry_run = arguments.dry_run;
  settings.stop = context.catch_signals();
  settings.board = board;
  return settings;
}

Status WriteReport(const BatchArguments& arguments, const Context& context,
                   const std::string& json) {
  if (arguments.report.empty()) return {};
  return WriteReportFile(Located(arguments.report, context), json + '\n');
}

Result<StoreOptions> BatchStores(const std::string& configuration_file, const Context& context) {
  if (ConfigurationFile(configuration_file, context).empty()) return StoreOptionsOf(context);
  return StoreOptionsOf(TRY(LoadConfiguration(configuration_file, context)), context);
}

std::string Located(const std::string& text, const Context& context) {
  if (text.find("://") != std::string::npos) return text;
  return (std::filesystem::path(context.working_directory) / text).lexically_normal().string();
}

std::string LastPart(std::string location) {
  while (location.size() > 1 && location.ends_with('/')) location.pop_back();
  return location.substr(location.rfind('/') + 1);
}

}  // namespace foreset::cli
