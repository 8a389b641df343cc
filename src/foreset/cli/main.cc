// SPDX-License-Identifier: MIT
// Wiring: the process's streams, clock, environment and signals become a Context.
#include <sys/ioctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <vector>

#include "foreset/base/clock.h"
#include "foreset/base/mutex.h"
#include "foreset/cli/application.h"
#include "foreset/cli/config/named_file.h"
#include "foreset/cli/context.h"
#include "foreset/cli/error_report.h"
#include "foreset/cli/output/broken_pipe.h"

namespace {

using foreset::cli::Context;

// Waits for the signals that end a program: ends it at once, or, once a command has asked for that,
// turns them into a stop request. The one thread outside pipeline/ and server/: a stop request runs
// callbacks that take locks, which a signal handler must not.
class SignalWatcher {
 public:
  // Before anything starts a thread, which would be given the signals.
  SignalWatcher() {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGTERM, SIGINT, kEndOfWatch}) sigaddset(&set, signal);
    struct sigaction before{};  // nohup has it ignored
    sigaction(SIGHUP, nullptr, &before);
    if (before.sa_handler != SIG_IGN) sigaddset(&set, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    thread_ = std::thread([this, set] { Watch(set); });
  }

  ~SignalWatcher() {
    {
      const foreset::MutexLock lock(mutex_);
      ended_ = true;
    }
    pthread_kill(thread_.native_handle(), kEndOfWatch);
    thread_.join();
  }

  // After Ctrl-C has ended one thing, the next can be watched for it anew.
  std::stop_token Catch() {
    const foreset::MutexLock lock(mutex_);
    if (caught_ == SIGINT) {
      source_ = std::stop_source();
      caught_ = 0;
    }
    catches_ = true;
    return source_.get_token();
  }

  int caught() {
    const foreset::MutexLock lock(mutex_);
    return caught_;
  }

 private:
  static constexpr int kEndOfWatch = SIGUSR1;

  void Watch(const sigset_t& set) {
    for (int signal = 0; sigwait(&set, &signal) == 0;) {
      // The request, too, under the lock: a Catch between would take it for used up.
      const foreset::MutexLock lock(mutex_);
      if (ended_) return;
      if (signal == kEndOfWatch) continue;
      // Whoever asks twice does not want to wait for a clean end.
      if (!catches_ || caught_ != 0) _exit(foreset::cli::ExitCodeOfSignal(signal));
      caught_ = signal;
      source_.request_stop();
    }
  }

  foreset::Mutex mutex_;
  std::stop_source source_ GUARDED_BY(mutex_);
  int caught_ GUARDED_BY(mutex_) = 0;  // the signal that requested the stop
  bool catches_ GUARDED_BY(mutex_) = false;
  bool ended_ GUARDED_BY(mutex_) = false;
  std::thread thread_;  // last: it uses the others
};

std::optional<std::string> Variable(const std::string& name) {
  const char* value =
      std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe): set at start only
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

int ColumnsOf(int stream) {
  winsize size{};
  if (ioctl(stream, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
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

// Arrow's columns beside everything else on the heap of the C library: it gives back what it has no
// use for when told to (ReleaseUnused), from all threads, which Arrow's own allocator does not. Who
// runs the program may choose another one.
void ChooseAllocator() {
  setenv("ARROW_DEFAULT_MEMORY_POOL", "system",
         0);  // NOLINT(concurrency-mt-unsafe): no threads yet
}

}  // namespace

int main(int argc, char** argv) {
  ChooseAllocator();
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
                   .columns = ColumnsOf(STDOUT_FILENO),
                   .err_columns = [] { return ColumnsOf(STDERR_FILENO); }},
      .catch_signals = [&signals] { return signals.Catch(); },
      .caught_signal = [&signals] { return signals.caught(); },
      .options = {},
  };
  context.options.colour = WantsColour();
  const int exit_code = Run(argc, argv, context);
  return exit_code != 0 && foreset::cli::ReaderIsGone() ? foreset::cli::ExitCodeOfSignal(SIGPIPE)
                                                        : exit_code;
}
