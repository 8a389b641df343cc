// SPDX-License-Identifier: MIT
#include "foreset/capture/kafka/source_epochs.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <tuple>

#include <fmt/format.h>

namespace foreset::kafka {
namespace {

constexpr std::string_view kSince = " since ";
constexpr std::string_view kUntil = " until ";

template <typename Number>
Number ParseNumber(std::string_view text) {
  Number number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

SourceEpochs::SourceEpochs(const std::vector<std::string>& servers) {
  for (const std::string_view server : servers) {
    const std::size_t at = server.find(kSince);
    if (at == std::string_view::npos) continue;
    if (const std::size_t until = server.find(kUntil); until != std::string_view::npos) {
      restored_ = Timestamp(ParseNumber<std::int64_t>(server.substr(until + kUntil.size())));
    }
    epochs_.push_back({ParseNumber<std::uint64_t>(server.substr(0, at)),
                       Timestamp(ParseNumber<std::int64_t>(server.substr(at + kSince.size())))});
  }
  newest_ = restored_;
}

SourceEpoch SourceEpochs::EpochOf(const debezium::SourceBlock& source, LastPlace& last) {
  const LastPlace now{BinlogFileNumber(source.file), source.position.value_or(0),
                      source.committed_at};
  const bool first = last.file_number == 0;
  const bool back =
      std::tie(now.file_number, now.position) < std::tie(last.file_number, last.position);
  // What a partition had brought before the lake was opened was not newer than all had.
  const bool newer = now.committed_at > std::max(last.committed_at, restored_);
  newest_ = std::max(newest_, now.committed_at);
  // Snapshots carry no server; they begin no epoch, but a server that changed before them did.
  if (epochs_.empty()) epochs_.push_back({source.server_id, Timestamp(0)});
  if (epochs_.front().server_id == 0) epochs_.front().server_id = source.server_id;
  if (!first && back && newer && epochs_.back().since <= std::max(last.committed_at, restored_)) {
    epochs_.push_back({source.server_id, now.committed_at});
  }
  if (first || now.committed_at > last.committed_at || !back) last = now;
  std::size_t epoch = 0;
  for (std::size_t i = 1; i < epochs_.size(); ++i) {
    if (epochs_[i].since <= now.committed_at) epoch = i;
  }
  return SourceEpoch(static_cast<std::uint16_t>(epoch));
}

std::vector<std::string> SourceEpochs::Describe() const {
  std::vector<std::string> servers;
  for (const Begun& epoch : epochs_) {
    servers.push_back(fmt::format("{}{}{}{}{}", epoch.server_id, kSince, epoch.since.value(),
                                  kUntil, newest_.value()));
  }
  return servers;
}

}  // namespace foreset::kafka
