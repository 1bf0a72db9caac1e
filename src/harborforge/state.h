// What the client must not forget: which slots were begun, and what the backend has yet to hear.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>

#include "base/instant.h"
#include "base/result.h"
#include "core/slot.h"
#include "wire/harborforge.h"

namespace lazaret::harborforge {

inline constexpr std::size_t history_most = 32;  // resolved slots that are shown
// Idents of slots that were begun; they never begin again, whatever a backend lists.
inline constexpr std::size_t fired_most = 1'024;
// Reports of one agent that wait. A slot makes at most three at a time; none begins where it would
// not fit.
inline constexpr std::size_t reports_most = 12;
inline constexpr std::size_t reports_of_a_slot = 3;

LAZARET_ENUM(Phase, waking, active)
LAZARET_ENUM(Delivery, waiting, accepted, refused)

struct Active {
  std::string ident;       // virtual until the backend has named the real one
  std::string occurrence;  // see occurrence_of; empty = no plan
  std::string scheduled_at;
  std::string source;   // of the wake; stays when the ident changes
  std::string message;  // while waking
  Phase phase = Phase::waking;
  core::SlotStatus status = core::SlotStatus::not_started;
  WallTime started_at{};
  Duration paused_for{};
  std::optional<WallTime> paused_at;
  bool disputed = false;  // the backend refused a report; the next heartbeat tells
  LAZARET_FIELDS(Active, ident, occurrence, scheduled_at, source, message, phase, status,
                 started_at, paused_for, paused_at, disputed)
};

struct Report {
  std::uint64_t number = 0;  // key of idempotency
  std::string ident;
  wire::SlotUpdate update;
  bool first = false;  // the one that says the slot began
  LAZARET_FIELDS(Report, number, ident, update, first)
};

struct Resolved {
  std::string ident;
  std::string occurrence;
  std::string agent;
  wire::SlotUpdate update;
  std::optional<WallTime> started_at;
  WallTime ended_at{};
  Delivery delivery = Delivery::waiting;
  std::string error;  // why it was refused
  LAZARET_FIELDS(Resolved, ident, occurrence, agent, update, started_at, ended_at, delivery, error)
};

struct Fired {
  std::string ident;
  std::string occurrence;
  LAZARET_FIELDS(Fired, ident, occurrence)
};

struct State {
  int format = 1;
  std::string instance;  // of this state, in keys of idempotency
  std::uint64_t next_report = 1;
  std::map<std::string, Active> active;              // by agent
  std::map<std::string, std::deque<Report>> outbox;  // by agent, in order
  std::deque<Resolved> history;                      // newest last
  std::deque<Fired> fired;                           // newest last
  LAZARET_FIELDS(State, format, instance, next_report, active, outbox, history, fired)
};

std::string to_text(const State& state);
// Error: invalid_input; the text is not ours.
Result<State> read_state(const std::string& text);

// What a virtual slot and the real one that it becomes have in common: plan and instant. Empty for
// a slot without a plan.
std::string occurrence_of(const wire::SlotView& slot);
bool was_fired(const State& state, const std::string& ident, const std::string& occurrence);
bool is_reported(const State& state, const std::string& agent, const std::string& ident);
void note_fired(State& state, Fired fired);
void note_resolved(State& state, Resolved resolved);
// Minutes of work until `now`, pauses left out, at least 1.
std::int64_t minutes_worked(const Active& active, WallTime now);

// Appends. A pause and its resume that nobody was told of vanish; `sent` is the report on its way.
void add_report(State& state, const std::string& agent, Report report,
                std::optional<std::uint64_t> sent);

}  // namespace lazaret::harborforge
