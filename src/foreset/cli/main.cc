// SPDX-License-Identifier: MIT
// Wiring: the process's streams, clock, environment and signals become a Context.
#include <sys/ioctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <iostream>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <vector>

#include "foreset/base/clock.h"
#include "foreset/cli/application.h"
#include "foreset/cli/config/named_file.h"
#include "foreset/cli/context.h"
#include "foreset/cli/error_report.h"
#include "foreset/cli/output/broken_pipe.h"

namespace {

using foreset::cli::Context;

// Turns the signals that end a program into a stop request. The one thread outside pipeline/ and
// server/: a stop request runs callbacks that take locks, which a signal handler must not.
class SignalWatcher {
 public:
  ~SignalWatcher() {
    if (!thread_.joinable()) return;
    pthread_kill(thread_.native_handle(), SIGUSR1);
    thread_.join();
  }

  // After Ctrl-C has ended one thing, the next can be watched for it anew.
  std::stop_token Start() {
    const std::lock_guard lock(mutex_);
    if (thread_.joinable()) {
      if (interrupted_) source_ = std::stop_source();
      interrupted_ = false;
      return source_.get_token();
    }
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR1}) sigaddset(&set, signal);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    thread_ = std::thread([this, set] { Watch(set); });
    return source_.get_token();
  }

 private:
  void Watch(const sigset_t& set) {
    for (int signal = 0; sigwait(&set, &signal) == 0 && signal != SIGUSR1;) {
      // The request, too, under the lock: a Start between would take it for used up.
      const std::lock_guard lock(mutex_);
      // Whoever asks twice does not want to wait for a clean end.
      if (source_.stop_requested()) _exit(128 + signal);
      interrupted_ = signal == SIGINT;
      source_.request_stop();
    }
  }

  std::mutex mutex_;
  std::stop_source source_;   // under the mutex
  bool interrupted_ = false;  // the same: by SIGINT, since the last Start
  std::thread thread_;
};

std::optional<std::string> Variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe): never set
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

int Columns() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

bool WantsColour() {
  const auto terminal = Variable("TERM");
  return Variable("NO_COLOR").value_or("").empty() && terminal && *terminal != "dumb";
}

foreset::Error Unexpected(std::string_view what) {
  return {foreset::ErrorKind::kInternal,
          foreset::ErrorCode::kInternal,
          "an exception that nobody expected: " + std::string(what),
          {}};
}

// No exception of ours leaves a function, but a library, or memory, may throw where nobody thought
// of it: that ends the program with a code as well.
int Run(int argc, char** argv, Context& context) {
  try {
    return foreset::cli::RunApplication(std::vector<std::string>(argv + 1, argv + argc), context);
  } catch (const std::exception& thrown) {
    return foreset::cli::ReportError(Unexpected(thrown.what()), context);
  }
}

// The same on another thread, where nobody can catch it.
[[noreturn]] void EndWithACode() {
  std::string what = "none";
  try {
    if (const auto thrown = std::current_exception()) std::rethrow_exception(thrown);
  } catch (const std::exception& thrown) {
    what = thrown.what();
  } catch (...) {
    what = "not of the standard library";
  }
  const foreset::Error error = Unexpected(what);
  std::cerr << foreset::cli::DescribeError(error, false) << std::flush;
  _exit(foreset::cli::ExitCodeOf(error));
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  std::set_terminate(EndWithACode);
  std::ios::sync_with_stdio(false);
  const foreset::SystemClock clock;
  SignalWatcher signals;
  std::error_code ignored;
  Context context{
      .clock = clock,
      .environment = Variable,
      .read_file = foreset::cli::ReadSmallFile,
      .working_directory = std::filesystem::current_path(ignored).string(),
      .in = std::cin,
      .out = std::cout,
      .err = std::cerr,
      .terminal = {.in = isatty(STDIN_FILENO) == 1,
                   .out = isatty(STDOUT_FILENO) == 1,
                   .err = isatty(STDERR_FILENO) == 1,
                   .columns = Columns()},
      .catch_signals = [&signals] { return signals.Start(); },
      .options = {},
      .chosen = {},
  };
  context.options.colour = WantsColour();
  const int exit_code = Run(argc, argv, context);
  return exit_code != 0 && foreset::cli::ReaderIsGone() ? 128 + SIGPIPE : exit_code;
}
