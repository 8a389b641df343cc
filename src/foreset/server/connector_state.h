// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace foreset::server {

// What a connector was asked to be; kept across restarts.
enum class TargetState : std::uint8_t { kRunning, kPaused, kStopped };

// What it is.
enum class ConnectorState : std::uint8_t { kRunning, kPaused, kStopped, kFailed, kRestarting };

// "RUNNING", …: Kafka Connect's words.
std::string_view NameOf(TargetState state);
std::string_view NameOf(ConnectorState state);
// Nothing for another word. In any case of letters, as Kafka Connect takes it.
std::optional<TargetState> TargetStateOf(std::string_view word);

}  // namespace foreset::server
