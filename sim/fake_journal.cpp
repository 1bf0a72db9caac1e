#include "sim/fake_journal.h"

#include <fmt/format.h>

#include "core/apply.h"
#include "core/decide.h"
#include "core/fact_words.h"
#include "sim/fact_hash.h"
#include "wire/journal_rows.h"

namespace lazaret::sim {
namespace {

constexpr std::size_t tail_most = 60;
constexpr std::size_t unsynced_most = 256;
// The first facts of a run also go through bytes and back, as they do on a real disk.
constexpr std::uint64_t through_bytes_first = 400;

}  // namespace

FakeJournal::FakeJournal(World& world, core::Fleet empty, Decided decided)
    : world_(world), decided_(std::move(decided)), folded_(empty), replayed_(std::move(empty)) {}

void FakeJournal::append(ports::Decision decision, ports::Durability durability) {
  tail_.push_back(decision);
  if (tail_.size() > tail_most) tail_.pop_front();
  queued_.push_back(std::move(decision));
  if (durability == ports::Durability::power_loss) sync_wanted_ = true;
  decided_(queued_.back());
  schedule_commit();
}

void FakeJournal::schedule_commit() {
  if (committing_) return;
  committing_ = true;
  const Duration delay =
      sync_wanted_ ? between(world_.disk, 2ms, 20ms) : between(world_.disk, 0ms, 3ms);
  world_.after(delay, [this, life = life_] {
    if (life == life_) commit();
  });
}

void FakeJournal::commit() {
  committing_ = false;
  if (world_.now() < healthy_at_) {
    committing_ = true;
    world_.after(200ms, [this, life = life_] {
      if (life == life_) commit();
    });
    return callback_(0, Error{ErrorCode::unavailable, "disk full", {}, "make room"});
  }
  const bool sync = sync_wanted_;
  sync_wanted_ = false;
  while (!queued_.empty()) {
    for (const core::Fact& fact : queued_.front().facts) {
      if (const auto* start = std::get_if<core::fact::AgentStarting>(&fact)) {
        starts_[start->agent] = start->incarnation;
      }
    }
    next_decision_ = queued_.front().number + 1;
    next_fact_ = queued_.front().first_fact + queued_.front().facts.size();
    unsynced_.push_back(std::move(queued_.front()));
    queued_.pop_front();
  }
  if (sync || unsynced_.size() > unsynced_most) make_safe();
  if (world_.at_commit) {
    const std::uint64_t life = life_;
    std::exchange(world_.at_commit, nullptr)();
    if (life != life_) return;
  }
  world_.after(between(world_.disk, 0ms, 1ms), [this, life = life_, up_to = next_decision_ - 1] {
    if (life == life_) callback_(up_to, std::nullopt);
  });
}

void FakeJournal::make_safe() {
  for (const ports::Decision& decision : unsynced_) prove(decision);
  unsynced_.clear();
}

void FakeJournal::prove(const ports::Decision& decision) {
  for (const core::Fact& fact : decision.facts) {
    core::apply(folded_, decision.event.at, fact);
    Hasher hasher;
    hasher.add(decision.event.at);
    hasher.add(fact);
    hash_ = mix(hash_ ^ hasher.value());
    ++safe_facts_;
  }
  ++safe_decisions_;
  const core::Outcome again = core::decide(replayed_, decision.event);
  if (again.facts != decision.facts) {
    world_.violate(false, "replay is exact",
                   fmt::format("decision {} led to {} facts, replayed to {}", decision.number,
                               decision.facts.size(), again.facts.size()));
  }
  if (safe_decisions_ > through_bytes_first) return;
  const wire::Row event = wire::event_row(decision.event.body);
  const auto read = wire::read_event(event.kind, event.body);
  if (!read || *read != decision.event.body) {
    world_.violate(false, "rows carry everything", "event " + event.kind);
  }
  for (const core::Fact& fact : decision.facts) {
    const wire::Row row = wire::fact_row(fact);
    const auto back = wire::read_fact(row.kind, row.body);
    if (!back || *back != fact || row.kind != core::kind_of(fact)) {
      world_.violate(false, "rows carry everything", "fact " + row.kind);
    }
  }
}

void FakeJournal::fail_for(Duration time) { healthy_at_ = world_.now() + time; }

void FakeJournal::lose_daemon() {
  ++life_;
  committing_ = false;
  sync_wanted_ = false;
  queued_.clear();
  callback_ = nullptr;
}

void FakeJournal::lose_power() {
  lose_daemon();
  if (unsynced_.empty()) return;
  next_decision_ = unsynced_.front().number;
  next_fact_ = unsynced_.front().first_fact;
  unsynced_.clear();
}

core::Fleet FakeJournal::recovered() const {
  core::Fleet fleet = folded_;
  for (const ports::Decision& decision : unsynced_) {
    for (const core::Fact& fact : decision.facts) core::apply(fleet, decision.event.at, fact);
  }
  return fleet;
}

bool FakeJournal::has_start(const AgentRef& agent, Incarnation incarnation) const {
  const auto found = starts_.find(agent);
  return found != starts_.end() && found->second >= incarnation;
}

void FakeJournal::flush() {
  for (ports::Decision& decision : queued_) unsynced_.push_back(std::move(decision));
  queued_.clear();
  make_safe();
}

}  // namespace lazaret::sim
