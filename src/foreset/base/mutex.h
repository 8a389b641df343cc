// SPDX-License-Identifier: MIT
#pragma once

#include <condition_variable>
#include <mutex>

// Lock annotations that clang checks (-Wthread-safety) and g++ does not know.
#if defined(__clang__)
#define FORESET_ANNOTATE(attribute) __attribute__((attribute))
#else
#define FORESET_ANNOTATE(attribute)
#endif
// On a field: it is touched only while `mutex` is held.
#define GUARDED_BY(mutex) FORESET_ANNOTATE(guarded_by(mutex))
// On a function: the caller holds `mutex`.
#define REQUIRES(mutex) FORESET_ANNOTATE(requires_capability(mutex))

namespace foreset {

// std::mutex with the annotations that the standard library's lacks.
class FORESET_ANNOTATE(capability("mutex")) Mutex {
 public:
  void lock() FORESET_ANNOTATE(acquire_capability()) { mutex_.lock(); }
  void unlock() FORESET_ANNOTATE(release_capability()) { mutex_.unlock(); }

 private:
  std::mutex mutex_;
};

// Holds a mutex for a scope.
class FORESET_ANNOTATE(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) FORESET_ANNOTATE(acquire_capability(mutex)) : mutex_(mutex) {
    mutex_.lock();
  }
  ~MutexLock() FORESET_ANNOTATE(release_capability()) { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

// Waiting for what another thread does under the same mutex. The mutex is held on return.
class Condition {
 public:
  void Wait(Mutex& mutex) REQUIRES(mutex) { condition_.wait(mutex); }
  template <typename Duration>
  void WaitFor(Mutex& mutex, Duration duration) REQUIRES(mutex) {
    condition_.wait_for(mutex, duration);
  }
  void WakeAll() { condition_.notify_all(); }

 private:
  std::condition_variable_any condition_;
};

}  // namespace foreset
