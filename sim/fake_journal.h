// A journal of memory with a disk's manners: it commits in groups after a while, fsyncs what must
// be safe, fails now and then, and loses what was not committed when its daemon dies (what was not
// fsynced when the machine does). Two fleets follow what is safe: one folds the facts, one decides
// the events anew; that they agree is the proof that replay is exact.
#pragma once

#include <deque>
#include <map>

#include "ports/journal.h"
#include "sim/world.h"

namespace lazaret::sim {

class FakeJournal final : public ports::Journal {
 public:
  using Decided = std::function<void(const ports::Decision&)>;

  // `decided` hears of each decision when it is handed over, before anything is committed.
  FakeJournal(World& world, core::Fleet empty, Decided decided);

  void on_committed(Committed callback) override { callback_ = std::move(callback); }
  void append(ports::Decision decision, ports::Durability durability) override;

  // For this long nothing can be committed.
  void fail_for(Duration time);

  // The daemon is gone, or the whole machine is.
  void lose_daemon();
  void lose_power();

  // What a new daemon finds.
  core::Fleet recovered() const;
  std::uint64_t next_decision() const { return next_decision_; }
  std::uint64_t next_fact() const { return next_fact_; }

  // The committed start of this incarnation is on record.
  bool has_start(const AgentRef& agent, Incarnation incarnation) const;

  // Everything appended becomes safe (end of a run).
  void flush();
  const core::Fleet& folded() const { return folded_; }
  const core::Fleet& replayed() const { return replayed_; }
  std::uint64_t hash() const { return hash_; }
  std::uint64_t facts() const { return safe_facts_; }
  std::uint64_t decisions() const { return safe_decisions_; }
  // The last decisions, oldest first; bounded.
  const std::deque<ports::Decision>& tail() const { return tail_; }

 private:
  void schedule_commit();
  void commit();
  void make_safe();
  void prove(const ports::Decision& decision);

  World& world_;
  Decided decided_;
  Committed callback_;
  std::uint64_t life_ = 0;  // of the daemon; stale callbacks of an earlier one are dropped
  bool committing_ = false;
  bool sync_wanted_ = false;
  Instant healthy_at_{};
  std::deque<ports::Decision> queued_;    // not committed
  std::deque<ports::Decision> unsynced_;  // committed, not fsynced
  std::deque<ports::Decision> tail_;
  std::map<AgentRef, Incarnation> starts_;
  core::Fleet folded_;
  core::Fleet replayed_;
  std::uint64_t next_decision_ = 1;
  std::uint64_t next_fact_ = 1;
  std::uint64_t safe_facts_ = 0;
  std::uint64_t safe_decisions_ = 0;
  std::uint64_t hash_ = 0;
};

}  // namespace lazaret::sim
