#include "sim/custody.h"

#include <fmt/format.h>

#include <algorithm>

namespace lazaret::sim {

using namespace core;

namespace {

bool lists(const std::vector<std::string>& ids, const AgentId& id) {
  return std::ranges::any_of(ids,
                             [&](const std::string& one) { return one == "*" || one == id.value; });
}

bool is_over(MissionStatus status) {
  return status == MissionStatus::completed || status == MissionStatus::failed;
}

// The task that an agent's request would write to.
std::optional<TaskRef> written_by(const Operation& operation) {
  if (const auto* one = std::get_if<op::CheckpointTask>(&operation)) return one->task;
  if (const auto* one = std::get_if<op::ReportDone>(&operation)) return one->task;
  if (const auto* one = std::get_if<op::ReportFailed>(&operation)) return one->task;
  if (const auto* one = std::get_if<op::ReleaseTask>(&operation)) return one->task;
  return std::nullopt;
}

const TaskRef* task_written(const Fact& fact) {
  if (const auto* one = std::get_if<fact::TaskCheckpointed>(&fact)) return &one->task;
  if (const auto* one = std::get_if<fact::TaskReported>(&fact)) return &one->task;
  if (const auto* one = std::get_if<fact::TaskFailed>(&fact)) return &one->task;
  if (const auto* one = std::get_if<fact::TaskReleased>(&fact)) return &one->task;
  return nullptr;
}

}  // namespace

struct Custody::Facts {
  Custody& c;
  const Fleet& fleet;
  Instant now;

  void operator()(const fact::DaemonStarted&) { c.take_stock(fleet); }
  void operator()(const fact::CellRemoved& f) {
    std::erase_if(c.tasks_, [&](const auto& entry) { return entry.first.cell == f.cell; });
  }
  // The files say anew whose a task is.
  void operator()(const fact::CellDefined& f) {
    for (auto& [ref, task] : c.tasks_) {
      if (ref.cell == f.cell.id) task.promised_to.reset();
    }
  }
  void operator()(const fact::TaskDefined& f) {
    c.tasks_[{f.cell, f.definition.id}].promised_to.reset();
  }
  void operator()(const fact::TaskClaimed& f) {
    Account& one = c.tasks_[f.task];
    if (one.promised_to && *one.promised_to != f.agent) {
      c.wrong(
          "what was handed over goes to whom it was handed",
          fmt::format("{}: {} and not {}", name(f.task), f.agent.value, one.promised_to->value));
    }
    one.promised_to.reset();
    one.owner = f.agent;
    one.incarnation = f.incarnation;
    const Task* task = find_task(fleet, f.task);
    if (task && task->cursor != one.cursor) {
      c.wrong("the next one begins where the last one was", name(f.task));
    }
  }
  void operator()(const fact::TaskResumed& f) { c.tasks_[f.task].incarnation = f.incarnation; }
  void operator()(const fact::TaskCheckpointed& f) {
    c.tasks_[f.task].cursor = f.cursor;
    c.tasks_[f.task].saved_at = now;
  }
  void operator()(const fact::CheckpointSaved& f) {
    if (!f.task) return;
    Account& one = c.tasks_[{f.agent.cell, *f.task}];
    one.saved_by.insert(f.agent.agent);
    one.saved_at = now;
  }
  void operator()(const fact::TaskReported& f) { c.tasks_[f.task].pending.reset(); }
  void operator()(const fact::TaskCompleted& f) { end(f.task); }
  void operator()(const fact::TaskFailed& f) { end(f.task); }
  void operator()(const fact::TaskReleased& f) { end(f.task); }
  void operator()(const fact::HandoffEnded& f) { c.tasks_[f.task].pending.reset(); }
  void operator()(const fact::HandoffPending& f) {
    Account& one = c.tasks_[f.task];
    if (!one.pending) {
      check_allowed(f);
      one.agreed_at.reset();
      if (!f.approval) one.agreed_at = now;
    }
    one.pending = f;
  }
  void operator()(const fact::TaskTransferred& f) {
    Account& one = c.tasks_[f.task];
    if (one.pending) check_transfer(f, one);
    if (!one.pending && f.by != "core") {
      c.wrong("what is handed over was asked for", name(f.task));
    }
    one.pending.reset();
    one.owner.reset();
    one.promised_to = f.to;
  }
  void operator()(const fact::ApprovalOpened& f) {
    Question question{f, {}};
    const Agent* agent = f.agent ? find_agent(fleet, *f.agent) : nullptr;
    if (agent) question.incarnation = agent->incarnation;
    c.open_.emplace(f.approval, std::move(question));
  }
  void operator()(const fact::ApprovalAnswered& f) {
    if (c.open_.erase(f.approval) == 0) c.wrong("a question is answered once", f.approval.value);
    if (f.answer == AnswerWord::yes) c.agree_to(f.approval, now);
  }
  template <class Other>
  void operator()(const Other&) {}

