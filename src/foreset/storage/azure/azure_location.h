// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "foreset/base/result.h"

namespace foreset::azure {

// A place in Azure storage: a container of an account, and a folder in it.
struct AzureLocation {
  std::string uri;      // as it was named, without a '/' at the end; holds no secret
  std::string account;  // "mybronze"; "onelake" for a Fabric workspace
  std::string container;
  std::string folder;    // "" or "a/b"
  std::string host;      // of the Blob endpoint: "mybronze.blob.core.windows.net"
  std::string endpoint;  // where the URI names it by itself (an emulator's); else empty
  bool operator==(const AzureLocation&) const = default;
};

// Whether the text is a URI of Azure storage, well-formed or not.
bool IsAzureUri(std::string_view uri);

// abfss://, abfs://, wasbs://, wasb:// as <container>@<account host>/<folder> or, as with az://,
// azure:// and adl://, as <container>/<folder> in `default_account`;
// https://<account>.{blob,dfs}.<suffix>/<container>/<folder>; an emulator's
// http://127.0.0.1:<port>/<account>/<container>/<folder>. Hosts of any suffix are taken: sovereign
// clouds, OneLake, zones. All mean the Blob endpoint, over TLS unless the endpoint says otherwise.
// kInvalidInput (kStoragePathInvalid) when a part is missing, or when the URI carries a query: a
// signature does not belong in a location.
Result<AzureLocation> ParseAzureUri(std::string_view uri, std::string_view default_account);

}  // namespace foreset::azure
