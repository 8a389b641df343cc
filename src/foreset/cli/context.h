// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <iosfwd>
#include <map>
#include <stop_token>
#include <string>

#include "foreset/base/clock.h"
#include "foreset/base/messages.h"
#include "foreset/base/result.h"
#include "foreset/cli/config/references.h"

namespace foreset::cli {

// One of the three standard streams' ends.
struct Terminal {
  bool in = false;
  bool out = false;
  bool err = false;
  int columns = 80;
  // Of standard error's terminal at this moment: it may be resized.
  std::function<int()> err_columns = [] { return 80; };
};

// Options that every command takes.
struct GlobalOptions {
  int verbose = 0;
  bool quiet = false;
  bool json_messages = false;
  bool colour = false;
  std::map<std::string, std::string> overrides;  // --set KEY=VALUE
};

// The world as a command sees it; main.cc fills it, tests fill it otherwise. A command takes from
// here what it needs and starts nothing of its own. Lives as long as the program.
struct Context {
  const Clock& clock;
  Environment environment;
  FileReader read_file;
  std::string working_directory;
  std::istream& in;
  std::ostream& out;  // data
  std::ostream& err;  // messages
  Terminal terminal;
  // SIGTERM, SIGINT and SIGHUP end the process at once, with ExitCodeOfSignal: right for what only
  // reads. From the first call on they request a stop by this token instead, for a command that
  // has something to bring to an end; a second signal ends it. A command that a stop kept from
  // being whole returns kCancelled.
  std::function<std::stop_token()> catch_signals;
  // Which of them has requested a stop since; 0: none.
  std::function<int()> caught_signal;

  GlobalOptions options;
};

// Exit codes that are no error's.
inline constexpr int kExitOk = 0;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitMismatch = 3;
inline constexpr int kExitWarnings = 4;
// As a shell tells of a process that the signal ended: 130 of Ctrl-C.
constexpr int ExitCodeOfSignal(int signal) { return 128 + signal; }

// Names of the groups under which `foreset --help` lists commands, in its order.
inline constexpr const char* kGroupSetUp = "Set up";
inline constexpr const char* kGroupPipeline = "Run the pipeline";
inline constexpr const char* kGroupTables = "Look at tables";
inline constexpr const char* kGroupRepair = "Find out and repair";
inline constexpr const char* kGroupTools = "Batch tools";

}  // namespace foreset::cli
