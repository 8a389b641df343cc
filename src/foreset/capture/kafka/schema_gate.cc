// SPDX-License-Identifier: MIT
#include "foreset/capture/kafka/schema_gate.h"

#include "foreset/base/errors/topics.h"

namespace foreset::kafka {

Unfit SchemaGate::Judge(Sequence row, const Error& error, Time now,
                        std::chrono::milliseconds wait) {
  if (error.kind == ErrorKind::kUnsupported) return Unfit::kStop;
  const bool of_schema = error.code == ErrorCode::kSchemaMismatch ||
                         error.code == ErrorCode::kMessageValue ||
                         error.code == ErrorCode::kKafkaSchemaMissing;
  if (!of_schema || RuleFor(row) == debezium::Conform::kByName) return Unfit::kQuarantine;
  if (!waiting_since_) waiting_since_ = now;
  return now - *waiting_since_ < wait ? Unfit::kHold : Unfit::kStop;
}

Error UnfitStop(const Error& error) {
  Error stop = error;
  stop.kind = ErrorKind::kInvalidInput;
  if (error.code != ErrorCode::kSchemaMismatch) return stop;
  stop.code = topics_error::kRowUnfit;
  stop.next_step.clear();
  return stop;
}

}  // namespace foreset::kafka
