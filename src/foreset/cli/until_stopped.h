// SPDX-License-Identifier: MIT
#pragma once

#include <stop_token>

#include "foreset/base/mutex.h"

namespace foreset::cli {

// Waits until `stop` is requested, by whatever thread.
inline void WaitUntilStopped(const std::stop_token& stop) {
  Mutex mutex;
  Condition asked;
  const std::stop_callback wake(stop, [&] {
    const MutexLock lock(mutex);
    asked.WakeAll();
  });
  const MutexLock lock(mutex);
  while (!stop.stop_requested()) asked.Wait(mutex);
}

}  // namespace foreset::cli
