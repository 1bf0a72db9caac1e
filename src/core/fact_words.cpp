#include "core/fact_words.h"

#include <array>

namespace lazaret::core {
namespace {

// In the order of the variant.
constexpr std::array<std::string_view, 81> kinds = {
    "daemon_started",
    "adoption_finished",
    "daemon_stopped",
    "fleet_stopping",
    "fleet_frozen",
    "note_recorded",
    "cell_defined",
    "cell_removed",
    "agent_defined",
    "task_defined",
    "mission_started",
    "mission_status_changed",
    "agent_wanted",
    "agent_starting",
    "agent_spawned",
    "agent_ready",
    "agent_adopted",
    "agent_stable",
    "agent_stopping",
    "agent_killed",
    "agent_exited",
    "agent_backed_off",
    "agent_quarantined",
    "agent_awaits_approval",
    "agent_released",
    "agent_substituted",
    "agent_paused",
    "agent_frozen",
    "agent_health_changed",
    "agent_beats_began",
    "agent_rate_limited",
    "agent_stop_seen",
    "agent_time_extended",
    "hang_suspected",
    "hang_evidence",
    "hang_cleared",
    "hang_declared",
    "wake_accepted",
    "wake_started",
    "wake_ended",
    "task_claimed",
    "task_resumed",
    "task_checkpointed",
    "task_reported",
    "task_completed",
    "task_failed",
    "task_timed_out",
    "task_released",
    "task_transferred",
    "approval_opened",
    "approval_answered",
    "write_refused",
    "agent_removed",
    "cell_mirrored",
    "edit_refused",
    "checkpoint_saved",
    "checkpoint_wanted",
    "checkpoint_missed",
    "checkpoint_restored",
    "checkpoint_rehearsed",
    "checkpoint_picked",
    "handoff_pending",
    "handoff_ended",
    "spend_reserved",
    "spend_recorded",
    "budget_reached",
    "budget_settled",
    "zone_known",
    "calendar_agent_registered",
    "calendar_agent_removed",
    "calendar_agent_changed",
    "plan_defined",
    "plan_removed",
    "plan_paused",
    "times_judged",
    "slot_defined",
    "slot_changed",
    "agent_awaits_account",
    "agent_wait_ended",
    "account_set",
    "account_limited",
};
static_assert(kinds.size() == std::variant_size_v<Fact::Alternatives>);

template <class T>
concept AboutAgent = requires(const T& fact) { fact.agent.agent; };
template <class T>
concept AboutTask = requires(const T& fact) { fact.task.task; };
template <class T>
concept AboutCell = requires(const T& fact) { fact.cell.value; };

FactSubject of_own(const std::optional<AgentRef>& own) {
  return own ? FactSubject{own->cell, own->agent, {}} : FactSubject{};
}

}  // namespace

std::string_view kind_of(const Fact& fact) { return kinds[fact.index()]; }

std::span<const std::string_view> fact_kinds() { return kinds; }

bool may_be_skipped(std::string_view kind) {
  return kind == "note_recorded" || kind == "write_refused" || kind == "edit_refused";
}

FactSubject subject_of(const Fact& fact) {
  return std::visit(
      [](const auto& body) -> FactSubject {
        using T = std::decay_t<decltype(body)>;
        if constexpr (std::is_same_v<T, fact::TaskTransferred>) {
          return {body.task.cell, body.from.value_or(AgentId()), body.task.task};
        } else if constexpr (std::is_same_v<T, fact::BudgetReached> ||
                             std::is_same_v<T, fact::BudgetSettled>) {
          return {body.cell, body.agent, body.task};
        } else if constexpr (std::is_same_v<T, fact::SlotChanged>) {
          return of_own(body.own);
        } else if constexpr (std::is_same_v<T, fact::SlotDefined>) {
          return of_own(body.slot.work.own);
        } else if constexpr (std::is_same_v<T, fact::PlanDefined>) {
          return of_own(body.plan.definition.work.own);
        } else if constexpr (AboutTask<T>) {
          if constexpr (requires { body.agent.value; })
            return {body.task.cell, body.agent, body.task.task};
          return {body.task.cell, {}, body.task.task};
        } else if constexpr (AboutAgent<T>) {
          if constexpr (requires { body.task->value; }) {
            return {body.agent.cell, body.agent.agent, body.task.value_or(TaskId())};
          }
          return {body.agent.cell, body.agent.agent, {}};
        } else if constexpr (std::is_same_v<T, fact::CellDefined>) {
          return {body.cell.id, {}, {}};
        } else if constexpr (std::is_same_v<T, fact::AgentDefined>) {
          return {body.cell, body.definition.id, {}};
        } else if constexpr (std::is_same_v<T, fact::TaskDefined>) {
          return {body.cell, {}, body.definition.id};
        } else if constexpr (std::is_same_v<T, fact::ApprovalOpened>) {
          FactSubject subject{body.cell, {}, {}};
          if (body.agent) subject = {body.agent->cell, body.agent->agent, {}};
          if (body.task) {
            subject.cell = body.task->cell;
            subject.task = body.task->task;
          }
          return subject;
        } else if constexpr (AboutCell<T>) {
          return {body.cell, {}, {}};
        } else {
          return {};
        }
      },
      fact);
}

}  // namespace lazaret::core
