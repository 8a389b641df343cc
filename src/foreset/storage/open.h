// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "foreset/base/result.h"
#include "foreset/storage/azure/azure_settings.h"
#include "foreset/storage/object_store.h"

namespace foreset {

// The directory that a plain path or a file: URI (file:/x, file:///x, file://localhost/x, percent
// escapes decoded) names, made absolute. kUnsupported when the text has another scheme.
// kInvalidInput when it is empty or a file: URI names another host.
Result<std::string> LocalDirectoryOf(std::string_view uri);

// What stores need besides the URI; local ones need nothing.
struct StoreOptions {
  AzureOptions azure;
};

// The store whose root the URI names: a directory, or a place in Azure storage. Nothing is created
// or contacted yet: a root that does not exist reads as empty, and the first write makes it (but
// not the container of a place in Azure). kUnsupported (kStorageScheme) for a scheme that no store
// here serves; for Azure also kInvalidInput when settings or credentials cannot be used.
Result<std::shared_ptr<ObjectStore>> OpenStore(std::string_view uri, const StoreOptions& options);

}  // namespace foreset
