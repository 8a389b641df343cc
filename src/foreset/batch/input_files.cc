// SPDX-License-Identifier: MIT
#include "foreset/batch/input_files.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include <arrow/io/compressed.h>
#include <arrow/io/file.h>
#include <arrow/scalar.h>
#include <arrow/table.h>
#include <arrow/util/compression.h>
#include <fmt/format.h>

#include "foreset/base/errors/batch.h"
#include "foreset/base/hash128.h"
#include "foreset/model/arrow_status.h"

namespace foreset::batch {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kDownloadBytes = 4L << 20U;
constexpr ArrowBlame kUnreadable{ErrorKind::kInvalidInput, batch_error::kInputMissing};

std::unexpected<Error> Missing(const std::string& what) {
  return Err(ErrorKind::kInvalidInput, batch_error::kInputMissing, what);
}

bool IsPattern(std::string_view text) { return text.find_first_of("*?[") != text.npos; }

constexpr std::array<std::string_view, 4> kPacked{".gz", ".zst", ".zstd", ".bz2"};
constexpr auto kForms = std::to_array<std::pair<std::string_view, FileFormat>>({
    {".csv", FileFormat::kCsv},
    {".tsv", FileFormat::kCsv},
    {".txt", FileFormat::kCsv},
    {".json", FileFormat::kJson},
    {".jsonl", FileFormat::kJson},
    {".ndjson", FileFormat::kJson},
    {".parquet", FileFormat::kParquet},
});

// By the name's ending, below the ending of a compression: both are taken off.
std::optional<FileFormat> TakeForm(std::string_view& name) {
  std::string lower(name);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  std::string_view left = lower;
  for (const std::string_view packed : kPacked) {
    if (left.ends_with(packed)) left.remove_suffix(packed.size());
  }
  for (const auto& [ending, format] : kForms) {
    if (!left.ends_with(ending)) continue;
    name = name.substr(0, left.size() - ending.size());
    return format;
  }
  return std::nullopt;
}

std::optional<FileFormat> FormatOf(std::string_view name) { return TakeForm(name); }

// Spark's _SUCCESS, editors' and systems' own files.
bool IsHidden(std::string_view path) {
  return path.starts_with('_') || path.starts_with('.') || path.find("/_") != path.npos ||
         path.find("/.") != path.npos;
}

class Finder {
 public:
  Finder(sql::Engine& engine, const std::vector<FileFormat>& formats, const StoreOptions& stores)
      : engine_(engine), formats_(formats), stores_(stores) {}

  Status Find(const std::string& input) {
    const std::size_t before = list_.files.size();
    RETURN_IF_ERROR(input.find("://") != std::string::npos ? FindRemote(input) : FindLocal(input));
    if (list_.files.size() == before) return Missing(fmt::format("{} names no file", input));
    return {};
  }

  InputList Take() { return std::move(list_); }

 private:
  bool Wanted(FileFormat format) const {
    return std::ranges::find(formats_, format) != formats_.end();
  }

  // Of a file that the user named: when its name tells nothing, it is the first wanted form.
  FileFormat NamedFormat(const std::string& name) const {
    const auto format = FormatOf(name);
    return format && Wanted(*format) ? *format : formats_.front();
  }

  Status AddLocal(const std::string& path, FileFormat format) {
    const FileFacts facts = TRY(FactsOf(path));
    list_.files.push_back({.name = path,
                           .path = path,
                           .store = nullptr,
                           .size_bytes = facts.size_bytes,
                           .modified_us = facts.modified_us,
                           .format = format});
    return {};
  }

