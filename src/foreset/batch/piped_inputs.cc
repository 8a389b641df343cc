// SPDX-License-Identifier: MIT
#include "foreset/batch/piped_inputs.h"

#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "foreset/base/errors/batch.h"

namespace foreset::batch {
namespace {

constexpr std::size_t kPieceBytes = 1UL << 20U;

Status Copy(const std::string& from, const std::string& to) {
  std::ifstream in(from, std::ios::binary);
  if (!in) {
    return Err(ErrorKind::kInvalidInput, batch_error::kInputMissing,
               fmt::format("{} cannot be read", from));
  }
  std::ofstream out(to, std::ios::binary | std::ios::trunc);
  std::string piece(kPieceBytes, '\0');
  while (in && out) {
    in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    out.write(piece.data(), in.gcount());
  }
  out.close();
  if (out) return {};
  return Err(ErrorKind::kTransient, ErrorCode::kStorageFull,
             fmt::format("{} could not be written", to));
}

}  // namespace

Result<PipedInputs> PipedInputs::Take(const std::vector<std::string>& inputs,
                                      const std::string& folder) {
  PipedInputs piped;
  for (const std::string& input : inputs) {
    std::error_code error;
    const std::string from = input == "-" ? "/dev/stdin" : input;
    if (input != "-" && !std::filesystem::is_fifo(from, error)) {
      piped.paths_.push_back(input);
      continue;
    }
    const std::string copy = fmt::format("{}/piped-{}.csv", folder, piped.names_.size());
    RETURN_IF_ERROR(Copy(from, copy));
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
