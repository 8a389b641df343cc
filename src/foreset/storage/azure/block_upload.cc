// SPDX-License-Identifier: MIT
#include "foreset/storage/azure/block_upload.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "foreset/storage/azure/service_failure.h"
#include "foreset/storage/azure/url_text.h"

namespace foreset::azure {
namespace {

constexpr std::size_t kBufferBytes = BlockUpload::kBlockBytes * BlockUpload::kParallelBlocks;
constexpr std::size_t kMaxBlocks = 50'000;  // the service's limit for one blob
constexpr int kCreated = 201;

std::string BlockList(const std::vector<std::string>& ids) {
  std::string xml = "<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>";
  for (const std::string& id : ids) xml += fmt::format("<Latest>{}</Latest>", id);
  return xml + "</BlockList>";
}

// Azure says 412, Azurite 409; with a hierarchical namespace the code has another name.
bool SaysExists(const HttpResponse& response) {
  // Of other conditions (a lease) the service says so.
  if (response.status == 412) {
    const std::string code = ServiceCode(response);
    return code.empty() || code == "ConditionNotMet";
  }
  return response.status == 409 && ServiceCode(response).ends_with("AlreadyExists");
}

}  // namespace

BlockUpload::BlockUpload(std::shared_ptr<BlobClient> client, std::string blob)
    : client_(std::move(client)),
      blob_(std::move(blob)),
      nonce_(fmt::format("{:08x}{:08x}", client_->Random(), client_->Random())) {}

Status BlockUpload::Write(Bytes bytes) {
  std::string_view left = AsText(bytes);
  while (!left.empty()) {
    if (buffer_.size() == kBufferBytes) RETURN_IF_ERROR(SendBlocks());
    const std::size_t length = std::min(left.size(), kBufferBytes - buffer_.size());
    buffer_.append(left.substr(0, length));
    left.remove_prefix(length);
  }
  return {};
}

Status BlockUpload::SendBlocks() {
  std::vector<BlobRequest> requests;
  for (std::size_t at = 0; at < buffer_.size(); at += kBlockBytes) {
    const std::string name = fmt::format("{}{:08}", nonce_, block_ids_.size());
    block_ids_.push_back(ToBase64(AsBytes(name)));
    requests.push_back({.method = "PUT",
                        .blob = blob_,
                        .query = {{"comp", "block"}, {"blockid", block_ids_.back()}},
                        .headers = {},
                        .body = AsBytes(std::string_view(buffer_).substr(at, kBlockBytes))});
  }
  if (block_ids_.size() > kMaxBlocks) {
    return Err(ErrorKind::kUnsupported, ErrorCode::kStorageIo,
               fmt::format("{} is larger than {} blocks", blob_, kMaxBlocks));
  }
  for (const auto& reply : client_->CallAll(requests)) {
    if (!reply) {
      // A block that arrives twice is the same block.
      Error error = reply.error();
      if (error.kind == ErrorKind::kCommitUnknown) error.kind = ErrorKind::kTransient;
      return std::unexpected(std::move(error));
    }
    if (reply->response.status != kCreated) {
      return std::unexpected(client_->FailureIn(*reply, fmt::format("writing {}", blob_)));
    }
  }
  buffer_.clear();
  return {};
}

Result<PutOutcome> BlockUpload::Finish(bool if_absent) {
  BlobRequest request{.method = "PUT", .blob = blob_, .query = {}, .headers = {}, .body = {}};
  request.headers["content-type"] = "application/octet-stream";
  if (if_absent) request.headers["if-none-match"] = "*";
  if (block_ids_.empty()) {
    request.headers["x-ms-blob-type"] = "BlockBlob";
    request.body = AsBytes(buffer_);
    return Outcome(client_->Call(request), if_absent);
  }
  if (!buffer_.empty()) RETURN_IF_ERROR(SendBlocks());
  const std::string list = BlockList(block_ids_);
  request.query["comp"] = "blocklist";
  request.body = AsBytes(list);
  return Outcome(client_->Call(request), if_absent);
}

Result<PutOutcome> BlockUpload::Outcome(const Result<BlobReply>& reply, bool if_absent) const {
  if (!reply) {
    Error error = reply.error();
    // Replacing may be done twice; creating may not.
    if (error.kind == ErrorKind::kCommitUnknown && !if_absent) error.kind = ErrorKind::kTransient;
    return std::unexpected(std::move(error));
  }
  if (reply->response.status == kCreated) return PutOutcome::kCreated;
  if (if_absent && SaysExists(reply->response)) {
    if (!reply->doubtful) return PutOutcome::kAlreadyExists;
    return Err(ErrorKind::kCommitUnknown, ErrorCode::kCommitUnknown,
               fmt::format("{} exists, after a reply was lost that may have made it", blob_));
  }
  Error error = client_->FailureIn(*reply, fmt::format("writing {}", blob_));
  // Another writer of the same name came first and the service dropped our blocks.
  if (ServiceCode(reply->response) == "InvalidBlockList") error.kind = ErrorKind::kTransient;
  if (if_absent && reply->doubtful && error.kind == ErrorKind::kTransient) {
    error.kind = ErrorKind::kCommitUnknown;
  }
  return std::unexpected(std::move(error));
}

}  // namespace foreset::azure
