// SPDX-License-Identifier: MIT
#include "foreset/capture/kafka/newest_change.h"

#include <fmt/format.h>

namespace foreset::kafka {

NewestChange::NewestChange(const SourcePosition& from) : position_(from) {
  position_.partitions.clear();
  position_.from_topics = true;
}

void NewestChange::Take(const debezium::Message& message, Sequence at) {
  if (at < sequence_) return;
  sequence_ = at;
  const debezium::SourceBlock& source = message.source;
  position_.epoch = SourceEpoch(at.epoch());
  position_.file = source.file;
  position_.offset = source.position.value_or(0);
  if (!source.gtid.empty()) position_.gtid_set = source.gtid;
  if (source.server_id != 0) position_.server = fmt::format("{}", source.server_id);
  committed_at_ = source.committed_at;
}

}  // namespace foreset::kafka
