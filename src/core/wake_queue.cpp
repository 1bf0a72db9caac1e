#include "core/wake_queue.h"

#include <fmt/format.h>

#include "core/account.h"
#include "core/budgets.h"
#include "core/lifecycle.h"
#include "core/line.h"
#include "core/task_graph.h"
#include "core/work.h"

namespace lazaret::core::wake_queue {
namespace {

constexpr std::string_view task_source = "task:";

// The task that it was about has gone to somebody else, is for somebody else, or was done. One that
// is held for its budget waits for the answer.
bool is_too_late(const Decision& d, const AgentRef& ref, const Wake& wake) {
  if (!wake.source.starts_with(task_source)) return false;
  const TaskId id(wake.source.substr(task_source.size()));
  const Task* task = d.task({ref.cell, id});
  if (!task) return false;
  const Cell& cell = *d.cell(ref.cell);
  const bool held = task->meter && task->meter->hold;
  return !cell.ready.contains(id) || (!held && !task_graph::fits(cell, ref.agent, *task));
}

void start_turn(Decision& d, const AgentRef& ref) {
  const Wake wake = *d.agent(ref)->waiting_wake;
  if (is_too_late(d, ref, wake)) {
    return d.record(fact::WakeEnded{ref, wake.id, WakeFate::dropped, "its task is no longer free"});
  }
  std::optional<TaskId> task;
  if (wake.source.starts_with(task_source)) task = TaskId(wake.source.substr(task_source.size()));
  if (!budgets::may_start(d, ref, task)) return;  // it waits for the answer
  const Incarnation next{d.agent(ref)->incarnation.value + 1};
  d.record(fact::WakeStarted{ref, wake.id, next});
  if (task) work::claim_for_turn(d, ref, *task, next);
  lifecycle::start(d, ref, StartReason::wake, wake);
}

void send_line(Decision& d, const AgentRef& ref) {
  const Agent& agent = *d.agent(ref);
  d.record(fact::WakeStarted{ref, agent.waiting_wake->id, agent.incarnation});
  send_again(d, ref);
}

}  // namespace

std::string refusal(const AgentRef& ref, const Agent& agent) {
  const bool quarantined = agent.process == ProcessState::quarantined;
  if (!quarantined && agent.wanted && !agent.finished) return {};
  return fmt::format("agent \"{}\" is {} and would not see the wake", ref.agent.value,
                     quarantined ? "quarantined" : "stopped");
}

WakeId accept(Decision& d, const AgentRef& ref, const std::string& message,
              const std::string& source) {
  const WakeId id(fmt::format("w-{}", d.fleet().next_wake));
  if (const auto& waiting = d.agent(ref)->waiting_wake) {
    const WakeId replaced = waiting->id;
    d.record(fact::WakeEnded{ref, replaced, WakeFate::replaced, "replaced by " + id.value});
  }
  d.record(fact::WakeAccepted{ref, Wake{id, message, source}});
  deliver(d, ref);
  return id;
}

void deliver(Decision& d, const AgentRef& ref) {
  const Agent& agent = *d.agent(ref);
  const Cell& cell = *d.cell(ref.cell);
  if (!agent.waiting_wake || agent.running_wake || agent.paused || agent.frozen) return;
  if (!lifecycle::should_run(d.fleet(), cell, agent)) return;
  const bool turn = agent.definition.run->adapter == AdapterKind::turn;
  if (agent.process != (turn ? ProcessState::stopped : ProcessState::running)) return;
  if (!(turn ? account::may_start(d, ref) : account::may_wake(d, ref))) return;  // it is in line
  if (agent.rate_limited_until && *agent.rate_limited_until > d.now.wall) return;
  turn ? start_turn(d, ref) : send_line(d, ref);
}

void send_again(Decision& d, const AgentRef& ref) {
  const Agent& agent = *d.agent(ref);
  if (!agent.running_wake || agent.definition.run->adapter == AdapterKind::turn) return;
  const Wake& wake = *agent.running_wake;
  d.act(command::SendLine{ref, agent.incarnation,
                          line::object({{"type", "wake"},
                                        {"id", wake.id.value},
                                        {"message", wake.message},
                                        {"source", wake.source}}),
                          wake.id});
}

void on_rate_limit_over(Decision& d, const AgentRef& ref) {
  const auto until = d.agent(ref)->rate_limited_until;
  const bool over = !until || *until <= d.now.wall;
  d.record(
      fact::AgentRateLimited{ref, over ? std::nullopt : until, over ? "it is over" : "it goes on"});
  if (!over) return;
  deliver(d, ref);
  work::dispatch(d, ref.cell);
}

void on_turn_over(Decision& d, const AgentRef& ref, bool finished, const std::string& detail) {
  const Agent& agent = *d.agent(ref);
  if (agent.running_wake) {
    const WakeId wake = agent.running_wake->id;
    d.record(fact::WakeEnded{ref, wake, finished ? WakeFate::finished : WakeFate::failed, detail});
  }
  if (const auto task = d.agent(ref)->task) {
    const TaskRef task_ref{ref.cell, *task};
    if (finished) {
      work::report_done(d, task_ref, "");
    } else {
      work::fail_or_retry(d, task_ref, detail.empty() ? "its turn was stopped" : detail);
    }
  }
}

void on_line_sent(Decision& d, const event::LineSent& e) {
  const Agent* agent = d.agent(e.agent);
  if (!agent || !agent->running_wake || agent->running_wake->id != e.wake) return;
  // The next incarnation is sent the line again.
  if (agent->incarnation != e.incarnation || (!e.delivered && !is_live(agent->process))) return;
  d.record(fact::WakeEnded{e.agent, e.wake, e.delivered ? WakeFate::finished : WakeFate::failed,
                           e.delivered ? "written to its stdin" : "its stdin did not take it"});
  deliver(d, e.agent);
}

void drop(Decision& d, const AgentRef& ref, const std::string& reason) {
  if (const auto running = d.agent(ref)->running_wake) {
    d.record(fact::WakeEnded{ref, running->id, WakeFate::failed, reason});
  }
  if (const auto waiting = d.agent(ref)->waiting_wake) {
    d.record(fact::WakeEnded{ref, waiting->id, WakeFate::dropped, reason});
  }
}

}  // namespace lazaret::core::wake_queue
