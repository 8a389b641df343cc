// SPDX-License-Identifier: MIT
// Preloaded into a program: counts its durable steps, the calls that make, name, move, remove or
// synchronise something below KILL_ROOT, and kills it with SIGKILL right after the KILL_AFTER-th
// (0: never). KILL_COUNT names a file that says how many there were.
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

#include <dlfcn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

static atomic_long steps;

static int IsBelow(const char* path) {
  const char* root = getenv("KILL_ROOT");
  return root != NULL && strncmp(path, root, strlen(root)) == 0;
}

// A call that failed has made no step.
static int Step(const char* path, int outcome) {
  if (outcome != 0 || !IsBelow(path)) return outcome;
  const long number = ++steps;
  if (number == atol(getenv("KILL_AFTER"))) kill(getpid(), SIGKILL);
  const int count = open(getenv("KILL_COUNT"), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  // Threads may pass each other: what counts is the last word, by the length of the file.
  if (count >= 0) {
    if (ftruncate(count, number) != 0) abort();
    close(count);
  }
  return outcome;
}

#define OF_ONE_PATH(name)                               \
  int name(const char* path) {                          \
    int (*real)(const char*) = dlsym(RTLD_NEXT, #name); \
    return Step(path, real(path));                      \
  }
#define OF_TWO_PATHS(name)                                           \
  int name(const char* from, const char* to) {                       \
    int (*real)(const char*, const char*) = dlsym(RTLD_NEXT, #name); \
    return Step(to, real(from, to));                                 \
  }

OF_ONE_PATH(unlink)
OF_ONE_PATH(rmdir)
OF_ONE_PATH(remove)
OF_TWO_PATHS(link)
OF_TWO_PATHS(rename)

int mkdir(const char* path, mode_t mode) {
  int (*real)(const char*, mode_t) = dlsym(RTLD_NEXT, "mkdir");
  return Step(path, real(path, mode));
}

int renameat2(int old_folder, const char* from, int new_folder, const char* to, unsigned flags) {
  int (*real)(int, const char*, int, const char*, unsigned) = dlsym(RTLD_NEXT, "renameat2");
  return Step(to, real(old_folder, from, new_folder, to, flags));
}

int fsync(int file) {
  int (*real)(int) = dlsym(RTLD_NEXT, "fsync");
  char link[64], path[4096] = "";
  snprintf(link, sizeof(link), "/proc/self/fd/%d", file);
  if (readlink(link, path, sizeof(path) - 1) < 0) path[0] = '\0';
  return Step(path, real(file));
}
