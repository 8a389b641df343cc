// SPDX-License-Identifier: MIT
// Loaded before a program (LD_PRELOAD): calls on paths that hold FAILING_PATH fail with the number FAILING_ERRNO,
// from the FAILING_FROM-th (counted from 0) on, FAILING_TIMES times. With FAILING_SIGNAL they do not fail: the program gets that
// signal instead, and a moment for it before the call goes on.
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static long Number(const char* name) {
  const char* text = getenv(name);
  return text ? atol(text) : 0;
}

static int Fails(const char* path) {
  static long calls = 0;
  const char* part = getenv("FAILING_PATH");
  if (!part || !strstr(path, part)) return 0;
  const long call = __sync_fetch_and_add(&calls, 1);
  const long from = Number("FAILING_FROM");
  if (call < from || call >= from + Number("FAILING_TIMES")) return 0;
  if (getenv("FAILING_SIGNAL")) {
    kill(getpid(), (int)Number("FAILING_SIGNAL"));
    usleep(50000);
    return 0;
  }
  errno = (int)Number("FAILING_ERRNO");
  return 1;
}

typedef int (*OpenCall)(const char*, int, ...);
typedef DIR* (*OpenDirCall)(const char*);
typedef int (*MkdirCall)(const char*, mode_t);
typedef int (*LinkCall)(const char*, const char*);

#define NEXT(type, name) type next = (type)dlsym(RTLD_NEXT, name)

#define OPEN(name)                                             \
  int name(const char* path, int flags, ...) {                 \
    NEXT(OpenCall, #name);               \
    va_list rest;                                              \
    va_start(rest, flags);                                     \
    const mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0; \
    va_end(rest);                                              \
    return Fails(path) ? -1 : next(path, flags, mode);         \
  }
OPEN(open)
OPEN(open64)

DIR* opendir(const char* path) {
  NEXT(OpenDirCall, "opendir");
  return Fails(path) ? NULL : next(path);
}

int mkdir(const char* path, mode_t mode) {
  NEXT(MkdirCall, "mkdir");
  return Fails(path) ? -1 : next(path, mode);
}

int link(const char* from, const char* to) {
  NEXT(LinkCall, "link");
  return Fails(to) ? -1 : next(from, to);
}
