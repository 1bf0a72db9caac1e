#include "core/requests.h"

#include "core/request_parts.h"

namespace lazaret::core::requests {

// The fate of a request is always an answer; a handler that has nothing to say grants.
void on_request(Decision& d, const Request& request) {
  d.grant();
  std::visit(Handler{d, request.caller}, request.operation);
}

bool Handler::known(const AgentRef& ref) {
  if (d.agent(ref)) return true;
  d.refuse(ErrorCode::not_found, "no agent \"" + ref.agent.value + "\" in this mission",
           "lazaret agent ls");
  return false;
}

bool Handler::known(const CellId& cell) {
  if (d.cell(cell)) return true;
  d.refuse(ErrorCode::not_found, "no mission \"" + cell.value + "\"", "lazaret mission ls");
  return false;
}

bool Handler::known(const TaskRef& ref) {
  if (!known(ref.cell)) return false;
  if (d.task(ref)) return true;
  d.refuse(ErrorCode::not_found, "no task \"" + ref.task.value + "\" in this mission",
           "lazaret task ls");
  return false;
}

bool Handler::is_agent() const { return caller.kind == CallerKind::agent && caller.agent; }

// Agents act for themselves only, and only as the live incarnation.
bool Handler::may_act_for(const AgentRef& ref) {
  if (!known(ref)) return false;
  if (caller.kind == CallerKind::viewer) {
    d.refuse(ErrorCode::refused, "a viewer may not change anything", operators_key);
    return false;
  }
  if (!is_agent()) return true;
  if (*caller.agent != ref) {
    d.refuse(ErrorCode::refused,
             "agent \"" + caller.agent->agent.value + "\" may not act for agent \"" +
                 ref.agent.value + "\"",
             operators_key);
    return false;
  }
  return is_not_fenced("act");
}

bool Handler::is_not_fenced(const std::string& what) {
  if (!is_agent()) return true;
  const Agent* self = d.agent(*caller.agent);
  if (self && (!self->definition.run || self->incarnation == caller.incarnation)) return true;
  if (!self) {
    d.refuse(ErrorCode::fenced, "this agent no longer exists");
    return false;
  }
  d.refuse(ErrorCode::fenced, "incarnation " + std::to_string(caller.incarnation.value) +
                                  " of agent \"" + caller.agent->agent.value + "\" is over; " +
                                  std::to_string(self->incarnation.value) + " is the live one");
  d.record(fact::WriteRefused{*caller.agent, caller.incarnation, self->incarnation, what});
  return false;
}

bool Handler::is_operator(const std::string& what) {
  if (caller.kind == CallerKind::admin || caller.kind == CallerKind::operator_) return true;
  d.refuse(ErrorCode::refused, "only an operator may " + what, operators_key);
  return false;
}

}  // namespace lazaret::core::requests
