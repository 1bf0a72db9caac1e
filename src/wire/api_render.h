// What the API shows of the fleet, as JSON. Shapes: see schemas_text().
#pragma once

#include <boost/json.hpp>
#include <string>
#include <string_view>

#include "core/fact.h"
#include "core/fleet.h"
#include "core/meter.h"
#include "core/why.h"
#include "wire/cell_problem.h"

namespace lazaret::wire {

namespace json = boost::json;

// Everything but what changes with each beat or sample: equal objects, equal ETags. `address`: what
// {agent} in a path takes for it.
json::object agent_json(const core::Fleet& fleet, const AgentRef& ref, const core::Agent& agent,
                        std::string_view address, WallTime now);
// {spent, reserved, caps, held}: caps with what was added by answers, null = none; held: the
// approval that it waits for, or null.
json::object spend_json(const core::Fleet& fleet, const core::BudgetPlace& place, Instant now);
json::object task_json(const CellId& cell, const core::Task& task);
json::object cell_json(const core::Fleet& fleet, const core::Cell& cell);
json::object graph_json(const core::Cell& cell);
json::object approval_json(const ApprovalId& id, const core::Approval& approval);
json::object wake_json(const WakeId& id, const core::WakeReceipt& receipt);

// Whom an explanation is about. Empty words become null.
struct WhyHead {
  std::string_view what;     // "agent", "task", "wake", "approval", "mission"
  std::string_view subject;  // what `lazaret why` takes for it
  std::string_view cell;
  std::string_view agent;  // its address
  std::string_view task;
};
json::object why_json(const WhyHead& head, const core::Explanation& why);

// One event. `fact` null: the journal's own `kind` and `body` are shown as they are.
struct EventHead {
  std::uint64_t number = 0;
  Stamp at;
  std::string_view kind;
  std::string_view cell;
  std::string_view agent;
  std::string_view task;
};
json::object event_json(const EventHead& head, const core::Fact* fact, std::string_view raw_body);

// What is wrong in a cell's files.
json::array faults_json(const std::vector<Problem>& problems);

// The fact's own fields, without those that name whom it concerns.
json::object fact_body(const core::Fact& fact, const Stamp& at);

// JSON text as a value; null where it is empty or none.
json::value json_or_null(std::string_view text);

}  // namespace lazaret::wire
