// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/source_proof.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "foreset/capture/mysql/backfill_session.h"
#include "foreset/capture/mysql/binlog_connection.h"
#include "foreset/capture/mysql/binlog_event.h"
#include "foreset/capture/mysql/control_events.h"
#include "foreset/capture/mysql/gtid_set.h"

namespace foreset::mysql {
namespace {

constexpr std::chrono::seconds kLongestWait{30};
constexpr std::chrono::milliseconds kStep{500};
// Of one transaction that is read to its end; of a larger one its first event must do.
constexpr std::size_t kMostBytes = 8UL << 20U;

std::unexpected<Error> ReplacedSource(const TransactionMark& mark, std::string_view found) {
  return Err(ErrorKind::kInvalidInput, ErrorCode::kSourceReplaced,
             fmt::format("the source was set back and holds other changes than were captured: "
                         "{}:{} {}",
                         mark.file, mark.end != 0 ? mark.begin : 0, found));
}

SourceProof Unproved(const SourcePosition& from, std::string why) {
  return {.newest = from.newest, .unproved = std::move(why)};
}

// The first event of a transaction, as the mark remembers it.
struct Announced {
  std::string gtid;
  Timestamp committed;
};

Timestamp CommitOf(const GtidEvent& event, const EventHeader& header) {
  const Timestamp original = event.original_commit.value_or(Timestamp());
  if (original.value() > 0) return original;
  const Timestamp immediate = event.immediate_commit.value_or(Timestamp());
  if (immediate.value() > 0) return immediate;
  return Timestamp(std::int64_t{header.timestamp} * 1'000'000);
}

Result<Announced> ReadAnnounced(const EventView& view) {
  const EventHeader& header = view.header;
  const Timestamp second(std::int64_t{header.timestamp} * 1'000'000);
  switch (header.type) {
    case EventType::kGtid:
    case EventType::kGtidTagged: {
      const GtidEvent event = header.type == EventType::kGtid ? TRY(ParseGtid(view.body, false))
                                                              : TRY(ParseGtidTagged(view.body));
      return Announced{event.gtid.ToString(), CommitOf(event, header)};
    }
    case EventType::kAnonymousGtid:
      return Announced{{}, CommitOf(TRY(ParseGtid(view.body, true)), header)};
    case EventType::kMariaGtid: {
      const MariaGtidEvent event = TRY(ParseMariaGtid(view.body));
      return Announced{MariaGtid{event.domain, header.server_id, event.number}.ToString(), second};
    }
    default:
      return Announced{{}, second};
  }
}

// What a binlog connection sends at its beginning, one after the other: the format description,
// then what stands in the file; no rotations, no heartbeats. `on_event` ends it with true. False
// when nothing ended it in time, or within kMostBytes.
Result<bool> EachEvent(BinlogConnection& binlog, const Clock& clock, const std::stop_token& stop,
                       const std::function<Result<bool>(const EventView&)>& on_event) {
  const auto deadline = clock.Steady() + kLongestWait;
  Checksum checksum = Checksum::kUnknown;
  std::size_t bytes = 0;
  while (clock.Steady() < deadline && bytes < kMostBytes) {
    const auto event = TRY(binlog.Next(kStep, stop));
    if (!event) continue;
    bytes += event->size();
    const bool describes = event->size() >= kEventHeaderBytes &&
                           (*event)[4] == static_cast<std::uint8_t>(EventType::kFormatDescription);
    const EventView view = TRY(ParseEvent(*event, describes ? Checksum::kUnknown : checksum));
    const EventType type = view.header.type;
    if (type == EventType::kFormatDescription) {
      checksum = TRY(ParseFormatDescription(*event)).checksum;
    } else if (view.header.artificial() || view.header.end_position == 0 ||
               type == EventType::kHeartbeat || type == EventType::kHeartbeatV2) {
      continue;
    }
    if (TRY(on_event(view))) return true;
  }
  return false;
}

// What the server says when there is no beginning of an event at a place.
bool TellsOfAnotherLog(const Error& error) {
  if (error.kind == ErrorKind::kCorruption) return true;
  if (error.code != ErrorCode::kDumpRefused) return false;
  return error.message.find("impossible position") != std::string::npos ||
         error.message.find("file size") != std::string::npos ||
         error.message.find("bogus data") != std::string::npos ||
         error.message.find("exceeded max_allowed_packet") != std::string::npos ||
         error.message.find("could not read") != std::string::npos ||
         error.message.find("truncated") != std::string::npos;
}

// Compares the events of the mark's place, from the format description of the file on.
class PlaceComparison {
 public:
  explicit PlaceComparison(const TransactionMark& mark) : mark_(mark) {}

