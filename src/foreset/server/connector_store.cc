// SPDX-License-Identifier: MIT
#include "foreset/server/connector_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "foreset/base/json_writer.h"
#include "foreset/server/request_body.h"

namespace foreset::server {
namespace {

constexpr std::string_view kEnding = ".json";

std::unexpected<Error> Failure(const std::string& path, std::string_view what) {
  const int number = errno;
  return Err(ErrorKind::kTransient, ErrorCode::kStorageIo,
             fmt::format("{}: {}: {}", path, what, std::generic_category().message(number)));
}

// Letters, digits, '-' and '_' stand for themselves: no name leaves the directory or is hidden.
std::string FileNameOf(const std::string& name) {
  std::string file;
  for (const char c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_';
    file += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return file + std::string(kEnding);
}

// Closed when it goes; every write is checked before.
class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  ~File() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  bool IsOpen() const { return descriptor_ >= 0; }
  bool Append(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t written = write(descriptor_, text.data(), text.size());
      if (written < 0 && errno != EINTR) return false;
      if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
  }
  bool Sync() const { return fsync(descriptor_) == 0; }

 private:
  const int descriptor_;
};

Status SyncDirectory(const std::string& directory) {
  const File opened(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened.IsOpen() || !opened.Sync()) return Failure(directory, "cannot be made durable");
  return {};
}

Status MakeDirectory(const std::string& directory) {
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(directory).parent_path(), error);
  if (mkdir(directory.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
    return Failure(directory, "cannot be made");
  }
  return {};
}

std::string StoredText(const StoredConnector& connector) {
  JsonWriter json;
  json.BeginObject()
      .Member("name", connector.name)
      .Member("initial_state", NameOf(connector.target))
      .Key("config")
      .Raw(ToJson(connector.config.Reveal()))
      .EndObject();
  return json.Take() + "\n";
}

Result<StoredConnector> ReadOne(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  auto read = ReadNewConnector(text);
  if (!file.good() || !read || FileNameOf(read->name) != path.filename().string()) {
    return Err(ErrorKind::kCorruption, ErrorCode::kConnectorStateDamaged,
               fmt::format("{} is not a stored connector", path.string()));
  }
  return StoredConnector{std::move(read->name), read->target, std::move(read->config)};
}

}  // namespace

Result<ConnectorStore> ConnectorStore::Open(const std::string& directory) {
  RETURN_IF_ERROR(MakeDirectory(directory));
  std::string connectors = directory + "/connectors";
  RETURN_IF_ERROR(MakeDirectory(connectors));
  RETURN_IF_ERROR(SyncDirectory(directory));
  return ConnectorStore(std::move(connectors));
}

std::string ConnectorStore::PathOf(const std::string& name) const {
  return directory_ + "/" + FileNameOf(name);
}

Result<std::vector<StoredConnector>> ConnectorStore::ReadAll() const {
  std::vector<StoredConnector> all;
  std::error_code error;
  for (std::filesystem::directory_iterator file(directory_, error), end; !error && file != end;
       file.increment(error)) {
    // A file that was being written when the process died has another ending.
    if (!file->path().string().ends_with(kEnding)) continue;
    all.push_back(TRY(ReadOne(file->path())));
  }
  if (error) {
    return Err(ErrorKind::kTransient, ErrorCode::kStorageIo,
               fmt::format("{}: {}", directory_, error.message()));
  }
  std::ranges::sort(all, {}, &StoredConnector::name);
  return all;
}

Status ConnectorStore::Write(const StoredConnector& connector) const {
  const std::string path = PathOf(connector.name);
  const std::string draft = path + ".new";
  {
    const File file(open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
                         S_IRUSR | S_IWUSR));
    if (!file.IsOpen()) return Failure(draft, "cannot be made");
    if (!file.Append(StoredText(connector)) || !file.Sync()) return Failure(draft, "writing");
  }
  if (rename(draft.c_str(), path.c_str()) != 0) return Failure(path, "cannot be replaced");
  return SyncDirectory(directory_);
}

Status ConnectorStore::Remove(const std::string& name) const {
  const std::string path = PathOf(name);
  if (unlink(path.c_str()) != 0 && errno != ENOENT) return Failure(path, "cannot be removed");
  return SyncDirectory(directory_);
}

}  // namespace foreset::server
