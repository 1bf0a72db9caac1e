#include "main/replay.h"

#include <fmt/format.h>

#include <map>

#include "adapters/sqlite/past.h"
#include "base/rfc3339.h"
#include "core/fact_words.h"
#include "wire/api_encode.h"
#include "wire/cell_policies.h"
#include "wire/journal_rows.h"

namespace lazaret::main {
namespace {

namespace json = boost::json;

// "lazaret.backoff_most_seconds=10" → {"lazaret":{"backoff_most_seconds":10}}
std::string as_policies(std::string_view change) {
  const std::size_t equals = change.find('=');
  std::string_view name = change.substr(0, equals);
  std::string value(equals == std::string_view::npos ? "" : change.substr(equals + 1));
  boost::system::error_code no_json;
  const json::value parsed = json::parse(value, no_json);
  if (no_json) value = json::serialize(json::value(value));  // a bare word
  std::string text = value;
  while (!name.empty()) {
    const std::size_t dot = name.rfind('.');
    const std::string_view last = dot == std::string_view::npos ? name : name.substr(dot + 1);
    text = fmt::format("{{{}:{}}}", json::serialize(json::value(last)), text);
    name = dot == std::string_view::npos ? "" : name.substr(0, dot);
  }
  return text;
}

class Replay {
 public:
  explicit Replay(std::vector<std::string> changes) : changes_(std::move(changes)) {}

  Result<void> check_changes() const {
    core::CellDefinition any;
    for (const std::string& change : changes_) {
      const std::size_t equals = change.find('=');
      Result<void> changed =
          fail(ErrorCode::invalid_input, fmt::format("found {}, expected POLICY=VALUE", change));
      if (equals != 0 && equals != std::string::npos) {
        changed = wire::parts::change_policies(any, as_policies(change));
      }
      if (changed) continue;
      Error error = changed.error();
      error.place = "--set " + change;
      error.remedy =
          "fields and values are those of config/policies.json; docs/mission-cell.md "
          "has them all";
      return std::unexpected(error);
    }
    return {};
  }

  Result<void> begin(const sqlite::Past::Snapshot& beginning, std::uint64_t seed) {
    fleet_.seed = seed;
    if (beginning.fleet.empty()) return {};
    auto fleet = wire::read_fleet(beginning.fleet);
    if (!fleet) return std::unexpected(fleet.error());
    fleet_ = std::move(*fleet);
    for (auto& [id, cell] : fleet_.cells) change(cell.definition);
    return {};
  }

  // false: enough was seen.
  bool take(core::Recorded recorded) {
    if (auto* seen = std::get_if<core::event::CellObserved>(&recorded.event.body)) {
      change(seen->cell);
    }
    const core::Replayed replayed = core::replay(fleet_, recorded);
    ++decisions_;
    facts_ += recorded.facts.size();
    for (const core::Fact& fact : recorded.facts) ++kinds_[core::kind_of(fact)].first;
    for (const core::Fact& fact : replayed.facts) ++kinds_[core::kind_of(fact)].second;
    if (!replayed.difference) return true;
    const bool is_the_change =
        !changes_.empty() && std::holds_alternative<core::event::CellObserved>(recorded.event.body);
    if (difference_.is_null() && !is_the_change) {
      difference_ = tell(recorded, *replayed.difference);
    }
    return !changes_.empty();
  }

  // A snapshot taken by the daemon after this many decisions.
  void compare(const sqlite::Past::Snapshot& snapshot, const core::Recorded& last) {
    ++snapshots_;
    if (!difference_.is_null() || wire::fleet_text(fleet_) == snapshot.fleet) return;
    difference_ = tell(last, {});
    difference_.as_object()["snapshot"] = snapshot.decision;
  }

  json::object result() const {
    json::object out{{"decisions", decisions_},
                     {"facts", facts_},
                     {"snapshots", snapshots_},
                     {"same", difference_.is_null()},
                     {"difference", difference_}};
    if (changes_.empty()) return out;
    out["changes"] = json::value_from(changes_);
    json::array kinds;
    for (const auto& [kind, counts] : kinds_) {
      if (counts.first == counts.second) continue;
      kinds.push_back({{"kind", kind}, {"recorded", counts.first}, {"now", counts.second}});
    }
    out["kinds"] = std::move(kinds);
    return out;
  }

 private:
  static json::value fact_json(const std::optional<core::Fact>& fact) {
    if (!fact) return nullptr;
    const wire::Row row = wire::fact_row(*fact);
    return {{"kind", row.kind}, {"body", json::parse(row.body)}};
  }

  static json::value tell(const core::Recorded& recorded, const core::Difference& difference) {
    const wire::Row event = wire::event_row(recorded.event.body);
    return {{"decision", recorded.number},
            {"at", to_rfc3339(recorded.event.at.wall)},
            {"event", {{"kind", event.kind}, {"body", json::parse(event.body)}}},
            {"build", recorded.build},
            {"recorded", fact_json(difference.recorded)},
            {"now", fact_json(difference.now)}};
  }

  void change(core::CellDefinition& cell) const {
    for (const std::string& one : changes_) {
      (void)wire::parts::change_policies(cell, as_policies(one));  // checked before
    }
  }

  std::vector<std::string> changes_;
  core::Fleet fleet_;
  std::uint64_t decisions_ = 0;
  std::uint64_t facts_ = 0;
  std::uint64_t snapshots_ = 0;
  std::map<std::string_view, std::pair<std::uint64_t, std::uint64_t>> kinds_;  // recorded, now
  json::value difference_;
};

}  // namespace

Result<json::value> replay_journal(const std::string& journal,
                                   const std::vector<std::string>& changes) {
  Replay replay(changes);
  if (auto checked = replay.check_changes(); !checked) return std::unexpected(checked.error());
  auto past = sqlite::Past::open(journal);
  if (!past) return std::unexpected(past.error());
  auto snapshots = past->snapshots();
  if (!snapshots) return std::unexpected(snapshots.error());
  if (snapshots->empty()) {
    return fail(ErrorCode::unavailable, "no snapshot is kept that its decisions follow", journal);
  }
  const std::uint64_t first = snapshots->front().decision;
  auto seed = past->seed();
  if (!seed) return std::unexpected(seed.error());
  auto begun = replay.begin(snapshots->front(), *seed);
  if (!begun) return std::unexpected(begun.error());
  auto next = snapshots->begin() + 1;
  auto done = past->each(first, [&](const core::Recorded& recorded) {
    if (!replay.take(recorded)) return false;
    if (next != snapshots->end() && next->decision == recorded.number && changes.empty()) {
      replay.compare(*next++, recorded);
    }
    return true;
  });
  if (!done) return std::unexpected(done.error());
  json::object out = replay.result();
  out["journal"] = journal;
  out["from_decision"] = first + 1;
  return out;
}

}  // namespace lazaret::main
