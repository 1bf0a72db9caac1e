// What an iCalendar file makes of the calendar: which plans and slots are made, changed, given up.
//
// An event is known again by its agent and its UID: SlotWork::uid, or one that we gave out
// ourselves. What is over already is left out: a slot in the past would fire at once. An occurrence
// that was taken out of its event, and is no longer, is given up with it.
//
// An occurrence of a plan of ours stays one: it is touched, and gets the time and the work that the
// file says, or is called off.
//
// Rules come from strangers, and looking at one takes time in which the daemon does nothing else:
// an import as a whole has so many steps.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/fleet.h"
#include "core/request.h"

namespace lazaret::core {

inline constexpr std::size_t most_imported = 1'000;  // events of one file
// A tenth of a second to look at it, and as much again to carry it out.
inline constexpr std::int64_t most_import_steps = 1'000'000;
inline constexpr std::int64_t steps_of_a_date = 5;  // it is read, kept and read again

// What a calendar program knows our plans and slots by: "plan-3.0123456789abcdef@lazaret".
std::string export_uid(const Fleet& fleet, std::string_view kind, std::int64_t id);

using op::ImportedEvent;

LAZARET_ENUM(ImportAct, made, changed, unchanged, removed, left_out)

struct ImportStep {
  const ImportedEvent* event = nullptr;
  ImportAct act = ImportAct::unchanged;
  bool is_plan = false;
  std::int64_t id = 0;  // of the plan or slot; of one that is made, the number that it gets
  std::string ident;    // of a slot: its number, or of an untouched one the virtual id; empty = new
  std::string reason;   // of what was removed or left out
  PlanDefinition plan;  // as it will be; of a slot, its work
  WallTime at{};        // of a slot
};

// In the order in which they are to be done; `wish` outlives them. Error: of the first event that
// cannot be taken, or for which no steps were left; place is "line N".
Result<std::vector<ImportStep>> import_steps(
    const Fleet& fleet, const op::ImportCalendar& wish, WallTime now,
    calendar::Budget steps = calendar::Budget(most_import_steps));
// Of the event for which no steps were left.
Error no_steps_left(std::int64_t line);

// Checks a plan's bounds and rule. Errors: invalid_input.
Result<calendar::Schedule> checked_schedule(const PlanDefinition& plan,
                                            const std::string& zone_data);
Result<calendar::Schedule> checked_schedule(const PlanDefinition& plan,
                                            const calendar::ZonePtr& zone,
                                            calendar::Budget budget = calendar::Budget());

// Whether that work can be given to that agent. Errors: not_found, conflict, invalid_input.
Result<void> check_work(const Fleet& fleet, const SlotWork& work);

// Whether both say the same times, as far as one looks: the first ones, and the next ones.
bool same_times(const calendar::Schedule& a, const calendar::Schedule& b, WallTime now,
                calendar::Budget* steps = nullptr);
// Gives `plan` the times of another one.
void take_times(PlanDefinition& plan, const PlanDefinition& from);

inline constexpr std::int64_t slot_minutes_most = 7 * 24 * 60;

}  // namespace lazaret::core
