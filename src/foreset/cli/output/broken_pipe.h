// SPDX-License-Identifier: MIT
#pragma once

namespace foreset::cli {

// Whether the reader of this process's standard output went away, as `head` does: no failure to
// talk about.
bool ReaderIsGone();

}  // namespace foreset::cli
