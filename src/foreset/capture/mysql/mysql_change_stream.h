// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <utility>

#include "foreset/base/clock.h"
#include "foreset/capture/mysql/binlog_connection.h"
#include "foreset/capture/mysql/ddl_handler.h"
#include "foreset/capture/mysql/round_assembler.h"
#include "foreset/capture/mysql/schema_registry.h"
#include "foreset/capture/source.h"

namespace foreset::mysql {

// Feeds the binlog of one connection to an assembler and cuts rounds by time and size. Not
// thread-safe.
class MysqlChangeStream final : public ChangeStream {
 public:
  // What the assembler refers to lives as long as it does.
  struct Parts {
    std::unique_ptr<SchemaRegistry> registry;
    std::unique_ptr<DdlHandler> ddl;
    std::unique_ptr<RoundAssembler> assembler;
  };
  MysqlChangeStream(BinlogConnection connection, Parts parts, SourceProof proof, const Clock& clock)
      : connection_(std::move(connection)),
        parts_(std::move(parts)),
        proof_(std::move(proof)),
        clock_(clock) {}

  SourceProof proof() const override { return proof_; }

  Result<CaptureRound> Next(const RoundLimits& limits, const std::stop_token& stop) override;

 private:
  BinlogConnection connection_;
  Parts parts_;
  const SourceProof proof_;
  const Clock& clock_;
};

}  // namespace foreset::mysql
