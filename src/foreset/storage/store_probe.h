// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "foreset/base/result.h"
#include "foreset/storage/object_store.h"

namespace foreset {

// Tries out what a lake needs of a store: lists folders, creates an object, is refused a second
// time, reads it back, asks for its size, and deletes it. `name` is the object's, and must be
// nobody else's. Leaves nothing behind unless deleting fails. The failure says at which of them it
// was.
Status ProbeStore(ObjectStore& store, const std::string& name);

}  // namespace foreset
