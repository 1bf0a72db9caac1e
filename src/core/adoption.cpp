#include "core/adoption.h"

#include "core/account.h"
#include "core/approvals.h"
#include "core/checkpoint.h"
#include "core/lifecycle.h"
#include "core/revival.h"
#include "core/wake_queue.h"
#include "core/work.h"

namespace lazaret::core::adoption {
namespace {

// What was under way for a live agent when the daemon went.
void reissue(Decision& d, const AgentRef& ref) {
  const Agent& agent = *d.agent(ref);
  const Incarnation incarnation = agent.incarnation;
  if (agent.process == ProcessState::stopping) {
    const TimerKey grace{TimerKind::agent_kill, ref.cell, ref.agent.value};
    if (!d.fleet().timers.all().contains(grace)) return d.act(command::KillAgent{ref, incarnation});
    if (agent.checkpoint_wish) return checkpoint::ask_again(d, ref);
    return d.act(command::StopAgent{ref, incarnation, agent.definition.run->stop_signal});
  }
  // Both: the daemon may have gone between what it decided and what it did.
  d.act(command::FreezeAgent{ref, incarnation, agent.frozen});
  if (agent.hang == HangStage::suspected) d.act(command::TakeEvidence{ref, incarnation});
  if (agent.process == ProcessState::running) wake_queue::send_again(d, ref);
  checkpoint::ask_again(d, ref);
}

void lose(Decision& d, const AgentRef& ref) {
  event::AgentExited exited{ref, d.agent(ref)->incarnation, {}};
  exited.exit.kind = ExitKind::lost;
  exited.exit.detail = "not found when the daemon started";
  revival::on_exit(d, exited);
}

std::vector<AgentRef> pending(const Fleet& fleet) {
  std::vector<AgentRef> refs;
  for (const auto& [cell_id, cell] : fleet.cells) {
    for (const auto& [agent_id, agent] : cell.agents) {
      if (agent.adoption_pending) refs.push_back({cell_id, agent_id});
    }
  }
  return refs;
}

void verify_again(Decision& d) {
  for (const auto& [cell_id, cell] : d.fleet().cells) {
    for (const auto& [task_id, task] : cell.tasks) {
      if (task.state == TaskState::reported) work::start_verify(d, {cell_id, task_id});
    }
  }
}

}  // namespace

void on_daemon_started(Decision& d, const event::DaemonStarted& e) {
  const bool crashed = !d.fleet().ended_well;
  d.record(fact::DaemonStarted{e.epoch, e.boot_id, e.build, crashed});
}

void on_adopted(Decision& d, const event::AgentAdopted& e) {
  const Agent* agent = lifecycle::live(d, e.agent, e.incarnation);
  if (!agent) return;
  d.record(fact::AgentAdopted{e.agent, e.incarnation, e.pid});
  if (agent->process == ProcessState::starting) {
    lifecycle::on_spawned(d, {e.agent, e.incarnation, e.pid, e.process_start});
    if (e.ready) lifecycle::on_ready(d, e.agent, e.incarnation, "it had said so");
  }
  reissue(d, e.agent);
}

void on_finished(Decision& d) {
  d.record(fact::AdoptionFinished{});
  for (const AgentRef& ref : pending(d.fleet())) lose(d, ref);
  verify_again(d);
  account::on_time(d);  // before its question would be answered by its default
  approvals::expire(d);
  lifecycle::settle_fleet(d);
}

}  // namespace lazaret::core::adoption
