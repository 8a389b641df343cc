// SPDX-License-Identifier: MIT
#include "foreset/capture/kafka/second_reading.h"

#include <utility>

#include <fmt/format.h>

#include "foreset/capture/kafka/message_place.h"

namespace foreset::kafka {
namespace {

std::unexpected<Error> Refused(std::string why) {
  return Err(ErrorKind::kInvalidInput, ErrorCode::kMessageUndecodable, std::move(why));
}

}  // namespace

SecondReading::SecondReading(std::shared_ptr<const TableSchema> schema, Sequence since,
                             std::optional<SourceEpoch> epoch, const KafkaOptions& options)
    : options_(options),
      table_(schema->id),
      epoch_(epoch),
      reader_(options_.modes),
      rows_(options_) {
  rows_.SetSchema(std::move(schema), since);
}

Result<Sequence> SecondReading::PlaceOf(const debezium::Message& message,
                                        const KeptRecord& record) const {
  if (record.sequence != Sequence()) return record.sequence;
  if (!epoch_) return Refused("it does not tell which of the source's logs it is of");
  return kafka::PlaceOf(message, *epoch_, record.partition, record.offset);
}

Status SecondReading::Take(const KeptRecord& record) {
  const debezium::Message message = TRY(reader_.Read(record.value));
  if (!IsRow(message)) return Refused(fmt::format("a {} is no row", NameOf(message.kind)));
  const TableId id = TableOf(message, record.topic);
  if (id != table_) return Refused(fmt::format("it is a row of {}", id.ToString()));
  const Sequence place = TRY(PlaceOf(message, record));
  return rows_.Append(message, place, record.topic,
                      {.topic = 0, .partition = record.partition, .offset = record.offset});
}

}  // namespace foreset::kafka
