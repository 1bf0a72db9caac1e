#include <fmt/format.h>

#include "core/checkpoint.h"
#include "core/checkpoint_state.h"
#include "core/permissions.h"
#include "core/request_parts.h"

namespace lazaret::core::requests {

void Handler::operator()(const op::SaveCheckpoint& o) {
  if (!may_act_for(o.agent)) return;
  const Agent& agent = *d.agent(o.agent);
  if (is_agent() && !permissions::may_checkpoint(agent.definition.role)) {
    return d.refuse(ErrorCode::refused,
                    fmt::format("agent \"{}\" may not save checkpoints: its role is {}",
                                o.agent.agent.value, to_word(agent.definition.role)),
                    "lead and write may");
  }
  d.grant(o.checkpoint.id);
  if (checkpoint::find(agent, o.checkpoint.id)) return;  // told twice
  checkpoint::save(d, o.agent, o.checkpoint);
}

void Handler::operator()(const op::AskCheckpoint& o) {
  if (!is_operator("ask for a checkpoint") || !known(o.agent)) return;
  const Agent& agent = *d.agent(o.agent);
  if (agent.checkpoint_wish) return;  // asked already
  if (agent.process != ProcessState::running) {
    return d.refuse(ErrorCode::conflict,
                    fmt::format("agent \"{}\" is {}; only a running one can be asked",
                                o.agent.agent.value, to_word(agent.process)));
  }
  const std::string reason = o.reason.empty() ? caller.name + " asks for it" : o.reason;
  if (checkpoint::ask(d, o.agent, CheckpointFor::person, reason)) return;
  d.refuse(ErrorCode::unsupported, "agent \"" + o.agent.agent.value + "\" cannot be asked",
           "give it lazaret.run.checkpoint_signal in its file, or let it read its stdin");
}

void Handler::operator()(const op::PickCheckpoint& o) {
  if (!is_operator("pick a checkpoint") || !known(o.agent)) return;
  const Checkpoint* found = checkpoint::find(*d.agent(o.agent), o.checkpoint);
  if (!found) {
    return d.refuse(
        ErrorCode::not_found,
        fmt::format("agent \"{}\" has no checkpoint \"{}\"", o.agent.agent.value, o.checkpoint),
        "lazaret checkpoint ls " + o.agent.agent.value);
  }
  if (!found->broken.empty()) {
    return d.refuse(ErrorCode::conflict,
                    fmt::format("checkpoint {} does not verify: {}", o.checkpoint, found->broken));
  }
  d.record(fact::CheckpointPicked{o.agent, o.checkpoint, caller.name});
  checkpoint::tidy_up(d, o.agent);
  d.grant(o.checkpoint);
}

}  // namespace lazaret::core::requests
