// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include <arrow/io/type_fwd.h>

#include "foreset/base/result.h"

namespace foreset::batch {

// The text as UTF-8, without a byte order mark. A UTF-16 mark goes before what `encoding` says:
// utf-8, utf-16, utf-16le, utf-16be, latin-1 or windows-1252. Bytes that the encoding has not come
// out as bytes that are no UTF-8 (and bytes of utf-8 as they are), so that their row is a bad one.
// kUsage for another encoding.
Result<std::shared_ptr<arrow::io::InputStream>> ReadAsUtf8(
    std::shared_ptr<arrow::io::InputStream> bytes, const std::string& encoding);

}  // namespace foreset::batch
