// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "foreset/base/result.h"
#include "foreset/capture/mysql/binlog_event.h"
#include "foreset/capture/mysql/binlog_state.h"
#include "foreset/capture/mysql/gtid_set.h"
#include "foreset/model/change_batch.h"
#include "foreset/model/source_position.h"

namespace foreset::mysql {

// Where the stream stands in the binlog, and what of it is covered. Events tell only the low 32
// bits of their end; a file may be longer, because a transaction is never split over files. Not
// thread-safe.
class StreamPosition {
 public:
  static Result<StreamPosition> Open(const SourcePosition& from, bool is_mariadb, bool by_gtid);

  // A ROTATE event, real or made up by the server.
  void Rotate(std::string_view file, std::uint64_t position);
  // A HEARTBEAT: the server has skipped up to there.
  void Skip(std::string_view file, std::uint64_t position);
  // The 64-bit end of an event; where it has none (an artificial one) the offset so far.
  std::uint64_t EndOf(const EventHeader& header) const;
  std::uint64_t StartOf(const EventHeader& header) const;
  // The event has been dealt with.
  void Pass(const EventHeader& header) { offset_ = EndOf(header); }

  const std::string& file() const { return file_; }
  std::uint64_t offset() const { return offset_; }
  std::uint32_t file_number() const { return file_number_; }
  SourceEpoch epoch() const { return covered_.epoch; }
  // What is at `at` of this file lies before the position from which the stream was asked for. With
  // GTIDs it comes all the same when the server does not know that it was read.
  bool IsBeforeStart(std::uint64_t at) const;

  // A FORMAT_DESCRIPTION: the file was begun in that second.
  void BeginFile(std::uint32_t second) { file_begun_ = second; }
  // It is the newest complete transaction; `last` is its last event.
  void Remember(const SourceTransaction& transaction, const EventView& last);
  // Asked for from before its start (AskedFrom), the stream has not come to it.
  bool coming_again() const;
  // That is so, and on another server than that of the start: there is no place yet that a position
  // could name.
  bool is_displaced() const { return again_ && start_file_ == 0; }
  // The group that has this place and GTID was handed on before the stream began.
  bool ComesAgain(std::uint64_t at, const GroupGtid& gtid) const;
  // Such a group has passed.
  void PassAgain(const GroupGtid& gtid);
  // As OpenTransaction::asked_from, for one whose group begins at `at`: where what is covered ends.
  std::string PlaceBefore(std::uint64_t at) const;

  // The transaction is complete. Nothing when positions carry no GTIDs.
  void Cover(const MySqlGtid& gtid);
  void Cover(const MariaGtid& gtid);
  // Everything up to the offset is complete. A position never goes back: while the server resends
  // an old transaction it stays.
  void CoverOffset();

  SourcePosition covered() const;

 private:
  std::string file_;
  std::uint32_t file_number_ = 0;
  std::uint64_t offset_ = 0;
  std::uint32_t file_begun_ = 0;
  SourcePosition covered_;  // but for its GTID set
  std::uint32_t start_file_ = 0;
  std::uint64_t start_offset_ = 0;
  bool again_ = false;  // the server was asked from before the start
  MariaGtidPosition start_maria_;
  MariaGtidPosition again_maria_;  // how far GTIDs have come again
  bool is_mariadb_ = false;
  bool by_gtid_ = false;
  MySqlGtidSet mysql_;
  MariaGtidPosition maria_;
};

// Where the server is to be asked from so that what is open at `position` comes again: file, offset
// and GTIDs of `position`, or earlier ones.
SourcePosition AskedFrom(const SourcePosition& position);

}  // namespace foreset::mysql
