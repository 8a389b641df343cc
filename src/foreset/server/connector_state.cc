// SPDX-License-Identifier: MIT
#include "foreset/server/connector_state.h"

#include <algorithm>

namespace foreset::server {

std::string_view NameOf(TargetState state) {
  switch (state) {
    case TargetState::kRunning:
      return "RUNNING";
    case TargetState::kPaused:
      return "PAUSED";
    case TargetState::kStopped:
      return "STOPPED";
  }
  return "RUNNING";
}

std::string_view NameOf(ConnectorState state) {
  switch (state) {
    case ConnectorState::kRunning:
      return "RUNNING";
    case ConnectorState::kPaused:
      return "PAUSED";
    case ConnectorState::kStopped:
      return "STOPPED";
    case ConnectorState::kFailed:
      return "FAILED";
    case ConnectorState::kRestarting:
      return "RESTARTING";
  }
  return "FAILED";
}

std::optional<TargetState> TargetStateOf(std::string_view word) {
  const auto same = [](char a, char b) {
    return a == (b >= 'a' && b <= 'z' ? static_cast<char>(b - 'a' + 'A') : b);
  };
  for (const TargetState state :
       {TargetState::kRunning, TargetState::kPaused, TargetState::kStopped}) {
    if (std::ranges::equal(NameOf(state), word, same)) return state;
  }
  return std::nullopt;
}

}  // namespace foreset::server
