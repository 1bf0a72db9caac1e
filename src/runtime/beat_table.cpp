#include "runtime/beat_table.h"

#include <algorithm>
#include <utility>

namespace lazaret::runtime {
namespace {

constexpr std::size_t bar_length = 60;

// Counts the beat into the bar of the last intervals.
void count_in_bar(BeatEntry& entry, Instant now) {
  const auto bucket = static_cast<std::uint64_t>(now.time_since_epoch() / entry.interval);
  if (entry.recent.empty()) entry.recent.assign(bar_length, 0);
  const std::uint64_t passed = entry.bucket_minute == 0 ? 0 : bucket - entry.bucket_minute;
  for (std::uint64_t i = 0; i < std::min<std::uint64_t>(passed, bar_length); ++i) {
    entry.recent[(bucket - i) % bar_length] = 0;
  }
  entry.bucket_minute = bucket;
  auto& count = entry.recent[bucket % bar_length];
  if (count < 0xffff) ++count;
}

}  // namespace

BeatEntry& BeatTable::watch(const AgentRef& agent, Incarnation incarnation, Duration interval,
                            Duration timeout, bool expected, Instant now) {
  BeatEntry& entry = entries_[agent];
  const bool is_new = entry.agent.agent.empty();
  if (is_new) entry.agent = agent;
  entry.interval = std::max(interval, Duration(1ms));
  entry.timeout = timeout;
  if (!is_new && entry.incarnation == incarnation) return entry;
  entry.incarnation = incarnation;
  entry.last_seen = now;
  entry.missed = 0;
  entry.begun = false;
  entry.watched = expected;
  entry.error.clear();
  if (expected) arm(entry, now + entry.interval);
  return entry;
}

void BeatTable::forget(const AgentRef& agent) {
  const auto found = entries_.find(agent);
  if (found == entries_.end()) return;
  disarm(found->second);
  entries_.erase(found);
}

BeatEntry* BeatTable::find(const AgentRef& agent) {
  const auto found = entries_.find(agent);
  return found == entries_.end() ? nullptr : &found->second;
}

void BeatTable::beat(BeatEntry& entry, const Beat& beat, Stamp now) {
  const bool first = !entry.begun;
  const bool recovered = entry.missed > 0;
  entry.last_seen = now.mono;
  entry.last_beat_wall = now.wall;
  entry.missed = 0;
  ++entry.beats;
  count_in_bar(entry, now.mono);
  if (beat.progress) entry.progress = *beat.progress;
  if (beat.response_seconds) entry.response_seconds = *beat.response_seconds;
  if (!beat.metadata.empty()) entry.metadata = beat.metadata;
  const bool failed = !beat.error.empty();
  const bool was_failed = !entry.error.empty();
  if (failed || was_failed) entry.error = beat.error;
  if (first) {
    entry.begun = true;
    if (!entry.watched) arm(entry, now.mono + entry.interval);
    entry.watched = true;
    edge_(core::event::BeatsBegan{entry.agent, entry.incarnation});
  }
  if (failed) {
    edge_(core::event::FailureReported{entry.agent, entry.incarnation, std::string(beat.error)});
  } else if (recovered || was_failed) {
    edge_(core::event::BeatRecovered{entry.agent, entry.incarnation});
  }
}

void BeatTable::arm(BeatEntry& entry, Instant at) {
  disarm(entry);
  entry.next_check = at;
  checks_[at].push_back(&entry);
}

void BeatTable::disarm(BeatEntry& entry) {
  if (entry.next_check == never) return;
  const auto due = checks_.find(std::exchange(entry.next_check, never));
  std::erase(due->second, &entry);
  if (due->second.empty()) checks_.erase(due);
}

// A deadline is missed when a whole interval and a tenth has passed without a beat.
void BeatTable::judge(BeatEntry& entry, Instant now) {
  const Duration grace = entry.interval / 10;
  const Instant deadline = entry.last_seen + (entry.missed + 1) * entry.interval + grace;
  if (now < deadline) return arm(entry, deadline);
  ++entry.missed;
  arm(entry, deadline + entry.interval);
  edge_(
      core::event::BeatMissed{entry.agent, entry.incarnation, entry.missed, now - entry.last_seen});
}

void BeatTable::check(Instant now) {
  while (!checks_.empty() && checks_.begin()->first <= now) {
    // One at a time: whoever hears of the edge may forget others that are due.
    const auto due = checks_.begin();
    BeatEntry& entry = *due->second.back();
    entry.next_check = never;
    due->second.pop_back();
    if (due->second.empty()) checks_.erase(due);
    if (entry.watched) judge(entry, now);
  }
}

Instant BeatTable::next_check() const { return checks_.empty() ? never : checks_.begin()->first; }

void BeatTable::grant(Duration away) {
  for (auto& [agent, entry] : entries_) entry.last_seen += away;
}

}  // namespace lazaret::runtime
