// SPDX-License-Identifier: MIT
#include "foreset/storage/azure/blob_listing.h"

#include <array>
#include <charconv>
#include <ctime>

#include <fmt/format.h>
#include <pugixml.hpp>

#include "foreset/storage/percent_decoding.h"

namespace foreset::azure {
namespace {

constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<const char*, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::int64_t kMicroseconds = 1'000'000;

// A name that XML cannot carry comes escaped and says so.
std::string NameOf(const pugi::xml_node& owner) {
  const pugi::xml_node name = owner.child("Name");
  std::string text = name.text().get();
  return name.attribute("Encoded").as_bool() ? DecodePercent(text) : text;
}

// With a hierarchical namespace folders are listed beside files; without one, some programs leave
// empty objects that stand for folders.
bool IsFolder(const pugi::xml_node& blob) {
  return std::string_view(blob.child("Properties").child("ResourceType").text().get()) ==
             "directory" ||
         std::string_view(blob.child("Metadata").child("hdi_isfolder").text().get()) == "true";
}

Result<ObjectInfo> ReadBlob(const pugi::xml_node& blob) {
  const pugi::xml_node properties = blob.child("Properties");
  ObjectInfo info;
  info.path = NameOf(blob);
  const std::string_view size = properties.child("Content-Length").text().get();
  const auto parsed = std::from_chars(size.data(), size.data() + size.size(), info.size_bytes);
  if (info.path.empty() || parsed.ec != std::errc{} || parsed.ptr != size.data() + size.size()) {
    return Err(ErrorKind::kCorruption, ErrorCode::kStorageIo,
               fmt::format("the listing has an entry without name or size: '{}'", info.path));
  }
  info.modified_at =
      ParseHttpDate(properties.child("Last-Modified").text().get()).value_or(Timestamp{});
  return info;
}

}  // namespace

Result<BlobPage> ParseBlobPage(std::string_view xml) {
  pugi::xml_document document;
  const auto parsed = document.load_buffer(xml.data(), xml.size());
  const pugi::xml_node root = document.child("EnumerationResults");
  if (!parsed || !root) {
    return Err(ErrorKind::kCorruption, ErrorCode::kStorageIo,
               fmt::format("the listing is not readable: {}", parsed.description()));
  }
  BlobPage page;
  for (const pugi::xml_node& blob : root.child("Blobs").children("Blob")) {
    if (!IsFolder(blob)) page.blobs.push_back(TRY(ReadBlob(blob)));
  }
  for (const pugi::xml_node& prefix : root.child("Blobs").children("BlobPrefix")) {
    page.prefixes.push_back(NameOf(prefix));
  }
  page.next_marker = root.child("NextMarker").text().get();
  return page;
}

ServiceError ParseServiceError(std::string_view xml) {
  pugi::xml_document document;
  if (!document.load_buffer(xml.data(), xml.size())) return {};
  const pugi::xml_node root = document.child("Error");
  ServiceError error{.code = root.child("Code").text().get(),
                     .message = root.child("Message").text().get(),
                     .detail = root.child("AuthenticationErrorDetail").text().get()};
  // The request's id and time follow on lines of their own.
  error.message.resize(std::min(error.message.find('\n'), error.message.size()));
  while (error.message.ends_with('.') || error.message.ends_with('\r')) error.message.pop_back();
  return error;
}

std::optional<Timestamp> ParseHttpDate(std::string_view text) {
  if (text.size() != 29 || !text.ends_with(" GMT")) return std::nullopt;
  std::tm time{};
  const auto number = [&](std::size_t at, std::size_t length, int& into) {
    const char* const end = text.data() + at + length;
    const auto parsed = std::from_chars(text.data() + at, end, into);
    return parsed.ec == std::errc{} && parsed.ptr == end;
  };
  const bool ok = number(5, 2, time.tm_mday) && number(12, 4, time.tm_year) &&
                  number(17, 2, time.tm_hour) && number(20, 2, time.tm_min) &&
                  number(23, 2, time.tm_sec);
  time.tm_mon = -1;
  for (std::size_t month = 0; month < kMonths.size(); ++month) {
    if (text.substr(8, 3) == kMonths[month]) time.tm_mon = static_cast<int>(month);
  }
  if (!ok || time.tm_mon < 0) return std::nullopt;
  time.tm_year -= 1900;
  return Timestamp(static_cast<std::int64_t>(timegm(&time)) * kMicroseconds);
}

std::string FormatHttpDate(Timestamp time) {
  const auto seconds = static_cast<std::time_t>(time.value() / kMicroseconds);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
                     kDays[static_cast<std::size_t>(parts.tm_wday)], parts.tm_mday,
                     kMonths[static_cast<std::size_t>(parts.tm_mon)], parts.tm_year + 1900,
                     parts.tm_hour, parts.tm_min, parts.tm_sec);
}

}  // namespace foreset::azure
