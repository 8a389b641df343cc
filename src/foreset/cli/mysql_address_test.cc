// SPDX-License-Identifier: MIT
#include "foreset/cli/mysql_address.h"

#include <gtest/gtest.h>

namespace foreset::cli {
namespace {

TEST(MysqlAddressTest, ReadsEveryPart) {
  const auto address =
      ParseMysqlAddress("mysql://d%40w:p%3Aw@db.example:3307/store_dw?tls=verify_ca&ca=/c%20a.pem")
          .value();
  EXPECT_EQ(address.server.user, "d@w");
  EXPECT_EQ(address.server.password.Reveal(), "p:w");
  EXPECT_EQ(address.server.host, "db.example");
  EXPECT_EQ(address.server.port, 3307);
  EXPECT_EQ(address.database, "store_dw");
  EXPECT_EQ(address.server.tls.mode, mysql::TlsMode::kVerifyCa);
  EXPECT_EQ(address.server.tls.ca, "/c a.pem");
}

TEST(MysqlAddressTest, WhatIsNotSaidIsAsUsual) {
  const auto address = ParseMysqlAddress("mysql://dw@db/store_dw").value();
  EXPECT_EQ(address.server.port, 3306);
  EXPECT_TRUE(address.server.password.empty());
  EXPECT_EQ(address.server.tls.mode, mysql::TlsMode::kPreferred);
}

TEST(MysqlAddressTest, RefusesWhatIsNone) {
  for (const char* text : {"postgres://u@h/d", "mysql://h/d", "mysql://u:secret@h",
                           "mysql://u:secret@h/", "mysql://u:secret@h:x/d", "mysql://u:secret@/d",
                           "mysql://u:secret@h/d?tls=maybe", "mysql://u:secret@h/d?colour=red"}) {
    const auto address = ParseMysqlAddress(text);
    ASSERT_FALSE(address) << text;
    EXPECT_EQ(address.error().code, ErrorCode::kUsage);
    EXPECT_FALSE(address.error().message.contains("secret")) << address.error().message;
  }
}

}  // namespace
}  // namespace foreset::cli
