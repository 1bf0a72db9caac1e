// What becomes of a nominal time. Each one ends with a fate, so that "why did nothing run at
// 08:00?" has an answer of one line:
//
//   fired       it ran when it was due
//   late        it ran later: the daemon was away, or the agent was busy
//   superseded  a newer time of the same plan ran, or waits, in its place
//   missed      nothing ran, because it was noticed too late; the reason says why
//   skipped     nothing ran, because a policy says so
//
// When times were missed (the daemon was down, the machine slept, the clock was set forward), the
// missed policy says what to do with those that are due: skip them, run the newest once, or run
// all; and only what is at most `within` late. However long it was, catching up stays small: at
// most one wake a plan and five in all, five seconds apart, and the rest is recorded.
//
// When a time comes while the last one still runs, the overlap policy says what happens. A plan
// that fails too often in a row pauses itself. All of it is a function of its arguments; jitter,
// too, is the same for the same occurrence on every machine.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "calendar/schedule.h"

namespace lazaret::calendar {

LAZARET_ENUM(Fate, fired, late, superseded, missed, skipped)
LAZARET_ENUM(Missed, skip, once, all)
LAZARET_ENUM(Overlap, queue_newest, skip, queue, cancel_other)

inline constexpr seconds punctual{5};  // what is noticed so soon after its time is not late
inline constexpr std::size_t most_catch_up_wakes = 5;
inline constexpr seconds catch_up_distance{5};
inline constexpr std::size_t most_waiting = 16;  // of one plan, with the overlap policy queue
inline constexpr seconds most_jitter = std::chrono::hours(24);

struct Policy {
  Missed missed = Missed::once;
  std::optional<seconds> within = std::chrono::hours(1);  // none: however late
  Overlap overlap = Overlap::queue_newest;
  seconds jitter{0};             // at most so much later, spread over the occurrences
  int pause_after_failures = 0;  // in a row; 0 = never
};

struct Verdict {
  Occurrence occurrence;
  Fate fate = Fate::fired;  // fired and late: it is to run, if nothing overlaps
  std::string reason;       // empty for fired
  bool runs() const { return fate == Fate::fired || fate == Fate::late; }
};

// When the occurrence is due: its instant and a part of `policy.jitter` that depends on nothing but
// plan and occurrence.
SysTime due_at(const Policy& policy, std::string_view plan, const Occurrence& occurrence);

// What becomes of the times of one plan that are due at `now`, in their order. `due` is ascending
// and not empty.
std::vector<Verdict> judge(const Policy& policy, std::string_view plan,
                           std::span<const Occurrence> due, SysTime now);

struct PlanVerdicts {
  std::string plan;
  std::vector<Verdict> verdicts;
};
struct Wake {
  std::string plan;
  Occurrence occurrence;
  SysTime at{};
  friend bool operator==(const Wake&, const Wake&) = default;
};
// After downtime: which of what would run late does run, and when; the others become missed, with
// the reason. Plans come in the order of their newest time, the newest first. What is on time runs.
std::vector<Wake> catch_up(std::vector<PlanVerdicts>& plans, SysTime now);

LAZARET_ENUM(Turn, run, wait, replace_waiting, cancel_running, skip)
struct OverlapVerdict {
  Turn turn = Turn::run;
  std::string reason;  // of skip; of the fate of what is replaced or cancelled
};
// What to do with a time that is due while `running` and `waiting` say what is under way.
OverlapVerdict overlap(const Policy& policy, bool running, std::size_t waiting);

struct FailureCount {
  int in_a_row = 0;
  bool paused = false;
  LAZARET_FIELDS(FailureCount, in_a_row, paused)
};
// A slot of the plan ended. Once paused, it stays so until a person resumes it.
FailureCount after_end(const Policy& policy, FailureCount before, bool success);

// "2026-11-21T08:00:00+01:00 missed: the policy runs what is at most 1h late, this was 2h 05m".
std::string fate_line(const Verdict& verdict);

// "1h 30m", "2d 05h", "40s".
std::string duration_text(seconds duration);

}  // namespace lazaret::calendar
