#include "core/file_edits.h"

#include <algorithm>

#include "core/request_parts.h"

namespace lazaret::core::file_edits {
namespace {

const Caller editor{CallerKind::operator_, "file", {}, {}};

// Carries it out; what is refused is recorded with its reason.
template <class Op>
void request(Decision& d, const CellId& cell, const std::string& file, const std::string& value,
             const Op& operation) {
  d.grant();
  requests::Handler{d, editor}(operation);
  const Answer answer = d.take_answer();
  if (answer) return;
  d.record(fact::EditRefused{cell, file + " status", value, answer.error().message});
}

void refuse(Decision& d, const CellId& cell, const std::string& file, const std::string& value,
            std::string reason) {
  d.record(fact::EditRefused{cell, file + " status", value, std::move(reason)});
}

bool may_be_our_own(const Cell& cell, MissionStatus status) {
  return std::ranges::any_of(cell.unmirrored,
                             [&](const StatusTaken& taken) { return taken.status == status; });
}

void follow_mission(Decision& d, const CellDefinition& before, const event::CellObserved& seen) {
  const CellDefinition& after = seen.cell;
  const Cell& cell = *d.cell(after.id);
  if (before.status == after.status || cell.status == after.status) return;
  if (seen.first && may_be_our_own(cell, after.status)) return;
  request(d, after.id, "cell.json", std::string(to_word(after.status)),
          op::SetMission{after.id, after.status, "cell.json was edited"});
}

void follow_agent(Decision& d, const AgentRef& ref, const std::string& before,
                  const std::string& after) {
  const std::string file = "agents/" + ref.agent.value + ".json";
  const bool paused = d.agent(ref)->paused;
  if (after == "paused") {
    if (!paused) request(d, ref.cell, file, after, op::PauseAgent{ref, file + " was edited"});
  } else if (before == "paused" && paused && after != "failed") {
    request(d, ref.cell, file, after, op::ResumeAgent{ref, file + " was edited"});
  } else {
    refuse(d, ref.cell, file, after, "only pausing and resuming an agent can be asked for here");
  }
}

void follow_task(Decision& d, const TaskRef& ref, const std::string& before,
                 const std::string& after) {
  const std::string file = "tasks/" + ref.task.value + ".json";
  if (before == "failed" && after == "pending") {
    return request(d, ref.cell, file, after, op::RetryTask{ref, file + " was edited"});
  }
  refuse(d, ref.cell, file, after, "only a failed task can be set, to pending: to try it again");
}

}  // namespace

void follow(Decision& d, const CellDefinition& before, const event::CellObserved& seen) {
  const CellDefinition& after = seen.cell;
  follow_mission(d, before, seen);
  if (!seen.edited) return;
  for (const auto& [id, now] : after.file_runtime) {
    const auto old = before.file_runtime.find(id);
    if (old == before.file_runtime.end() || !d.agent({after.id, id})) continue;
    if (old->second.agent_status == now.agent_status) continue;
    follow_agent(d, {after.id, id}, old->second.agent_status, now.agent_status);
  }
  for (const auto& [id, now] : after.task_status) {
    const auto old = before.task_status.find(id);
    if (old == before.task_status.end() || !d.task({after.id, id})) continue;
    if (old->second != now) follow_task(d, {after.id, id}, old->second, now);
  }
}

}  // namespace lazaret::core::file_edits
