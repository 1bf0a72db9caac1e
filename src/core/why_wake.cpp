// Why a wake waits, and what became of it.
#include <fmt/format.h>

#include "base/rfc3339.h"
#include "core/called.h"
#include "core/why_parts.h"

namespace lazaret::core {
namespace {

using namespace why;

constexpr std::string_view replaced_by = "replaced by ";
constexpr std::string_view over = "the mission is over";

bool is_turn(const Agent& agent) {
  return agent.definition.run && agent.definition.run->adapter == AdapterKind::turn;
}

Reason waiting_reason(const Fleet& fleet, const AgentRef& ref, Stamp now, Explanation& it) {
  const Cell& cell = *find_cell(fleet, ref.cell);
  const Agent& agent = *find_agent(fleet, ref);
  tell(it, agent.since, "agent",
       fmt::format("{} is {}: {}", ref.agent.value, to_word(agent.process), agent.state_reason),
       now);
  if (const auto held = mission_obstacle(fleet, cell)) {
    return {held->text, held->setting, held->place, held->remedy};
  }
  auto held = obstacle(fleet, ref, now);
  if (!held) return {"its agent takes it now", "", "", ""};
  const std::string next =
      held->remedy.empty() ? fmt::format("{} is free again", ref.agent.value) : held->remedy;
  return {fmt::format("{} {}; one wake waits for it", ref.agent.value, held->text), held->setting,
          held->place, next};
}

Reason replaced_reason(const Fleet& fleet, const WakeReceipt& receipt) {
  std::string next;
  if (receipt.detail.starts_with(replaced_by)) {
    const std::string id = receipt.detail.substr(replaced_by.size());
    const auto found = fleet.wakes.find(WakeId(id));
    next = id;
    if (found != fleet.wakes.end()) {
      next = fmt::format("{} is {}; lazaret why {}", id, to_word(found->second.fate), id);
    }
  }
  return {"the queue of an agent holds one waiting wake, and a newer one replaces it", "", "",
          next};
}

Reason dropped_reason(const Fleet& fleet, const WakeReceipt& receipt) {
  const AgentRef& ref = receipt.agent;
  const Cell* cell = find_cell(fleet, ref.cell);
  if (receipt.detail == over && cell) {
    return {"the wakes of a mission that is over are dropped",
            fmt::format("status = {}", to_word(cell->status)), "cell.json",
            "lazaret mission resume " + short_id(ref.cell) + ", then wake it again"};
  }
  return {"nobody can do it any more: " + receipt.detail, "", "",
          "lazaret agent wake " + ref.agent.value + " MESSAGE, when it is able to"};
}

Reason failed_reason(const Fleet& fleet, const WakeReceipt& receipt) {
  const Agent* agent = find_agent(fleet, receipt.agent);
  const std::string again = "lazaret agent wake " + receipt.agent.agent.value + " MESSAGE";
  if (!agent || !is_turn(*agent)) return {"it could not be done: " + receipt.detail, "", "", again};
  std::string clean;
  for (const int code : agent->definition.run->clean_exits) {
    clean += (clean.empty() ? "" : ", ") + std::to_string(code);
  }
  return {"its turn did not end with a clean exit: " + receipt.detail,
          fmt::format("clean_exits = [{}]", clean),
          agent_place(*agent) + " lazaret.run.clean_exits", again};
}

Reason started_reason(const Fleet& fleet, const AgentRef& ref, Stamp now, Explanation& it) {
  const Agent* agent = find_agent(fleet, ref);
  if (!agent) return {"its agent is gone", "", "", ""};
  tell(it, agent->since, "agent",
       fmt::format("{} is {}: {}", ref.agent.value, to_word(agent->process), agent->state_reason),
       now);
  if (is_turn(*agent)) {
    return {"its turn is under way", "", "", "it is finished when the turn's process ends"};
  }
  return {"its line is being written to the agent's stdin", "", "", "it is finished when written"};
}

Reason reason_of(const Fleet& fleet, const WakeReceipt& receipt, Stamp now, Explanation& it) {
  switch (receipt.fate) {
    case WakeFate::waiting:
      if (!find_agent(fleet, receipt.agent)) return {"its agent is gone", "", "", ""};
      return waiting_reason(fleet, receipt.agent, now, it);
    case WakeFate::started:
      return started_reason(fleet, receipt.agent, now, it);
    case WakeFate::finished:
      return {receipt.detail.empty() ? "its turn ended well" : receipt.detail, "", "", ""};
    case WakeFate::failed:
      return failed_reason(fleet, receipt);
    case WakeFate::replaced:
      return replaced_reason(fleet, receipt);
    case WakeFate::dropped:
      return dropped_reason(fleet, receipt);
  }
  return {};
}

}  // namespace

Explanation explain(const Fleet& fleet, const WakeId& id, Stamp now) {
  const WakeReceipt& receipt = fleet.wakes.at(id);
  Explanation it =
      begin(id.value, std::string(to_word(receipt.fate)), receipt.changed, receipt.detail);
  it.sentence = fmt::format("{} for {} is {} for {}{}", id.value, receipt.agent.agent.value,
                            it.state, to_human(now.mono - receipt.changed.mono),
                            receipt.detail.empty() ? "" : ": " + receipt.detail);
  give(it, reason_of(fleet, receipt, now, it));
  tell(it, receipt.accepted, "wake",
       fmt::format("from {}: {}", receipt.wake.source, receipt.wake.message), now);
  return it;
}

}  // namespace lazaret::core
