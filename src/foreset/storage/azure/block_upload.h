// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "foreset/base/byte_reader.h"
#include "foreset/base/result.h"
#include "foreset/storage/azure/blob_client.h"
#include "foreset/storage/object_store.h"

namespace foreset::azure {

// Writes one blob. What fits into the buffer goes in one call; more goes as blocks, several at the
// same time, which one last call names. Nothing is visible before that; blocks that no call names
// are dropped by the service after a week. Holds kBlockBytes * kParallelBlocks at most. Not
// thread-safe.
class BlockUpload {
 public:
  static constexpr std::size_t kBlockBytes = 4UL << 20U;
  static constexpr std::size_t kParallelBlocks = 4;

  BlockUpload(std::shared_ptr<BlobClient> client, std::string blob);

  Status Write(Bytes bytes);
  // Makes the blob. With `if_absent` it replaces nothing: kAlreadyExists when there is one;
  // kCommitUnknown when an earlier attempt of the same call may have made it.
  Result<PutOutcome> Finish(bool if_absent);

 private:
  Status SendBlocks();
  Result<PutOutcome> Outcome(const Result<BlobReply>& reply, bool if_absent) const;

  const std::shared_ptr<BlobClient> client_;
  const std::string blob_;
  const std::string nonce_;  // keeps blocks of two writers of one name apart
  std::string buffer_;
  std::vector<std::string> block_ids_;
};

}  // namespace foreset::azure
