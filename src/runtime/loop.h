// The heart: next event, decide, record, start the commands, set the timer. One thread owns it. The
// daemon and the simulator run this same code; only what stands behind the ports differs.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "core/decide.h"
#include "core/fleet.h"
#include "ports/clock.h"
#include "ports/effects.h"
#include "ports/journal.h"
#include "runtime/beat_table.h"

namespace lazaret::runtime {

// A fact as the outside sees it: recorded, numbered, dated.
struct RecordedFact {
  std::uint64_t number = 0;
  Stamp at;
  const core::Fact* fact = nullptr;
};

// Bounds of the loop, from the config table.
struct LoopBounds {
  std::size_t waiting_decisions =
      100'000;         // decided but not yet recorded; past it requests get 503
  Duration away = 1s;  // our own absence beyond this moves the beat deadlines
};

class Loop {
 public:
  using Answered = std::function<void(core::Answer)>;
  using Observer = std::function<void(const std::vector<RecordedFact>&)>;
  // Sees the answer when it is decided, before it is recorded: what is kept with the decision.
  using Sealed = std::function<std::optional<ports::Receipt>(const core::Answer&)>;
  // It is decided, and cannot be recorded at present.
  using Delayed = std::function<void(const Error&)>;

  // `fleet`, `next_decision` and `next_fact`: as the journal was left.
  Loop(core::Fleet fleet, std::uint64_t next_decision, std::uint64_t next_fact,
       ports::Journal& journal, ports::Effects& effects, ports::Clock& clock,
       LoopBounds bounds = {});

  // Something happened. Decided at once; acted on when recorded.
  void post(core::EventBody body);

  // Somebody asks. `answered` is called exactly once, on this thread, after the facts are fsynced
  // (or at once when there are none). Where writing them fails, `delayed` is called first, and
  // `answered` when it succeeds.
  void request(core::Caller caller, core::Operation operation, Answered answered,
               Sealed sealed = {}, Delayed delayed = {});

  // Runs everything that is due now. Call it at next_deadline() or later, after draining sockets.
  void tick();
  Instant next_deadline() const;
  bool is_due() const;

  // Called after each recorded group, before the answers leave.
  void observe(Observer observer) { observers_.push_back(std::move(observer)); }

  const core::Fleet& fleet() const { return fleet_; }
  // What fleet() has taken in and a crash would still take back.
  void each_unrecorded(const std::function<void(const core::Fact&)>& look) const;
  BeatTable& beats() { return beats_; }
  Stamp now() const { return clock_.now(); }
  std::uint64_t last_decision() const { return next_decision_ - 1; }
  std::uint64_t last_fact() const { return next_fact_ - 1; }        // decided
  std::uint64_t recorded_facts() const { return recorded_facts_; }  // safely written down
  // Why nothing can be recorded at present (disk full, …); empty when all is well.
  const std::optional<Error>& trouble() const { return trouble_; }

 private:
  struct Waiting {  // decided, not yet recorded
    std::uint64_t number = 0;
    Stamp at;
    std::uint64_t first_fact = 0;
    std::vector<core::Fact> facts;
    std::vector<core::Command> commands;
    std::optional<core::Answer> answer;
    Answered answered;
    Delayed delayed;
  };
  void decide_one(core::EventBody body, Answered answered, const Sealed& sealed = {},
                  Delayed delayed = {});
  void say_delayed();
  void committed(std::uint64_t up_to, std::optional<Error> trouble);
  void release(Waiting& waiting);
  void follow_beats(const core::Fact& fact);
  void watch(const AgentRef& ref);
  void watch_calendar(const std::string& id);

  core::Fleet fleet_;
  std::uint64_t next_decision_;
  std::uint64_t next_fact_;
  std::uint64_t recorded_facts_;
  std::uint64_t next_request_ = 1;
  ports::Journal& journal_;
  ports::Effects& effects_;
  ports::Clock& clock_;
  LoopBounds bounds_;
  BeatTable beats_;
  std::deque<Waiting> waiting_;
  std::vector<Observer> observers_;
  std::optional<Error> trouble_;
};

}  // namespace lazaret::runtime
