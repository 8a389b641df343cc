// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "foreset/base/clock.h"
#include "foreset/base/result.h"
#include "foreset/storage/azure/azure_credential.h"
#include "foreset/storage/azure/azure_location.h"
#include "foreset/storage/azure/http_transport.h"

namespace foreset::azure {

// Whether the same request may get another answer in a moment: throttled, busy, timed out, and
// whatever is neither a success nor one of the service's own decisions (of access, of what exists).
bool IsPassing(const HttpResponse& response);
// Whether a refusal may end when credentials are read again.
bool IsRefusal(int status);

// The service's own code for a failure: from the header or the body. Empty when it has none.
std::string ServiceCode(const HttpResponse& response);

// What a response that is no success means, as a failure with a code and a fix: kInvalidInput only
// for what the service itself says and what stays so until someone acts, kNotFound, else
// kTransient. `doing` names the call and the object ("reading silver/x.json"); `now` is this
// machine's clock, to tell a wrong key from a wrong clock; `credential` is what was refused, to
// tell an expired signature from a wrong one.
Error FailureOf(const HttpResponse& response, const AzureLocation& location,
                const std::string& doing, Timestamp now, const AzureCredential& credential);

}  // namespace foreset::azure
