// SPDX-License-Identifier: MIT
// Any text as a statement of the binlog, in each dialect (the first byte says which): it is taken
// apart to its end, and what it names has a name.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "foreset/capture/mysql/ddl_parser.h"
#include "foreset/capture/mysql/query_kind.h"
#include "foreset/capture/mysql/statement_tables.h"

namespace foreset::mysql {
namespace {

void Run(std::string_view input) {
  if (input.empty()) return;
  const auto bits = static_cast<unsigned char>(input.front());
  const SqlDialect dialect{.is_mariadb = (bits & 1U) != 0,
                           .ansi_quotes = (bits & 2U) != 0,
                           .no_backslash_escapes = (bits & 4U) != 0,
                           .real_is_float = (bits & 8U) != 0};
  const std::string_view sql = input.substr(1);
  const auto tokens = TokenizeSql(sql, dialect);
  if (tokens.empty() || tokens.size() > sql.size() + 1) std::abort();
  (void)ParseDdl(sql, "d", dialect);
  (void)TablesChangedBy(sql, "d", dialect);
}

}  // namespace
}  // namespace foreset::mysql

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  foreset::mysql::Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
