// Deadlines of the fleet in one ordered structure: part of the state, set and cleared by apply().
#pragma once

#include <map>
#include <set>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/instant.h"

namespace lazaret::core {

LAZARET_ENUM(TimerKind,
             agent_ready,    // a start has taken too long
             agent_settled,  // alive long enough to count as ready
             agent_kill,     // the grace period of a stop is over
             agent_backoff,  // the next try is due
             agent_stable,   // the run counts as stable
             hang_judge,     // compare evidence
             task_timeout, task_cancel, mission_timeout,
             rate_limit,            // the agent's rate limit is over
             checkpoint_interval,   // the agent is asked for the next one
             checkpoint_deadline,   // it was asked, and has not saved one
             checkpoint_rehearsal,  // the newest is restored, to see that it can be
             handoff_checkpoint,    // a checkpoint was asked for in vain
             budget_agent, budget_task, budget_mission)  // wall time is used up

struct TimerKey {
  TimerKind kind = TimerKind::agent_ready;
  CellId cell;
  std::string subject;  // agent or task id; empty for the mission
  friend auto operator<=>(const TimerKey&, const TimerKey&) = default;
  LAZARET_FIELDS(TimerKey, kind, cell, subject)
};

class Timers {
 public:
  // never clears it.
  void set(const TimerKey& key, Instant at) {
    clear(key);
    if (at == never) return;
    by_key_.emplace(key, at);
    by_time_.emplace(at, key);
  }
  void clear(const TimerKey& key) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return;
    by_time_.erase({found->second, key});
    by_key_.erase(found);
  }
  void clear_cell(const CellId& cell) {
    std::erase_if(by_time_, [&](const auto& entry) { return entry.second.cell == cell; });
    std::erase_if(by_key_, [&](const auto& entry) { return entry.first.cell == cell; });
  }
  Instant next() const { return by_time_.empty() ? never : by_time_.begin()->first; }
  bool is_due(const TimerKey& key, Instant now) const {
    const auto found = by_key_.find(key);
    return found != by_key_.end() && found->second <= now;
  }
  // Everything that is due, earliest first.
  std::vector<TimerKey> due(Instant now) const {
    std::vector<TimerKey> keys;
    for (auto it = by_time_.begin(); it != by_time_.end() && it->first <= now; ++it) {
      keys.push_back(it->second);
    }
    return keys;
  }
  const std::map<TimerKey, Instant>& all() const { return by_key_; }

  friend bool operator==(const Timers&, const Timers&) = default;

 private:
  std::map<TimerKey, Instant> by_key_;
  std::set<std::pair<Instant, TimerKey>> by_time_;
};

}  // namespace lazaret::core