  Status FindLocal(const std::string& input) {
    std::error_code error;
    const fs::path path = fs::absolute(input, error).lexically_normal();
    if (fs::is_directory(path, error)) return FindInFolder(path);
    if (fs::exists(path, error)) return AddLocal(path.string(), NamedFormat(input));
    if (!IsPattern(input)) return Missing(fmt::format("there is no {}", path.string()));
    const auto found = TRY(engine_.Fetch(
        fmt::format("SELECT file FROM glob({}) ORDER BY file", sql::Literal(path.string()))));
    for (std::int64_t row = 0; row < found->num_rows(); ++row) {
      const std::string file = TRY(FromArrow(found->column(0)->GetScalar(row)))->ToString();
      RETURN_IF_ERROR(AddLocal(file, NamedFormat(file)));
    }
    return {};
  }

  Status FindInFolder(const fs::path& folder) {
    std::error_code error;
    std::vector<std::string> names;
    for (auto at = fs::recursive_directory_iterator(folder, error);
         !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
      if (at->is_symlink(error) && at->is_directory(error)) {
        list_.others.push_back(at->path().string());
      } else if (!at->is_directory(error)) {
        names.push_back(at->path().lexically_relative(folder).string());
      }
    }
    if (error) return Missing(fmt::format("{}: {}", folder.string(), error.message()));
    std::ranges::sort(names);
    for (const std::string& name : names) {
      if (const auto format = Sort(name, (folder / name).string())) {
        NotePartition(name, (folder / name).string(), *format != FileFormat::kParquet);
        RETURN_IF_ERROR(AddLocal((folder / name).string(), *format));
      }
    }
    return {};
  }

  // The form of a file in a folder; nothing when it is not to be read.
  std::optional<FileFormat> Sort(const std::string& relative, const std::string& name) {
    if (IsHidden(relative)) {
      list_.hidden.push_back(name);
      return std::nullopt;
    }
    const auto format = FormatOf(relative);
    if (format && Wanted(*format)) return format;
    list_.others.push_back(name);
    return std::nullopt;
  }

  void NotePartition(const std::string& relative, const std::string& name, bool lost) {
    const std::size_t in_folders = relative.rfind('/');
    if (lost && in_folders != relative.npos && relative.rfind('=', in_folders) != relative.npos) {
      list_.partitioned.push_back(name);
    }
  }

  void AddRemote(const std::string& root, const std::shared_ptr<ObjectStore>& store,
                 const ObjectInfo& info, FileFormat format) {
    list_.files.push_back({.name = root + info.path,
                           .path = info.path,
                           .store = store,
                           .size_bytes = info.size_bytes,
                           .modified_us = info.modified_at.value(),
                           .format = format});
  }

  Status FindRemote(const std::string& input) {
    const bool pattern = IsPattern(input);
    // The last folder that has a name of its own: what is sought is below it.
    const std::size_t end =
        pattern ? input.rfind('/', input.find_first_of("*?[")) : input.find_last_not_of('/') + 1;
    const std::string root = input.substr(0, end);
    const auto store = TRY(OpenStore(root, stores_));
    const std::vector<ObjectInfo> below = TRY(store->List("", ""));
    if (pattern) {
      const std::string wanted = input.substr(end + 1);
      for (const ObjectInfo& info : below) {
        const auto fits = TRY(engine_.Fetch(fmt::format(
            "SELECT 1 WHERE {} GLOB {}", sql::Literal(info.path), sql::Literal(wanted))));
        if (fits->num_rows() > 0) AddRemote(root + "/", store, info, NamedFormat(info.path));
      }
      return {};
    }
    for (const ObjectInfo& info : below) {
      if (info.path.empty()) continue;
      const auto format = Sort(info.path, root + "/" + info.path);
      if (format) NotePartition(info.path, root + "/" + info.path, true);
      if (format) AddRemote(root + "/", store, info, *format);
    }
    return below.empty() ? FindObject(root) : Status();
  }

  Status FindObject(const std::string& uri) {
    const std::size_t slash = uri.rfind('/');
    const auto store = TRY(OpenStore(uri.substr(0, slash), stores_));
    const std::string name = uri.substr(slash + 1);
    const auto info = store->Stat(name);
    if (!info) {
      return info.error().kind == ErrorKind::kNotFound ? Missing(fmt::format("there is no {}", uri))
                                                       : Status(std::unexpected(info.error()));
    }
    AddRemote(uri.substr(0, slash + 1), store, *info, NamedFormat(name));
    return {};
  }

