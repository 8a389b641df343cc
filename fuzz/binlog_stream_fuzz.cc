// SPDX-License-Identifier: MIT
// Any bytes as a binlog file: the assembler must end with rounds or with an error.
#include "foreset/capture/mysql/binlog_event.h"
#include "foreset/capture/mysql/binlog_file.h"
#include "foreset/capture/mysql/round_assembler.h"
#include "foreset/capture/mysql/testing/described_schema.h"

namespace foreset::mysql {
namespace {

class NoDdl final : public DdlHandler {
 public:
  Result<std::vector<DdlEffect>> Apply(const DdlStatement&, const SchemaRegistry&) override {
    return std::vector<DdlEffect>();
  }
};

// False when the stream is over.
bool FeedOne(RoundAssembler& assembler, Bytes event) {
  constexpr std::size_t kTypeOffset = 4;
  // Without a format description checksums are optional, so that changed events get through.
  if (event[kTypeOffset] == static_cast<std::uint8_t>(EventType::kFormatDescription)) return true;
  if (!assembler.Feed(event)) return false;
  while (assembler.full() || assembler.suspended()) {
    if (assembler.full() && !assembler.Take()) return false;
    if (assembler.suspended() && !assembler.Resume()) return false;
  }
  return true;
}

void Run(Bytes bytes, bool is_mariadb) {
  SchemaRegistry registry;
  (void)testing::DescribeTables(bytes, is_mariadb, registry);
  NoDdl ddl;
  AssemblerOptions options{.is_mariadb = is_mariadb, .by_gtid = true};
  options.wants = [](const TableId&) { return true; };
  options.round_bytes = 1000;
  const auto assembler = RoundAssembler::Open(std::move(options), {}, registry, ddl);
  auto file = BinlogFile::Open(bytes);
  while (assembler && file) {
    const auto event = file->Next();
    if (!event || event->empty() || !FeedOne(**assembler, *event)) return;
  }
}

}  // namespace
}  // namespace foreset::mysql

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  foreset::mysql::Run({data, size}, false);
  foreset::mysql::Run({data, size}, true);
  return 0;
}
