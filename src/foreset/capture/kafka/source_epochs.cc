// SPDX-License-Identifier: MIT
#include "foreset/capture/kafka/source_epochs.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace foreset::kafka {
namespace {

// Of one epoch; older ones are no longer known again.
constexpr std::size_t kMostSnapshots = 32;

// A GTID as its source and a number that rises with each transaction of the source: "uuid:7",
// "uuid:tag:7"; MariaDB's "0-1-7" counts by domain, whichever server wrote it.
struct Gtid {
  std::string_view source;
  std::uint64_t number = 0;
};

template <typename Number>
Number ParseNumber(std::string_view text) {
  Number number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::optional<Gtid> ParseGtid(std::string_view text) {
  if (const std::size_t colon = text.rfind(':'); colon != std::string_view::npos) {
    return Gtid{text.substr(0, colon), ParseNumber<std::uint64_t>(text.substr(colon + 1))};
  }
  const std::size_t last = text.rfind('-');
  if (last == std::string_view::npos) return std::nullopt;
  return Gtid{text.substr(0, text.find('-')), ParseNumber<std::uint64_t>(text.substr(last + 1))};
}

std::uint64_t Highest(const std::map<std::string, std::uint64_t, std::less<>>& gtids,
                      std::string_view source) {
  const auto found = gtids.find(source);
  return found == gtids.end() ? 0 : found->second;
}

template <typename Function>
void ForEachPart(std::string_view text, char separator, Function function) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    function(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

std::string ToText(const std::map<std::string, std::uint64_t, std::less<>>& gtids) {
  std::string text;
  for (const auto& [source, number] : gtids) {
    text += fmt::format("{}{}:{}", text.empty() ? "" : ",", source, number);
  }
  return text;
}

std::pair<std::uint32_t, std::uint64_t> PlaceOf(const debezium::SourceBlock& source) {
  return {BinlogFileNumber(source.file), source.position.value_or(0)};
}

}  // namespace

SourceEpochs::SourceEpochs(const std::vector<std::string>& servers) {
  for (const std::string& text : servers) Restore(text, epochs_.emplace_back(), seen_);
}

// Words that are not known are passed over, each with its value.
void SourceEpochs::Restore(std::string_view text, Begun& epoch, Gtids& seen) {
  std::string_view word = "servers";
  bool value = true;
  ForEachPart(text, ' ', [&](std::string_view part) {
    if (!value) {
      word = part;
    } else if (word == "servers") {
      ForEachPart(part, ',', [&](std::string_view id) {
        if (const auto server = ParseNumber<std::uint64_t>(id)) epoch.servers.insert(server);
      });
    } else if (word == "before" || word == "seen") {
      ForEachPart(part, ',', [&](std::string_view gtid) {
        const auto parsed = ParseGtid(gtid);
        if (parsed) (word == "seen" ? seen : epoch.before).emplace(parsed->source, parsed->number);
      });
    } else if (word == "snapshots") {
      ForEachPart(part, ',', [&](std::string_view place) {
        const std::size_t colon = std::min(place.find(':'), place.size() - 1);
        epoch.snapshots.emplace(ParseNumber<std::uint32_t>(place.substr(0, colon)),
                                ParseNumber<std::uint64_t>(place.substr(colon + 1)));
      });
    }
    value = !value;
  });
}

SourceEpoch SourceEpochs::EpochOf(const debezium::SourceBlock& source, LastPlace& last) {
  if (epochs_.empty()) epochs_.emplace_back();
  const Place now = PlaceOf(source);
  const bool first = last.file_number == 0;
  const bool back = !first && now < Place(last.file_number, last.position);
  const std::size_t newest = epochs_.size() - 1;
  const std::size_t current = first ? newest : std::min<std::size_t>(last.epoch, newest);
  std::size_t epoch = current;
  if (const auto later = Later(source, current, back)) {
    epoch = *later;
  } else if (back && BeginsAnother(source, epochs_[current])) {
    Begin(source);
    epoch = epochs_.size() - 1;
  } else if (first || back) {
    epoch = LastOf(source, current);
  }
  Note(source, epoch);
  if (first || !back || epoch > last.epoch) {
    last = {now.first, now.second, static_cast<std::uint16_t>(epoch)};
  }
  return SourceEpoch(static_cast<std::uint16_t>(epoch));
}

bool SourceEpochs::IsOf(const debezium::SourceBlock& source, const Begun& epoch) {
  if (source.snapshot != debezium::SnapshotKind::kNone) {
    return epoch.snapshots.contains(PlaceOf(source));
  }
  // Unwrapped rows may not tell their server.
  if (source.server_id != 0 && !epoch.servers.contains(source.server_id)) return false;
  const auto gtid = ParseGtid(source.gtid);
  if (!gtid) return source.server_id != 0;
  return gtid->number > Highest(epoch.before, gtid->source);
}

// An epoch that has begun elsewhere since, where the change is of it for certain: it stands back,
// or its server has made nothing in the partition's own epoch.
std::optional<std::size_t> SourceEpochs::Later(const debezium::SourceBlock& source,
                                               std::size_t current, bool back) const {
  const bool own = source.server_id == 0 || epochs_[current].servers.contains(source.server_id);
  for (std::size_t i = epochs_.size() - 1; i > current; --i) {
    if ((back || !own) && IsOf(source, epochs_[i])) return i;
  }
  return std::nullopt;
}

// The last epoch, up to `newest`, that a change can be of; that one when it can be of none.
std::size_t SourceEpochs::LastOf(const debezium::SourceBlock& source, std::size_t newest) const {
  for (std::size_t i = newest + 1; i-- > 0;) {
    if (IsOf(source, epochs_[i])) return i;
  }
  return newest;
}

bool SourceEpochs::BeginsAnother(const debezium::SourceBlock& source, const Begun& epoch) const {
  if (source.snapshot == debezium::SnapshotKind::kInitial) {
    return !epoch.snapshots.contains(PlaceOf(source));
  }
  const auto gtid = ParseGtid(source.gtid);
  const bool is_new = gtid && gtid->number > Highest(seen_, gtid->source);
  const bool other =
      source.server_id != 0 && !epoch.servers.empty() && !epoch.servers.contains(source.server_id);
  if (other) return !gtid || is_new;
  // A source of which nothing was seen says nothing: a lake may have begun without noting them.
  return is_new && seen_.contains(gtid->source);
}

void SourceEpochs::Begin(const debezium::SourceBlock& source) {
  Begun begun{.servers = {}, .before = seen_, .snapshots = {}};
  if (source.server_id != 0) {
    begun.servers.insert(source.server_id);
  } else {
    // A snapshot does not say whose it is.
    begun.servers = epochs_.back().servers;
  }
  epochs_.push_back(std::move(begun));
}

void SourceEpochs::Note(const debezium::SourceBlock& source, std::size_t epoch) {
  if (source.server_id != 0) epochs_[epoch].servers.insert(source.server_id);
  if (source.snapshot == debezium::SnapshotKind::kInitial) {
    auto& snapshots = epochs_[epoch].snapshots;
    snapshots.insert(PlaceOf(source));
    if (snapshots.size() > kMostSnapshots) snapshots.erase(snapshots.begin());
  }
  if (const auto gtid = ParseGtid(source.gtid)) {
    auto& highest = seen_[std::string(gtid->source)];
    highest = std::max(highest, gtid->number);
  }
}

std::vector<std::string> SourceEpochs::Describe() const {
  std::vector<std::string> servers;
  for (const Begun& epoch : epochs_) {
    std::string text = fmt::format("{}", fmt::join(epoch.servers, ","));
    if (text.empty()) text = "0";
    if (!epoch.before.empty()) text += " before " + ToText(epoch.before);
    std::string_view before = " snapshots ";
    for (const auto& [file, position] : epoch.snapshots) {
      text += fmt::format("{}{}:{}", std::exchange(before, ","), file, position);
    }
    servers.push_back(std::move(text));
  }
  if (!servers.empty() && !seen_.empty()) servers.back() += " seen " + ToText(seen_);
  return servers;
}

}  // namespace foreset::kafka
