// SPDX-License-Identifier: MIT
#include "foreset/model/schema_change.h"

#include <utility>

namespace foreset {

Error NotFollowed(std::string reason) {
  return {ErrorKind::kInvalidInput, ErrorCode::kSchemaChangeNotFollowed, std::move(reason), {}};
}

}  // namespace foreset
