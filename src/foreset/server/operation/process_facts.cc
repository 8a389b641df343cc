// SPDX-License-Identifier: MIT
#include "foreset/server/operation/process_facts.h"

#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <system_error>

namespace foreset::server {
namespace {

std::string Contents(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::optional<double> ResidentBytes() {
  std::istringstream pages(Contents("/proc/self/statm"));
  double all = 0;
  double resident = 0;
  if (!(pages >> all >> resident)) return std::nullopt;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

// When the machine started, by the kernel's own statistics ("btime").
std::optional<double> BootTime() {
  std::istringstream lines(Contents("/proc/stat"));
  for (std::string word; lines >> word;) {
    double seconds = 0;
    if (word == "btime" && lines >> seconds) return seconds;
  }
  return std::nullopt;
}

// proc(5): field 22 counts ticks from the machine's start. Field 2 may hold spaces and ends with
// the last parenthesis.
std::optional<double> StartedAt() {
  const std::string stat = Contents("/proc/self/stat");
  const std::size_t end = stat.rfind(')');
  const auto boot = BootTime();
  if (end == std::string::npos || !boot) return std::nullopt;
  std::istringstream fields(stat.substr(end + 1));
  std::string skipped;
  constexpr int kFieldsBetween = 19;  // 3 to 21
  for (int i = 0; i < kFieldsBetween; ++i) fields >> skipped;
  double ticks = 0;
  if (!(fields >> ticks)) return std::nullopt;
  return *boot + ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
}

std::optional<double> CpuSeconds() {
  rusage usage{};
  if (getrusage(RUSAGE_SELF, &usage) != 0) return std::nullopt;
  constexpr double kMicros = 1e6;
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / kMicros;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::optional<double> OpenFiles() {
  std::error_code failed;
  std::filesystem::directory_iterator it("/proc/self/fd", failed);
  double count = 0;
  for (; !failed && it != std::filesystem::directory_iterator(); it.increment(failed)) ++count;
  if (failed) return std::nullopt;
  return count - 1;  // the directory itself
}

std::optional<double> MostFiles() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return std::nullopt;
  return static_cast<double>(limit.rlim_cur);
}

}  // namespace

ProcessFacts ReadProcessFacts() {
  return {.resident_bytes = ResidentBytes(),
          .cpu_seconds = CpuSeconds(),
          .started_at = StartedAt(),
          .open_files = OpenFiles(),
          .most_files = MostFiles()};
}

}  // namespace foreset::server