  // True once all is compared.
  Result<bool> Take(const EventView& view) {
    const EventHeader& header = view.header;
    if (header.type == EventType::kFormatDescription) return TakeFile(header.timestamp);
    const auto low = [](std::uint64_t at) { return static_cast<std::uint32_t>(at); };
    if (!announced_) {
      announced_ = true;
      RETURN_IF_ERROR(TakeFirst(view));
    }
    if (header.end_position == low(mark_.end)) {
      if (ChecksumOf(view) == mark_.checksum) return true;
      return ReplacedSource(mark_, fmt::format("is followed by another event up to {}", mark_.end));
    }
    return false;
  }

  // The transaction is the one, though its end was not read.
  bool announced() const { return announced_ && !mark_.gtid.empty(); }

 private:
  Result<bool> TakeFile(std::uint32_t second) const {
    if (second != 0 && mark_.file_begun != 0 && second != mark_.file_begun) {
      return ReplacedSource(mark_, fmt::format("is in a file that was begun at {}, not at {}",
                                               second, mark_.file_begun));
    }
    return mark_.end == 0;
  }

  Status TakeFirst(const EventView& view) const {
    const Announced found = TRY(ReadAnnounced(view));
    if (found.gtid == mark_.gtid && found.committed == mark_.original_commit) return {};
    return ReplacedSource(
        mark_, fmt::format("has transaction '{}' of {} instead of '{}' of {}", found.gtid,
                           found.committed.value(), mark_.gtid, mark_.original_commit.value()));
  }

