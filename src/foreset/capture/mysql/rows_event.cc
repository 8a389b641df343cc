// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/rows_event.h"

#include <optional>

#include "foreset/capture/mysql/control_events.h"
#include "foreset/capture/mysql/table_map.h"

namespace foreset::mysql {
namespace {

struct Kind {
  Operation operation;
  bool extra;       // version 2: a block of extra data
  bool compressed;  // MariaDB
  bool partial;
};

std::optional<Kind> KindOf(EventType type) {
  switch (type) {
    case EventType::kWriteRowsV1:
      return Kind{Operation::kInsert, false, false, false};
    case EventType::kUpdateRowsV1:
      return Kind{Operation::kUpdate, false, false, false};
    case EventType::kDeleteRowsV1:
      return Kind{Operation::kDelete, false, false, false};
    case EventType::kWriteRows:
      return Kind{Operation::kInsert, true, false, false};
    case EventType::kUpdateRows:
      return Kind{Operation::kUpdate, true, false, false};
    case EventType::kDeleteRows:
      return Kind{Operation::kDelete, true, false, false};
    case EventType::kPartialUpdateRows:
      return Kind{Operation::kUpdate, true, false, true};
    case EventType::kMariaWriteRowsCompressedV1:
      return Kind{Operation::kInsert, false, true, false};
    case EventType::kMariaUpdateRowsCompressedV1:
      return Kind{Operation::kUpdate, false, true, false};
    case EventType::kMariaDeleteRowsCompressedV1:
      return Kind{Operation::kDelete, false, true, false};
    case EventType::kMariaWriteRowsCompressed:
      return Kind{Operation::kInsert, true, true, false};
    case EventType::kMariaUpdateRowsCompressed:
      return Kind{Operation::kUpdate, true, true, false};
    case EventType::kMariaDeleteRowsCompressed:
      return Kind{Operation::kDelete, true, true, false};
    default:
      return {};
  }
}

}  // namespace

bool IsRowsEvent(EventType type) { return KindOf(type).has_value(); }

std::uint64_t TableIdOfRowsEvent(Bytes body, bool short_ids) {
  return ByteReader(body).LittleEndian(short_ids ? 4 : 6);
}

Status ParseRowsEvent(EventType type, Bytes body, bool short_ids, RowsEvent& out) {
  const auto damaged = [] {
    return Err(ErrorKind::kCorruption, ErrorCode::kBinlogEventDamaged, "a rows event is cut short");
  };
  const auto kind = KindOf(type);
  if (!kind) return damaged();
  ByteReader in(body);
  out.table_id = in.LittleEndian(short_ids ? 4 : 6);
  in.Skip(2);  // flags
  if (kind->extra) {
    const std::uint16_t extra = in.U16();
    if (extra < 2) return damaged();
    in.Skip(extra - 2U);
  }
  out.operation = kind->operation;
  out.partial_json = kind->partial;
  out.column_count = ReadPackedInteger(in);
  if (!in.ok() || out.column_count > kMaxTableColumns) return damaged();
  const std::size_t bitmap = (out.column_count + 7) / 8;
  out.present = in.Take(bitmap);
  out.present_after = kind->operation == Operation::kUpdate ? in.Take(bitmap) : Bytes();
  if (!in.ok()) return damaged();
  out.rows = in.Rest();
  if (kind->compressed) {
    out.inflated = TRY(InflateMariaEvent(out.rows));
    out.rows = AsBytes(out.inflated);
  }
  return {};
}

}  // namespace foreset::mysql
