// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include "foreset/base/byte_reader.h"
#include "foreset/base/result.h"
#include "foreset/capture/mysql/binlog_event.h"
#include "foreset/model/sequence.h"

namespace foreset::mysql {

// A WRITE_ROWS, UPDATE_ROWS or DELETE_ROWS event of any version, or PARTIAL_UPDATE_ROWS, opened up
// to its rows. Views point into the event's body or into `inflated`; do not move it while they are
// in use.
struct RowsEvent {
  std::uint64_t table_id = 0;
  Operation operation = Operation::kInsert;
  bool partial_json = false;
  std::uint64_t column_count = 0;
  Bytes present;        // bitmap of the columns in the (first) image
  Bytes present_after;  // of the second image, updates only
  Bytes rows;           // the images, one after another
  std::string inflated;
};

// True for the events that ParseRowsEvent reads.
bool IsRowsEvent(EventType type);
// The numeric table id alone: whether the event matters at all. 0 when it is cut short.
std::uint64_t TableIdOfRowsEvent(Bytes body, bool short_ids);
// kCorruption with kBinlogEventDamaged when it is cut short.
Status ParseRowsEvent(EventType type, Bytes body, bool short_ids, RowsEvent& out);

}  // namespace foreset::mysql
