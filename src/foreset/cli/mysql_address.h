// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "foreset/base/result.h"
#include "foreset/capture/mysql/mysql_options.h"

namespace foreset::cli {

// A database of a server, as the command line names it.
struct MysqlAddress {
  mysql::MysqlOptions server;
  std::string database;
};

// mysql://USER[:PASSWORD]@HOST[:PORT]/DATABASE[?tls=MODE&ca=FILE]; %XX in any part. MODE as
// source.mysql.tls.mode. kInvalidInput (kUsage); the message never has the password.
Result<MysqlAddress> ParseMysqlAddress(const std::string& text);

}  // namespace foreset::cli
