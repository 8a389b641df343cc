// SPDX-License-Identifier: MIT
#include "foreset/cli/config/named_file.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <map>
#include <optional>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "foreset/base/errors/configuration.h"

namespace foreset::cli {
namespace {

constexpr std::size_t kLargest = 16UL << 20U;
constexpr std::size_t kPart = 64UL << 10U;
constexpr int kPatienceMs = 5'000;

std::unexpected<Error> Unusable(std::string message) {
  return Err(ErrorKind::kInvalidInput, configuration_error::kFileUnusable, std::move(message));
}

std::unexpected<Error> UnusableBySystem(int number) {
  return Unusable(std::error_code(number, std::generic_category()).message());
}

class Descriptor {
 public:
  // Without waiting: a pipe is opened before anybody writes to it.
  explicit Descriptor(const std::string& path)
      : number_(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)) {}
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  Descriptor(Descriptor&&) = delete;
  Descriptor& operator=(Descriptor&&) = delete;

  int number() const { return number_; }

 private:
  int number_;
};

// False when nothing comes, not even the end.
bool AwaitBytes(int descriptor) {
  pollfd waiting{.fd = descriptor, .events = POLLIN, .revents = 0};
  return poll(&waiting, 1, kPatienceMs) > 0;
}

Result<std::string> ReadAll(int descriptor) {
  std::string text;
  std::array<char, kPart> part{};
  while (AwaitBytes(descriptor)) {
    const ssize_t taken = read(descriptor, part.data(), part.size());
    if (taken == 0) return text;
    if (taken < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (taken < 0) return UnusableBySystem(errno);
    text.append(part.data(), static_cast<std::size_t>(taken));
    if (text.size() > kLargest) return Unusable("it is larger than 16 MiB");
  }
  return Unusable("it is a pipe to which nobody writes");
}

std::unexpected<Error> Named(std::string_view option, const std::string& path, const Error& error) {
  return Unusable(fmt::format("{} {}: {}", option, path, error.message));
}

Status LookAt(const std::string& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::fifo) {
    return Unusable("it is a pipe, which cannot be read again");
  }
  const std::string text = TRY(ReadSmallFile(path));
  if (!text.contains("-----BEGIN ")) return Unusable("it is no PEM file: -----BEGIN is not in it");
  return {};
}

using Files = std::vector<std::pair<std::string, std::string>>;

// librdkafka's options that name a file. The authorities may be a folder, or the word "probe".
void AddFiles(const std::string& section, const std::map<std::string, Secret>& security,
              Files& files) {
  for (const char* name :
       {"ssl.ca.location", "ssl.certificate.location", "ssl.key.location", "ssl.crl.location"}) {
    const auto found = security.find(name);
    if (found == security.end()) continue;
    const std::string& path = found->second.Reveal();
    std::error_code ignored;
    const bool authorities = name == std::string_view("ssl.ca.location");
    if (authorities && (path == "probe" || std::filesystem::is_directory(path, ignored))) continue;
    files.emplace_back(fmt::format("{}.kafka.security.{}", section, name), path);
  }
}

}  // namespace

Result<std::string> ReadSmallFile(const std::string& path) {
  const Descriptor file(path);
  if (file.number() < 0) return UnusableBySystem(errno);
  struct stat status{};
  if (fstat(file.number(), &status) != 0) return UnusableBySystem(errno);
  if (S_ISDIR(status.st_mode)) return Unusable("it is a folder");
  return ReadAll(file.number());
}

Result<std::string> ReadNamedFile(const FileReader& read_file, std::string_view option,
                                  const std::string& path) {
  auto text = read_file(path);
  if (!text) return Named(option, path, text.error());
  return text;
}

Status CheckPemFile(std::string_view option, const std::string& path) {
  if (path.empty()) return {};
  const Status looked = LookAt(path);
  if (!looked) return Named(option, path, looked.error());
  return {};
}

Status CheckPemFiles(const Configuration& configuration) {
  Files files{{"azure.ca", configuration.azure.ca}};
  if (configuration.mysql) {
    const TlsSettings& tls = configuration.mysql->tls;
    // What the mode makes no use of may be missing.
    if (tls.mode >= TlsMode::kVerifyCa) files.emplace_back("source.mysql.tls.ca", tls.ca);
    if (tls.mode != TlsMode::kDisabled) {
      files.emplace_back("source.mysql.tls.cert", tls.cert);
      files.emplace_back("source.mysql.tls.key", tls.key);
    }
  }
  if (configuration.kafka) AddFiles("source", configuration.kafka->security, files);
  if (configuration.kafka_sink) AddFiles("sink", configuration.kafka_sink->security, files);
  for (const auto& [key, path] : files) {
    RETURN_IF_ERROR(CheckPemFile(fmt::format("{}: {}:", configuration.file, key), path));
  }
  return {};
}

}  // namespace foreset::cli
