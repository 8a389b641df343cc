// SPDX-License-Identifier: MIT
#include "foreset/storage/azure/azure_store.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "foreset/storage/azure/blob_listing.h"
#include "foreset/storage/azure/block_upload.h"

namespace foreset {
namespace {

using azure::BlobReply;
using azure::BlobRequest;

constexpr int kMaxPages = 100'000;
// From here on the object's size is asked for first: a length may come from damaged bytes.
constexpr std::uint64_t kLargeRange = 64UL << 20U;

bool HasOddPart(std::string_view path) {
  for (;;) {
    const std::size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    if (part.empty() || part == "." || part == "..") return true;
    if (slash == std::string_view::npos) return false;
    path.remove_prefix(slash + 1);
  }
}

std::string AsFolder(std::string_view prefix) {
  std::string folder(prefix);
  if (!folder.empty() && !folder.ends_with('/')) folder += '/';
  return folder;
}

// Doing it again is safe, so the caller may.
Error Repeatable(Error error) {
  if (error.kind == ErrorKind::kCommitUnknown) error.kind = ErrorKind::kTransient;
  return error;
}

class BlobWriter final : public ObjectWriter {
 public:
  BlobWriter(std::shared_ptr<azure::BlobClient> client, std::string blob)
      : upload_(std::move(client), std::move(blob)) {}
  Status Write(Bytes bytes) override { return upload_.Write(bytes); }
  Status Finish() override {
    RETURN_IF_ERROR(upload_.Finish(/*if_absent=*/false));
    return {};
  }

 private:
  azure::BlockUpload upload_;
};

std::unexpected<Error> EndsBefore(std::string_view path, std::uint64_t end) {
  return Err(ErrorKind::kCorruption, ErrorCode::kStorageIo,
             fmt::format("{} ends before byte {}", path, end));
}

}  // namespace

AzureStore::AzureStore(std::shared_ptr<azure::BlobClient> client)
    : client_(std::move(client)), root_(AsFolder(client_->location().folder)) {}

Result<std::string> AzureStore::Locate(std::string_view path) const {
  if (HasOddPart(path)) {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kStoragePathInvalid,
               fmt::format("'{}' is not a path under {}", path, Describe()));
  }
  return fmt::format("{}{}", root_, path);
}

Result<BlobReply> AzureStore::Fetch(const BlobRequest& request, std::string_view path) const {
  auto reply = client_->Call(request);
  const std::string doing = fmt::format("reading {}", path);
  if (!reply) return std::unexpected(Repeatable(std::move(reply).error()).Within(doing));
  const azure::HttpResponse& response = reply->response;
  if (response.status / 100 != 2) return std::unexpected(client_->FailureIn(*reply, doing));
  if (response.Header("x-ms-meta-hdi_isfolder") == "true") {
    return Err(ErrorKind::kNotFound, ErrorCode::kStorageNotFound,
               fmt::format("{} is a folder", path));
  }
  return reply;
}

Result<std::string> AzureStore::Read(std::string_view path) const {
  const BlobRequest request{
      .method = "GET", .blob = TRY(Locate(path)), .query = {}, .headers = {}, .body = {}};
  return std::move(TRY(Fetch(request, path)).response.body);
}

Result<std::string> AzureStore::ReadRange(std::string_view path, std::uint64_t offset,
                                          std::uint64_t length) const {
  if (length == 0 || length > kLargeRange) {
    const ObjectInfo info = TRY(Stat(path));
    const bool inside = offset <= info.size_bytes && length <= info.size_bytes - offset;
    if (!inside) return EndsBefore(path, offset + length);
    if (length == 0) return std::string();
  }
  const BlobRequest request{
      .method = "GET",
      .blob = TRY(Locate(path)),
      .query = {},
      .headers = {{"x-ms-range", fmt::format("bytes={}-{}", offset, offset + length - 1)}},
      .body = {}};
  auto reply = client_->Call(request);
  const std::string doing = fmt::format("reading {}", path);
  if (!reply) return std::unexpected(Repeatable(std::move(reply).error()).Within(doing));
  if (reply->response.status == 416) return EndsBefore(path, offset + length);
  if (reply->response.status / 100 != 2) return std::unexpected(client_->FailureIn(*reply, doing));
  if (reply->response.body.size() != length) return EndsBefore(path, offset + length);
  return std::move(reply->response.body);
}

