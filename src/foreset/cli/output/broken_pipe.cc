// SPDX-License-Identifier: MIT
#include "foreset/cli/output/broken_pipe.h"

#include <poll.h>
#include <unistd.h>

namespace foreset::cli {

bool ReaderIsGone() {
  pollfd out{.fd = STDOUT_FILENO, .events = POLLOUT, .revents = 0};
  return poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
}

}  // namespace foreset::cli
