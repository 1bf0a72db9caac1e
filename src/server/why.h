// `lazaret why`: which thing is meant by a name, where its past is written, and the whole answer.
#pragma once

#include <boost/json/object.hpp>
#include <string_view>
#include <vector>

#include "core/fleet.h"
#include "core/why.h"
#include "ports/fact_reader.h"
#include "server/identity.h"

namespace lazaret::server {

LAZARET_ENUM(WhyKind, agent, task, wake, approval, mission, plan, slot)

// `id` is a task's, a wake's, an approval's, a plan's or a slot's; cell and agent are empty for
// what concerns none of the fleet's own agents.
struct WhySubject {
  WhyKind kind = WhyKind::agent;
  CellId cell;
  AgentId agent;
  std::string id;
};

// An id or name of anything: "scout", "t-41", "w-3", "r-118", "survey"; "<first 8 of cell
// id>.t-41", and the kind before any of them ("task:t-41"). Plans and slots are numbers, so they
// need it ("plan:3", "slot:12"); an occurrence has a virtual id. `cell` (may be empty) narrows it
// to a mission. Errors: not_found; conflict, with the candidates; refused, for agents that ask
// about others.
Result<WhySubject> why_subject(const core::Fleet& fleet, std::string_view text,
                               std::string_view cell, const Identity& who);

// Questions to the journal whose answers belong into the evidence.
std::vector<ports::FactQuery> past_of(const core::Fleet& fleet, const WhySubject& subject);

// `past`: what they were answered, in any order.
boost::json::object why_answer(const core::Fleet& fleet, const WhySubject& subject, Stamp now,
                               const std::vector<ports::FactRow>& past);

}  // namespace lazaret::server
