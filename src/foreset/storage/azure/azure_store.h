// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "foreset/storage/azure/azure_settings.h"
#include "foreset/storage/azure/blob_client.h"
#include "foreset/storage/object_store.h"

namespace foreset {

// Objects as blobs of a container, through the Blob endpoint: of accounts with a hierarchical
// namespace too, whose folders are never listed as objects. PutIfAbsent is one conditional call
// (If-None-Match: *), which the service decides; it is kCommitUnknown when a reply was lost and the
// object is there afterwards. The container must exist. Thread-safe.
class AzureStore final : public ObjectStore {
 public:
  explicit AzureStore(std::shared_ptr<azure::BlobClient> client);

  Result<std::string> Read(std::string_view path) const override;
  Result<std::string> ReadRange(std::string_view path, std::uint64_t offset,
                                std::uint64_t length) const override;
  Result<ObjectInfo> Stat(std::string_view path) const override;
  Result<PutOutcome> PutIfAbsent(std::string_view path, Bytes bytes) override;
  Status Put(std::string_view path, Bytes bytes) override;
  Result<std::unique_ptr<ObjectWriter>> Create(std::string_view path) override;
  Result<std::vector<ObjectInfo>> List(std::string_view prefix,
                                       std::string_view start_after) const override;
  Result<std::vector<std::string>> ListFolders(std::string_view prefix) const override;
  Status Delete(std::string_view path) override;
  std::string Describe() const override { return client_->location().uri; }

 private:
  // The blob's name. kInvalidInput for a path that is empty, absolute or has an odd part.
  Result<std::string> Locate(std::string_view path) const;
  // A reading call; 404 and the entry of a folder are kNotFound.
  Result<azure::BlobReply> Fetch(const azure::BlobRequest& request, std::string_view path) const;

  const std::shared_ptr<azure::BlobClient> client_;
  const std::string root_;  // "" or ends with '/'
};

// Opens the place that the URI names, over a real network, with the system's clock. Contacts
// nobody yet. kInvalidInput for a URI, settings or credentials that cannot be used.
Result<std::shared_ptr<ObjectStore>> OpenAzureStore(std::string_view uri,
                                                    const AzureOptions& options);
// Makes the container of such a place, where it is not there.
Status CreateAzureContainer(std::string_view uri, const AzureOptions& options);
// How the place would be logged in to: "account key (AZURE_STORAGE_ACCOUNT_KEY)". For people.
Result<std::string> DescribeAzureCredential(std::string_view uri, const AzureOptions& options);

}  // namespace foreset