  sql::Engine& engine_;
  const std::vector<FileFormat>& formats_;
  const StoreOptions& stores_;
  InputList list_;
};

Result<std::string> CompressionOf(const std::string& path) {
  const auto file = TRY(FromArrow(arrow::io::ReadableFile::Open(path), kUnreadable));
  const auto head = TRY(FromArrow(file->Read(4), kUnreadable))->ToString();
  if (head.starts_with("\x1f\x8b")) return "gzip";
  if (head == "\x28\xb5\x2f\xfd") return "zstd";
  if (head.starts_with("BZh")) return "bzip2";
  return "none";
}

Status CopyObject(const InputFile& input, const std::string& path) {
  const auto out = TRY(FromArrow(arrow::io::FileOutputStream::Open(path),
                                 {ErrorKind::kTransient, ErrorCode::kStorageFull}));
  for (std::uint64_t at = 0; at < input.size_bytes; at += kDownloadBytes) {
    const std::uint64_t length = std::min<std::uint64_t>(kDownloadBytes, input.size_bytes - at);
    const std::string piece = TRY(input.store->ReadRange(input.path, at, length));
    RETURN_IF_ERROR(FromArrow(out->Write(piece.data(), static_cast<std::int64_t>(piece.size())),
                              {ErrorKind::kTransient, ErrorCode::kStorageFull}));
  }
  RETURN_IF_ERROR(FromArrow(out->Close(), {ErrorKind::kTransient, ErrorCode::kStorageFull}));
  const ObjectInfo now = TRY(input.store->Stat(input.path));
  if (now.size_bytes != input.size_bytes || now.modified_at.value() != input.modified_us) {
    return Err(ErrorKind::kTransient, batch_error::kInputChanged,
               fmt::format("{} changed while it was read", input.name));
  }
  return {};
}

std::string Hex(const Hash128& hash) { return fmt::format("{:016x}{:016x}", hash.high, hash.low); }

template <typename Value>
Result<Value> Naming(const std::string& name, Result<Value> result) {
  if (!result) return std::unexpected(std::move(result).error().Within(name));
  return result;
}

// Of the digests of its pieces: the file is never in memory.
Result<std::string> ContentDigest(const std::string& path) {
  const auto file = TRY(FromArrow(arrow::io::ReadableFile::Open(path), kUnreadable));
  std::string digests;
  while (true) {
    const auto piece = TRY(FromArrow(file->Read(kDownloadBytes), kUnreadable));
    if (piece->size() == 0) return Hex(HashBytes(digests));
    digests = Hex(HashBytes(digests + Hex(HashBytes(std::string_view(*piece)))));
  }
}

}  // namespace

Result<FileFacts> FactsOf(const std::string& path) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  if (error) return Missing(fmt::format("{}: {}", path, error.message()));
  const auto time = fs::last_write_time(path, error);
  if (error) return Missing(fmt::format("{}: {}", path, error.message()));
  const auto since = std::chrono::file_clock::to_sys(time).time_since_epoch();
  return FileFacts{size, std::chrono::duration_cast<std::chrono::microseconds>(since).count()};
}

Result<InputList> FindInputs(sql::Engine& engine, const std::vector<std::string>& inputs,
                             const std::vector<FileFormat>& formats, const StoreOptions& stores) {
  Finder finder(engine, formats, stores);
  for (const std::string& input : inputs) RETURN_IF_ERROR(finder.Find(input));
  InputList list = finder.Take();
  // Named twice, read once.
  std::vector<InputFile> files;
  for (InputFile& file : list.files) {
    const auto same = [&](const InputFile& other) { return other.name == file.name; };
    if (std::ranges::none_of(files, same)) files.push_back(std::move(file));
  }
  list.files = std::move(files);
  return list;
}

