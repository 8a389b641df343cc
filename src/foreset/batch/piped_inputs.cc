// SPDX-License-Identifier: MIT
#include "foreset/batch/piped_inputs.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "foreset/base/errors/batch.h"
#include "foreset/storage/local/local_files.h"

namespace foreset::batch {
namespace {

constexpr char kStandardInput[] = "-";
constexpr std::size_t kPipedBytes = 1UL << 20U;
constexpr int kLookForAStopMs = 100;

// A pipe is opened at once, also when nobody writes into it yet.
FileDescriptor OpenInput(const std::string& input) {
  return FileDescriptor(input == kStandardInput
                            ? dup(STDIN_FILENO)
                            : open(input.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
}

// Until there is something to read, or its end has come. A read would not heed the stop.
Status WaitFor(const FileDescriptor& in, const std::stop_token& stop) {
  pollfd input{in.get(), POLLIN, 0};
  while (!stop.stop_requested()) {
    if (poll(&input, 1, kLookForAStopMs) > 0) return {};
  }
  return Err(ErrorKind::kCancelled, ErrorCode::kCancelled, "waiting for the input was interrupted",
             "Run the command again: nothing was loaded.");
}

Status Copy(const std::string& from, const std::string& to, const std::stop_token& stop) {
  const FileDescriptor in = OpenInput(from);
  std::ofstream out(to, std::ios::binary | std::ios::trunc);
  std::string piece(kPipedBytes, '\0');
  for (ssize_t got = 1; got != 0 && out;) {
    if (in.valid()) RETURN_IF_ERROR(WaitFor(in, stop));
    got = read(in.get(), piece.data(), piece.size());
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (got < 0) {
      return Err(ErrorKind::kInvalidInput, batch_error::kInputMissing,
                 fmt::format("{} cannot be read", from));
    }
    out.write(piece.data(), got);
  }
  out.close();
  if (out) return {};
  return Err(ErrorKind::kTransient, ErrorCode::kStorageFull, fmt::format("cannot write {}", to));
}

}  // namespace

Result<PipedInputs> PipedInputs::Take(const std::vector<std::string>& inputs,
                                      const std::string& folder, const std::stop_token& stop) {
  PipedInputs piped;
  for (const std::string& input : inputs) {
    std::error_code error;
    if (input != kStandardInput && !std::filesystem::is_fifo(input, error)) {
      piped.paths_.push_back(input);
      continue;
    }
    const std::string copy = fmt::format("{}/piped-{}.csv", folder, piped.names_.size());
    RETURN_IF_ERROR(Copy(input, copy, stop));
    piped.names_.emplace(copy, input);
    piped.paths_.push_back(copy);
  }
  return piped;
}

void PipedInputs::Name(std::vector<InputFile>& files) const {
  for (InputFile& file : files) {
    const auto found = names_.find(file.path);
    if (found == names_.end()) continue;
    file.name = found->second;
    file.piped = true;
  }
}

}  // namespace foreset::batch
