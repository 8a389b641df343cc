// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "foreset/capture/mysql/server_version.h"

namespace foreset::mysql {

// What every session sets for itself, whatever the server's own defaults are: all that could
// change, limit or end what is read. Statements to be run in this order.

// Those that every server of its family has. `lock_wait`: how long a lock is waited for.
std::string CommonSettings(const ServerVersion& version, std::chrono::seconds lock_wait);

// Those that some versions have.
struct SessionSetting {
  std::string name;
  std::string shown;  // as SHOW VARIABLES has it when it is set
  std::string value;  // as SET takes it
};
std::vector<SessionSetting> VersionSettings(const ServerVersion& version);

}  // namespace foreset::mysql