Status RefusePartitioned(const InputList& list) {
  if (list.partitioned.empty()) return {};
  return Err(ErrorKind::kInvalidInput, batch_error::kColumnsDiffer,
             fmt::format("{} is in a folder whose name says a column, which its rows lack",
                         list.partitioned.front()),
             "Load each such folder by itself, or write the column into its files.");
}

std::string WithoutEndings(std::string_view name) {
  TakeForm(name);
  return std::string(name);
}

bool HasKnownForm(std::string_view name) { return FormatOf(name).has_value(); }

Result<TemporaryFolder> TemporaryFolder::Make(const std::string& parent, const std::string& id) {
  std::error_code error;
  const fs::path base = parent.empty() ? fs::temp_directory_path(error) : fs::path(parent);
  const fs::path path = base / ("foreset-" + id);
  if (!error) fs::create_directories(path, error);
  if (error) {
    return Err(ErrorKind::kTransient, ErrorCode::kStorageFull,
               fmt::format("{}: {}", path.string(), error.message()));
  }
  return TemporaryFolder(path.string());
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code error;
  if (!path_.empty()) fs::remove_all(path_, error);
}

LocalFile::LocalFile(LocalFile&& other) noexcept
    : name_(std::move(other.name_)),
      path_(std::move(other.path_)),
      compression_(std::move(other.compression_)),
      size_bytes_(other.size_bytes_),
      modified_us_(other.modified_us_),
      is_copy_(std::exchange(other.is_copy_, false)) {}

LocalFile::~LocalFile() {
  std::error_code error;
  if (is_copy_) fs::remove(path_, error);
}

Result<LocalFile> LocalFile::Of(const InputFile& input, const std::string& temporary_folder) {
  LocalFile file;
  file.name_ = input.name;
  file.path_ = input.path;
  if (input.store != nullptr) {
    file.path_ = fmt::format("{}/{}", temporary_folder, Hex(HashBytes(input.name)));
    file.is_copy_ = true;
    RETURN_IF_ERROR(CopyObject(input, file.path_));
  }
  const FileFacts facts = TRY(FactsOf(file.path_));
  file.size_bytes_ = facts.size_bytes;
  file.modified_us_ = facts.modified_us;
  file.compression_ = TRY(Naming(file.name_, CompressionOf(file.path_)));
  return file;
}

Result<std::shared_ptr<arrow::io::InputStream>> LocalFile::OpenText() const {
  auto file = TRY(FromArrow(arrow::io::ReadableFile::Open(path_), kUnreadable));
  if (compression_ == "none") return file;
  // The stream takes a decompressor from the codec, and then needs it no longer.
  const auto form = compression_ == "gzip"    ? arrow::Compression::GZIP
                    : compression_ == "bzip2" ? arrow::Compression::BZ2
                                              : arrow::Compression::ZSTD;
  const auto codec = TRY(FromArrow(arrow::util::Codec::Create(form)));
  return TRY(FromArrow(arrow::io::CompressedInputStream::Make(codec.get(), std::move(file))));
}

Status LocalFile::CheckUnchanged() const {
  const FileFacts facts = TRY(FactsOf(path_));
  if (facts == FileFacts{size_bytes_, modified_us_}) return {};
  return Err(ErrorKind::kTransient, batch_error::kInputChanged,
             fmt::format("{} changed while it was read", name_));
}

Result<std::string> IdentityOf(const InputFile& input) {
  const std::string content = input.store == nullptr
                                  ? TRY(Naming(input.name, ContentDigest(input.path)))
                                  : std::to_string(input.modified_us);
  return Hex(HashBytes(fmt::format("{}\n{}\n{}", input.name, input.size_bytes, content)));
}

std::string NameOf(const InputFile& input) {
  return "name/" + Hex(HashBytes(fmt::format("name\n{}", input.name)));
}

}  // namespace foreset::batch
