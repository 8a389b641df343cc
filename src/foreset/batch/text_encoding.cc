// SPDX-License-Identifier: MIT
#include "foreset/batch/text_encoding.h"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include <arrow/buffer.h>
#include <arrow/io/interfaces.h>
#include <arrow/result.h>
#include <fmt/format.h>
#include <iconv.h>

#include "foreset/base/errors/batch.h"
#include "foreset/model/arrow_status.h"

namespace foreset::batch {
namespace {

constexpr std::size_t kPieceBytes = 64UL << 10U;
constexpr char kNotUtf8 = '\xff';

// Hands on what it has read already, then the rest; converts where it is given a converter.
class Utf8Stream final : public arrow::io::InputStream {
 public:
  // `unit`: how many bytes are left out where a character cannot be read.
  Utf8Stream(std::shared_ptr<arrow::io::InputStream> bytes, std::string head,
             std::optional<iconv_t> converter, std::size_t unit)
      : bytes_(std::move(bytes)), raw_(std::move(head)), converter_(converter), unit_(unit) {}
  Utf8Stream(const Utf8Stream&) = delete;
  Utf8Stream& operator=(const Utf8Stream&) = delete;
  ~Utf8Stream() override {
    if (converter_) iconv_close(*converter_);
  }

  arrow::Status Close() override { return bytes_->Close(); }
  bool closed() const override { return bytes_->closed(); }
  arrow::Result<std::int64_t> Tell() const override { return told_; }

  arrow::Result<std::int64_t> Read(std::int64_t count, void* out) override {
    if (!converter_ && raw_.empty() && ready_at_ == ready_.size()) {
      return bytes_->Read(count, out);
    }
    while (ready_.size() == ready_at_) {
      if (!ended_ && (converter_ || raw_.empty())) ARROW_RETURN_NOT_OK(ReadMore());
      if (raw_.empty()) return 0;
      ready_.clear();
      ready_at_ = 0;
      Convert();
    }
    const std::size_t length = std::min(static_cast<std::size_t>(count), ready_.size() - ready_at_);
    std::memcpy(out, ready_.data() + ready_at_, length);
    ready_at_ += length;
    told_ += static_cast<std::int64_t>(length);
    return static_cast<std::int64_t>(length);
  }

  arrow::Result<std::shared_ptr<arrow::Buffer>> Read(std::int64_t count) override {
    std::string piece(static_cast<std::size_t>(count), '\0');
    ARROW_ASSIGN_OR_RAISE(const auto length, Read(count, piece.data()));
    piece.resize(static_cast<std::size_t>(length));
    return arrow::Buffer::FromString(std::move(piece));
  }

 private:
  arrow::Status ReadMore() {
    const std::size_t had = raw_.size();
    raw_.resize(had + kPieceBytes);
    ARROW_ASSIGN_OR_RAISE(const auto read, bytes_->Read(kPieceBytes, raw_.data() + had));
    raw_.resize(had + static_cast<std::size_t>(read));
    ended_ = read == 0;
    return arrow::Status::OK();
  }

  // Moves raw_ to ready_, but for a character whose end is not there yet.
  void Convert() {
    if (!converter_) {
      ready_ = std::exchange(raw_, {});
      return;
    }
    char* from = raw_.data();
    std::size_t left = raw_.size();
    while (left > 0) {
      char piece[4096];
      char* to = piece;
      std::size_t room = sizeof(piece);
      const std::size_t done = iconv(*converter_, &from, &left, &to, &room);
      const int reason = errno;
      ready_.append(piece, sizeof(piece) - room);
      if (done != static_cast<std::size_t>(-1) || reason == E2BIG) continue;
      if (reason == EINVAL && !ended_) break;
      ready_ += kNotUtf8;
      const std::size_t passed = std::min(unit_, left);
      from += passed;
      left -= passed;
    }
    raw_.erase(0, raw_.size() - left);
  }

  std::shared_ptr<arrow::io::InputStream> bytes_;
  std::string raw_;
  std::string ready_;
  std::size_t ready_at_ = 0;
  std::optional<iconv_t> converter_;
  std::size_t unit_;
  std::int64_t told_ = 0;
  bool ended_ = false;
};

// Of iconv; empty: the bytes are UTF-8.
Result<std::string> IconvName(const std::string& encoding) {
  static const std::map<std::string, std::string> names{{"utf-8", ""},
                                                        {"utf-16", "UTF-16LE"},
                                                        {"utf-16le", "UTF-16LE"},
                                                        {"utf-16be", "UTF-16BE"},
                                                        {"latin-1", "ISO-8859-1"},
                                                        {"windows-1252", "WINDOWS-1252"}};
  const auto found = names.find(encoding);
  if (found == names.end()) {
    return Err(ErrorKind::kInvalidInput, ErrorCode::kUsage,
               fmt::format("the encoding {} is not known", encoding));
  }
  return found->second;
}

}  // namespace

Result<std::shared_ptr<arrow::io::InputStream>> ReadAsUtf8(
    std::shared_ptr<arrow::io::InputStream> bytes, const std::string& encoding) {
  std::string name = TRY(IconvName(encoding));
  std::string head(3, '\0');
  const ArrowBlame damaged{ErrorKind::kCorruption, batch_error::kInputDamaged};
  std::size_t had = 0;
  while (had < head.size()) {
    const auto read = TRY(FromArrow(
        bytes->Read(static_cast<std::int64_t>(head.size() - had), head.data() + had), damaged));
    if (read == 0) break;
    had += static_cast<std::size_t>(read);
  }
  head.resize(had);
  if (head.starts_with("\xff\xfe")) {
    name = "UTF-16LE";
    head.erase(0, 2);
  } else if (head.starts_with("\xfe\xff")) {
    name = "UTF-16BE";
    head.erase(0, 2);
  } else if (head == "\xef\xbb\xbf") {
    name.clear();
    head.clear();
  }
  std::optional<iconv_t> converter;
  if (!name.empty()) {
    converter = iconv_open("UTF-8", name.c_str());
    if (reinterpret_cast<std::intptr_t>(*converter) == -1) {
      return Err(ErrorKind::kUnsupported, ErrorCode::kUsage,
                 fmt::format("this system does not know the encoding {}", name));
    }
  }
  return std::make_shared<Utf8Stream>(std::move(bytes), std::move(head), converter,
                                      name.starts_with("UTF-16") ? 2 : 1);
}

}  // namespace foreset::batch
