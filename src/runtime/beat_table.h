// Who has given a sign of life, and when. Beats are cheap: one lookup and a few stores, no journal.
// The core hears edges only: the first beat of an incarnation, a missed deadline, a recovery.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/event.h"

namespace lazaret::runtime {

// What a beat may bring along.
struct Beat {
  std::optional<std::uint64_t> progress;
  std::optional<double> response_seconds;
  std::string_view metadata;  // JSON text; empty keeps the last one
  std::string_view error;     // the agent says that it failed; empty = all is well
};

// One watched agent. Addresses stay valid until forget().
struct BeatEntry {
  AgentRef agent;
  Incarnation incarnation;
  Duration interval = 30s;
  Duration timeout = 300s;
  Instant last_seen{};        // last beat, or when watching began
  WallTime last_beat_wall{};  // zero = no beat yet
  std::uint64_t beats = 0;
  std::uint64_t progress = 0;
  double response_seconds = 0;
  int missed = 0;              // deadlines in a row
  bool watched = false;        // deadlines are judged
  bool begun = false;          // it has beaten in this incarnation
  Instant next_check = never;  // never: not armed
  std::string metadata;
  std::string error;
  std::uint64_t bucket_minute = 0;    // for the bar of recent beats:
  std::vector<std::uint16_t> recent;  // beats in each of the last 60 intervals
};

class BeatTable {
 public:
  using Edge = std::function<void(core::EventBody)>;
  explicit BeatTable(Edge edge) : edge_(std::move(edge)) {}

  // A new incarnation begins (or an external agent is registered): counters start anew. `expected`:
  // it is known to beat, so its deadlines count from now on; else they count from its first beat.
  BeatEntry& watch(const AgentRef& agent, Incarnation incarnation, Duration interval,
                   Duration timeout, bool expected, Instant now);
  void forget(const AgentRef& agent);
  BeatEntry* find(const AgentRef& agent);
  const std::map<AgentRef, BeatEntry>& all() const { return entries_; }

  // A sign of life of `entry`'s incarnation.
  void beat(BeatEntry& entry, const Beat& beat, Stamp now);

  // Reports deadlines that have passed. Deadlines are checked lazily: a beat only stores its time.
  void check(Instant now);
  Instant next_check() const;
  // Our own loop was away: everybody gets that much more time.
  void grant(Duration away);

 private:
  void arm(BeatEntry& entry, Instant at);
  void disarm(BeatEntry& entry);
  void judge(BeatEntry& entry, Instant now);
  Edge edge_;
  std::map<AgentRef, BeatEntry> entries_;
  std::map<Instant, std::vector<BeatEntry*>> checks_;  // each entry once, at its next_check
};

}  // namespace lazaret::runtime
