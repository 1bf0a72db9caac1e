// The calendar as JSON: our own shapes, and HarborForge's slots.
#pragma once

#include <boost/json.hpp>

#include "core/fleet.h"
#include "server/identity.h"
#include "wire/harborforge.h"

namespace lazaret::server {

namespace json = boost::json;

json::object slot_json(const core::Fleet& fleet, const core::Slot& slot);
// `times`: how many of its next ones are told.
json::object plan_json(const core::Fleet& fleet, const core::Plan& plan, WallTime now,
                       std::size_t times);
json::object calendar_agent_json(const core::CalendarAgent& agent, WallTime heard);

wire::SlotView view_of(const core::Slot& slot);

// Under which name the calendar keeps the slots of one of the fleet's agents.
std::string calendar_name(const AgentRef& ref);

struct Whose {
  std::string agent;
  std::optional<AgentRef> own;
};
// One that is registered in the calendar, else one of the fleet's. Errors: as agent_named().
Result<Whose> calendar_agent_named(const core::Fleet& fleet, const std::string& name,
                                   const Identity& who);

}  // namespace lazaret::server
