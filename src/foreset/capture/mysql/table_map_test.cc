// SPDX-License-Identifier: MIT
#include "foreset/capture/mysql/table_map.h"

#include <string>

#include <gtest/gtest.h>

#include "foreset/capture/mysql/testing/event_writer.h"

namespace foreset::mysql {
namespace {

Result<TableMap> Parse(const std::string& body, bool is_mariadb) {
  const TableMapHead head = TRY(ParseTableMapHead(AsBytes(body), false));
  return ParseTableMap(head, is_mariadb);
}

void ExpectSound(const TableMap& map) {
  for (const KeyPart& part : map.primary_key) EXPECT_LT(part.column, map.columns.size());
}

TEST(TableMapTest, AKeyNamesColumnsOfItsTable) {
  std::string body = testing::EventWriter::ItemsMap();
  ASSERT_TRUE(Parse(body, false));
  body.back() = '\x02';  // the third of two columns
  const auto map = Parse(body, false);
  ASSERT_FALSE(map);
  EXPECT_EQ(map.error().code, ErrorCode::kBinlogEventDamaged);
}

// Each byte of a map replaced by each other byte: it is refused, or what it says fits together.
TEST(TableMapTest, AChangedMapIsRefusedOrSound) {
  const std::string sound = testing::EventWriter::ItemsMap();
  for (std::size_t at = 0; at < sound.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string changed = sound;
      changed[at] = static_cast<char>(byte);
      for (const bool is_mariadb : {false, true}) {
        const auto map = Parse(changed, is_mariadb);
        if (map) ExpectSound(*map);
      }
    }
  }
}

}  // namespace
}  // namespace foreset::mysql