Result<ObjectInfo> AzureStore::Stat(std::string_view path) const {
  const BlobRequest request{
      .method = "HEAD", .blob = TRY(Locate(path)), .query = {}, .headers = {}, .body = {}};
  const BlobReply reply = TRY(Fetch(request, path));
  ObjectInfo info;
  info.path = path;
  const std::string size = reply.response.Header("content-length");
  std::from_chars(size.data(), size.data() + size.size(), info.size_bytes);
  info.modified_at =
      azure::ParseHttpDate(reply.response.Header("last-modified")).value_or(Timestamp{});
  return info;
}

Result<PutOutcome> AzureStore::PutIfAbsent(std::string_view path, Bytes bytes) {
  azure::BlockUpload upload(client_, TRY(Locate(path)));
  RETURN_IF_ERROR(upload.Write(bytes));
  return upload.Finish(/*if_absent=*/true);
}

Status AzureStore::Put(std::string_view path, Bytes bytes) {
  azure::BlockUpload upload(client_, TRY(Locate(path)));
  RETURN_IF_ERROR(upload.Write(bytes));
  RETURN_IF_ERROR(upload.Finish(/*if_absent=*/false));
  return {};
}

Result<std::unique_ptr<ObjectWriter>> AzureStore::Create(std::string_view path) {
  return std::make_unique<BlobWriter>(client_, TRY(Locate(path)));
}

// The service cannot begin after a name, so what lies before it is read and left out.
Result<std::vector<ObjectInfo>> AzureStore::List(std::string_view prefix,
                                                 std::string_view start_after) const {
  BlobRequest request{.method = "GET", .blob = {}, .query = {}, .headers = {}, .body = {}};
  request.query = {{"restype", "container"}, {"comp", "list"}, {"include", "metadata"}};
  const std::string full_prefix = root_ + AsFolder(prefix);
  if (!full_prefix.empty()) request.query["prefix"] = full_prefix;
  std::vector<ObjectInfo> found;
  for (int pages = 0; pages < kMaxPages; ++pages) {
    const BlobReply reply = TRY(Fetch(request, full_prefix));
    azure::BlobPage page = TRY(azure::ParseBlobPage(reply.response.body));
    for (ObjectInfo& info : page.blobs) {
      if (!info.path.starts_with(root_)) continue;
      info.path.erase(0, root_.size());
      if (info.path > start_after) found.push_back(std::move(info));
    }
    if (page.next_marker.empty()) {
      std::ranges::sort(found, {}, &ObjectInfo::path);
      return found;
    }
    request.query["marker"] = page.next_marker;
  }
  return Err(ErrorKind::kUnsupported, ErrorCode::kStorageIo,
             fmt::format("{} holds more objects than can be listed", full_prefix));
}

Result<std::vector<std::string>> AzureStore::ListFolders(std::string_view prefix) const {
  BlobRequest request{.method = "GET", .blob = {}, .query = {}, .headers = {}, .body = {}};
  request.query = {{"restype", "container"}, {"comp", "list"}, {"delimiter", "/"}};
  const std::string full_prefix = root_ + AsFolder(prefix);
  if (!full_prefix.empty()) request.query["prefix"] = full_prefix;
  std::vector<std::string> names;
  for (int pages = 0; pages < kMaxPages; ++pages) {
    const BlobReply reply = TRY(Fetch(request, full_prefix));
    const azure::BlobPage page = TRY(azure::ParseBlobPage(reply.response.body));
    for (const std::string& folder : page.prefixes) {
      if (!folder.starts_with(full_prefix) || folder.size() <= full_prefix.size() + 1) continue;
      names.push_back(folder.substr(full_prefix.size(), folder.size() - full_prefix.size() - 1));
    }
    if (page.next_marker.empty()) break;
    request.query["marker"] = page.next_marker;
  }
  std::ranges::sort(names);
  return names;
}

Status AzureStore::Delete(std::string_view path) {
  const BlobRequest request{.method = "DELETE",
                            .blob = TRY(Locate(path)),
                            .query = {},
                            .headers = {{"x-ms-delete-snapshots", "include"}},
                            .body = {}};
  const std::string doing = fmt::format("deleting {}", path);
  const auto reply = client_->Call(request);
  if (!reply) return std::unexpected(Repeatable(reply.error()).Within(doing));
  if (reply->response.status / 100 == 2) return {};
  Error error = client_->FailureIn(*reply, doing);
  if (error.kind == ErrorKind::kNotFound) return {};
  return std::unexpected(std::move(error));
}

}  // namespace foreset