  void end(const TaskRef& ref) {
    Account& one = c.tasks_[ref];
    one.owner.reset();
    one.pending.reset();
    one.promised_to.reset();
  }

  void check_allowed(const fact::HandoffPending& f) {
    const CellDefinition& cell = find_cell(fleet, f.task.cell)->definition;
    const auto gives = cell.permissions.find(f.agent);
    const auto takes = cell.permissions.find(f.to);
    const bool may =
        cell.policies.handoff_allowed && f.agent != f.to &&
        (gives == cell.permissions.end() || lists(gives->second.handoff_to, f.to)) &&
        (takes == cell.permissions.end() || lists(takes->second.handoff_from, f.agent));
    if (!may) c.wrong("only what is allowed is handed over", name(f.task));
  }

  void check_transfer(const fact::TaskTransferred& f, const Account& one) {
    const auto& pending = *one.pending;
    if (f.by == "core" || f.from != pending.agent || f.to != pending.to) {
      return c.wrong("a hand-off ends as it was asked for", name(f.task));
    }
    if (pending.approval && c.open_.contains(*pending.approval)) {
      c.wrong("nothing is handed over before the answer", name(f.task));
    }
    const Agent* to = find_agent(fleet, {f.task.cell, f.to});
    const bool held = to && (to->process == ProcessState::quarantined ||
                             to->process == ProcessState::awaiting_approval);
    if (!to || to->removed || !to->wanted || to->finished || held) {
      c.wrong("nobody is handed work that he would not do", name(f.task) + " to " + f.to.value);
    }
    const Policies& policies = find_cell(fleet, f.task.cell)->definition.policies;
    const bool was_begun = one.owner == f.from;
    if (!policies.checkpoint_required || !was_begun) return;
    if (one.cursor.empty() && !one.saved_by.contains(*f.from)) {
      c.wrong("nothing is handed over without the checkpoint that is required", name(f.task));
    }
    c.check_waited(f, one, now, policies.checkpoint_deadline);
  }
};

void Custody::agree_to(const ApprovalId& approval, Instant at) {
  for (auto& [ref, task] : tasks_) {
    if (task.pending && task.pending->approval == approval) task.agreed_at = at;
  }
}

// Who hands over what is its own has saved before; anybody else waits until the owner has, or until
// it had its time for it.
void Custody::check_waited(const fact::TaskTransferred& moved, const Account& one, Instant now,
                           Duration patience) {
  if (one.pending->by == moved.from->value || !one.agreed_at) return;
  const bool saved = one.saved_at && *one.saved_at >= *one.agreed_at;
  if (saved || now >= *one.agreed_at + patience) return;
  wrong("a hand-off waits for its checkpoint",
        fmt::format("{}: handed over after {} s of {}", name(moved.task),
                    in_seconds(now - *one.agreed_at), in_seconds(patience)));
}

// In the books since before the daemon died. A request that was never recorded has not been made.
std::optional<Instant> Custody::still_agreed(const Account& before, const TaskRef& ref,
                                             const core::Handoff& kept, const Fleet& fleet) {
  const auto& pending = before.pending;
  const bool same = pending && before.agreed_at && pending->agent == kept.from &&
                    pending->to == kept.to && pending->approval == kept.approval;
  if (!same) return std::nullopt;
  const TimerKey key{TimerKind::handoff_checkpoint, ref.cell, ref.task.value};
  const auto due = fleet.timers.all().find(key);
  const Duration patience = find_cell(fleet, ref.cell)->definition.policies.checkpoint_deadline;
  const bool is_older =
      due == fleet.timers.all().end() || due->second < *before.agreed_at + patience;
  return is_older ? std::nullopt : before.agreed_at;
}

void Custody::take_stock(const Fleet& fleet) {
  const auto before = std::exchange(tasks_, {});
  open_.clear();
  for (const auto& [cell_id, cell] : fleet.cells) {
    for (const auto& [id, task] : cell.tasks) {
      Account& one = tasks_[{cell_id, id}];
      one.cursor = task.cursor;
      const bool had = task.state == TaskState::in_progress || task.state == TaskState::reported;
      if (had) one.owner = task.owner;
      one.incarnation = task.owner_incarnation;
      if (!task.handoff) continue;
      const Handoff& kept = *task.handoff;
      one.pending = fact::HandoffPending{{cell_id, id}, kept.from, kept.to, kept.stage,
                                         kept.approval, never,     kept.by, kept.reason};
      if (const auto old = before.find({cell_id, id}); old != before.end()) {
        one.agreed_at = still_agreed(old->second, {cell_id, id}, kept, fleet);
      }
    }
    for (const auto& [id, agent] : cell.agents) {
      for (const Checkpoint& saved : agent.checkpoints) {
        if (saved.task) tasks_[{cell_id, *saved.task}].saved_by.insert(id);
      }
    }
  }
  for (const auto& [id, approval] : fleet.approvals) {
    if (approval.answer) continue;
    fact::ApprovalOpened asked{id, approval.kind,     approval.agent,    approval.task,
                               {}, approval.deadline, approval.fallback, approval.cell};
    const Agent* agent = approval.agent ? find_agent(fleet, *approval.agent) : nullptr;
    open_[id] = {std::move(asked), agent ? agent->incarnation : Incarnation{}};
  }
}

// An agent writes to what it has, and only as the incarnation that has it.
void Custody::check_writer(const ports::Decision& decision) {
  const auto* requested = std::get_if<event::Requested>(&decision.event.body);
  if (!requested || requested->request.caller.kind != CallerKind::agent) return;
  const Caller& caller = requested->request.caller;
  const auto ref = written_by(requested->request.operation);
  if (!ref || !caller.agent) return;
  const auto wrote = std::ranges::any_of(decision.facts, [&](const Fact& fact) {
    const TaskRef* written = task_written(fact);
    return written && *written == *ref;
  });
  if (!wrote) return;
  const Account& one = tasks_[*ref];
  const bool runs_here = caller.incarnation.value > 0;
  const bool owns = caller.agent->cell == ref->cell && one.owner == caller.agent->agent &&
                    (!runs_here || one.incarnation == caller.incarnation);
  if (owns) return;
  wrong("who lost a task writes nothing to it",
        fmt::format("{} by {} incarnation {}", name(*ref), qualified(*caller.agent),
                    caller.incarnation.value));
}

// Empty while the question still matters.
std::string_view Custody::why_over(const Question& question, const Fleet& fleet) const {
  const fact::ApprovalOpened& asked = question.asked;
  const Agent* agent = asked.agent ? find_agent(fleet, *asked.agent) : nullptr;
  const Task* task = asked.task ? find_task(fleet, *asked.task) : nullptr;
  if (asked.agent && !agent) return "its agent is gone";
  if (asked.task && asked.kind != ApprovalKind::question && !task) return "its task is gone";
  switch (asked.kind) {
    case ApprovalKind::question:
    case ApprovalKind::account:
      return {};
    case ApprovalKind::revival:
      return is_live(agent->process) ? "its agent lives" : "";
    case ApprovalKind::hang: {
      const bool same = agent->incarnation == question.incarnation;
      return same && is_live(agent->process) ? "" : "its agent has ended";
    }
    case ApprovalKind::handoff: {
      const bool waits = task->handoff && task->handoff->approval == asked.approval;
      return waits ? "" : "nothing is handed over";
    }
    case ApprovalKind::budget: {
      const bool ended =
          task && (task->state == TaskState::completed || task->state == TaskState::failed);
      if (ended) return "its task has ended";
      if (asked.agent || asked.task) return {};
      const Cell* cell = find_cell(fleet, asked.cell);
      return cell && !is_over(cell->status) ? "" : "its mission is over";
    }
  }
  return {};
}

void Custody::check_questions(const Fleet& fleet) {
  for (const auto& [id, question] : open_) {
    const std::string_view why = why_over(question, fleet);
    if (!why.empty()) {
      wrong("nobody is asked about what has ended",
            fmt::format("{} ({}): {}", id.value, to_word(question.asked.kind), why));
    }
  }
}

void Custody::on_decided(const ports::Decision& decision, const Fleet& fleet) {
  check_writer(decision);
  Facts facts{*this, fleet, decision.event.at.mono};
  for (const Fact& fact : decision.facts) std::visit(facts, fact);
  if (!decision.facts.empty() && !fleet.adopting) check_questions(fleet);
}

}  // namespace lazaret::sim