  const TransactionMark& mark_;
  bool announced_ = false;
};

}  // namespace

Result<std::uint32_t> SourceProver::FileBegun(const std::string& file) {
  SourcePosition start;
  start.file = file;
  BinlogConnection binlog = TRY(BinlogConnection::Open(options_, start, replica_id_, clock_));
  std::uint32_t second = 0;
  const bool told =
      TRY(EachEvent(binlog, clock_, options_.stop, [&](const EventView& view) -> Result<bool> {
        second = view.header.timestamp;
        return view.header.type == EventType::kFormatDescription && second != 0;
      }));
  if (told && second != 0) return second;
  return Err(ErrorKind::kTransient, ErrorCode::kSourceUnreachable,
             fmt::format("the server did not send the beginning of {}", file));
}

Result<TransactionMark> SourceProver::MarkOf(const SourcePosition& position) {
  if (position.file.empty()) return TransactionMark{};
  return TransactionMark{.server = position.server,
                         .file = position.file,
                         .file_begun = TRY(FileBegun(position.file)),
                         .gtid = {},
                         .original_commit = {}};
}

Result<SourceProof> SourceProver::Prove(Connection& connection, const SourcePosition& from) {
  if (from.newest.empty()) {
    auto mark = MarkOf(from);
    if (!mark && mark.error().kind == ErrorKind::kCancelled) {
      return std::unexpected(std::move(mark).error());
    }
    return SourceProof{
        .newest = mark ? *std::move(mark) : TransactionMark{},
        .unproved = "nothing is known yet of the newest transaction before " + from.ToString()};
  }
  const SourcePosition now = TRY(CurrentPosition(connection));
  return now.server == from.newest.server ? ByPlace(connection, from) : ByGtid(connection, from);
}

Result<SourceProof> SourceProver::ByPlace(Connection& connection, const SourcePosition& from) {
  const TransactionMark& mark = from.newest;
  std::vector<std::string> files;
  for (const SqlRow& row : TRY(connection.Query("SHOW BINARY LOGS", 2))) {
    files.push_back(row[0].value_or(""));
  }
  if (std::ranges::find(files, mark.file) == files.end()) {
    const bool older =
        !files.empty() && BinlogFileNumber(mark.file) < BinlogFileNumber(files.front());
    if (!older) return ReplacedSource(mark, "is in a file that is not there");
    return Unproved(from, fmt::format("{} is no longer kept by the server", mark.file));
  }
  SourcePosition place;
  place.file = mark.file;
  place.offset = mark.end != 0 ? mark.begin : 0;
  PlaceComparison comparison(mark);
  const auto compare = [&]() -> Result<bool> {
    BinlogConnection binlog = TRY(BinlogConnection::Open(options_, place, replica_id_, clock_));
    return EachEvent(binlog, clock_, options_.stop,
                     [&](const EventView& view) { return comparison.Take(view); });
  };
  const Result<bool> equal = compare();
  if (equal) {
    if (*equal || comparison.announced()) return SourceProof{.newest = mark, .unproved = {}};
    return Unproved(from, fmt::format("{}:{} was not sent in time", mark.file, place.offset));
  }
  const Error& error = equal.error();
  if (TellsOfAnotherLog(error)) return ReplacedSource(mark, "cannot be read: " + error.message);
  const bool cannot_ask = error.code == ErrorCode::kBinlogPurged ||
                          error.code == ErrorCode::kDumpRefused ||
                          error.kind == ErrorKind::kUnsupported;
  if (cannot_ask) return Unproved(from, error.message);
  return std::unexpected(error);
}

Result<SourceProof> SourceProver::ByGtid(Connection& connection, const SourcePosition& from) {
  const TransactionMark& mark = from.newest;
  if (connection.version().is_mariadb || from.gtid_set.empty() || mark.gtid.empty() ||
      mark.original_commit.value() == 0) {
    return Unproved(from, fmt::format("this is another server than {}, and cannot be asked for "
                                      "single transactions",
                                      mark.server));
  }
  // Everything but the one: the server sends it alone.
  const std::string gtid = connection.Quote(mark.gtid);
  SourcePosition others;
  others.gtid_set = TRY(connection.QueryValue(
                            fmt::format("SELECT GTID_SUBTRACT(@@global.gtid_executed, {})", gtid)))
                        .value_or("");
  std::erase_if(others.gtid_set, [](char c) { return c == '\n' || c == ' '; });
  const auto purged =
      TRY(connection.QueryValue(fmt::format("SELECT GTID_SUBSET({}, @@global.gtid_purged)", gtid)));
  if (purged == "1" || others.gtid_set.empty()) {
    return Unproved(from, fmt::format("the server no longer keeps {}", mark.gtid));
  }
  std::optional<Announced> found;
  const auto ask = [&]() -> Result<bool> {
    BinlogConnection binlog = TRY(BinlogConnection::Open(options_, others, replica_id_, clock_));
    return EachEvent(binlog, clock_, options_.stop, [&](const EventView& view) -> Result<bool> {
      const EventType type = view.header.type;
      if (type != EventType::kGtid && type != EventType::kGtidTagged) return false;
      found = TRY(ReadAnnounced(view));
      return found->gtid == mark.gtid;
    });
  };
  if (const Result<bool> asked = ask(); !asked) {
    if (asked.error().code == ErrorCode::kBinlogPurged) {
      return Unproved(from, asked.error().message);
    }
    return std::unexpected(asked.error());
  }
  if (!found || found->gtid != mark.gtid) {
    return Unproved(from, fmt::format("the server did not send {} in time", mark.gtid));
  }
  if (found->committed == mark.original_commit) return SourceProof{.newest = mark, .unproved = {}};
  return ReplacedSource(mark, fmt::format("had {} of {}, here it is of {}", mark.gtid,
                                          mark.original_commit.value(), found->committed.value()));
}

}  // namespace foreset::mysql
