// SPDX-License-Identifier: MIT
#include "foreset/delta/actions.h"

#include <fmt/format.h>

namespace foreset::delta {

std::string DeletionVectorDescriptor::UniqueId() const {
  if (!offset) return fmt::format("{}{}", storage_type, path_or_inline);
  return fmt::format("{}{}@{}", storage_type, path_or_inline, *offset);
}

}  // namespace foreset::delta
