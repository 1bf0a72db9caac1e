#include <fmt/format.h>

#include "base/rfc3339.h"
#include "server/context.h"
#include "server/names.h"
#include "server/work_waiters.h"
#include "wire/cell_file.h"

namespace lazaret::server {
namespace {

constexpr std::size_t cursor_bytes_most = 64 * 1024;

void list(Context& context, Call& call) {
  const auto id = named_cell(context, call);
  if (!id) return;
  const auto only = from_word<core::TaskState>(call.inputs.text("status"));
  const core::Cell& cell = *core::find_cell(context.fleet(), *id);
  send_page(call, "tasks", [&](const std::string& after, const Take& take) {
    for (auto at = cell.tasks.upper_bound(TaskId(after)); at != cell.tasks.end(); ++at) {
      if (only && at->second.state != *only) continue;
      if (!take(at->first.value, wire::task_json(*id, at->second))) return;
    }
  });
}

void show(Context& context, Call& call) {
  const auto ref = named_task(context, call);
  if (!ref) return;
  const core::BudgetPlace place{core::BudgetScope::task, ref->cell, {}, ref->task};
  send_tagged(call, wire::task_json(ref->cell, *core::find_task(context.fleet(), *ref)),
              {{"spend", wire::spend_json(context.fleet(), place, context.loop.now().mono)}});
}

void add(Context& context, Call& call) {
  const auto id = named_cell(context, call);
  if (!id) return;
  auto tasks = wire::read_tasks(call.inputs.body(), "body");
  if (!tasks) return call.reply.fail(tasks.error());
  json::array made;
  for (auto& task : *tasks) {
    if (task.created_at == WallTime{}) task.created_at = context.loop.now().wall;
    made.push_back(json::string(task.id.value));
  }
  submit(context, call, core::op::AddTasks{*id, std::move(*tasks)},
         [made](Context&, const core::Granted&) {
           return json_answer(201, json::object{{"status", "done"}, {"task_ids", made}});
         });
}

void next_work(Context& context, Call& call) {
  std::optional<AgentRef> agent = call.identity.agent;
  if (call.inputs.has("agent")) {
    agent = named_agent(context, call);
    if (!agent) return;
  }
  if (!agent) {
    return call.reply.fail({ErrorCode::invalid_input,
                            "say for which agent: people have no work here", "query agent",
                            "add ?agent=ID, or call with the agent's token"});
  }
  const Duration wait = seconds_of(call.inputs.number("wait_seconds").value_or(0));
  context.waiters.claim(call.reply, call.identity.caller(), *agent, wait);
}

void checkpoint(Context& context, Call& call) {
  const auto ref = named_task(context, call);
  if (!ref) return;
  const std::string_view cursor = call.inputs.raw("cursor");
  if (cursor.size() > cursor_bytes_most) {
    return call.reply.fail({ErrorCode::too_large, "the cursor is longer than 64 KiB",
                            "body /cursor",
                            "keep large things in a file and its path in the cursor"});
  }
  submit(context, call, core::op::CheckpointTask{*ref, std::string(cursor)});
}

// The verbs that take a task and one text.
template <class Op>
void verb(Context& context, Call& call) {
  const auto ref = named_task(context, call);
  if (!ref) return;
  Op operation{};
  operation.task = *ref;
  if constexpr (requires { operation.reason; }) operation.reason = call.inputs.text("reason");
  if constexpr (requires { operation.result; }) operation.result = call.inputs.text("result");
  submit(context, call, std::move(operation));
}

void assign(Context& context, Call& call) {
  const auto ref = named_task(context, call);
  if (!ref) return;
  std::optional<AgentId> agent;
  if (!call.inputs.is_null("agent")) agent = AgentId(call.inputs.text("agent"));
  submit(context, call, core::op::AssignTask{*ref, std::move(agent)});
}

void depend(Context& context, Call& call) {
  const auto ref = named_task(context, call);
  if (ref) submit(context, call, core::op::AddDependency{*ref, TaskId(call.inputs.text("on"))});
}

// After a hand-off was asked for: who does what next.
std::string what_follows(const core::Fleet& fleet, const TaskRef& ref, const std::string& to) {
  const core::Task* task = core::find_task(fleet, ref);
  if (!task || !task->handoff) {
    return fmt::format(
        "{} has task {} now and goes on from where it was left; what others still "
        "write to it is refused",
        to, ref.task.value);
  }
  const core::Handoff& handoff = *task->handoff;
  const core::Policies& policies = core::find_cell(fleet, ref.cell)->definition.policies;
  if (handoff.stage == core::HandoffStage::checkpoint) {
    return fmt::format(
        "{} is asked to save a checkpoint first (checkpoint_required), within {}; "
        "then {} goes on with task {}",
        handoff.from.value, to_human(policies.checkpoint_deadline), to, ref.task.value);
  }
  const auto open =
      handoff.approval ? fleet.approvals.find(*handoff.approval) : fleet.approvals.end();
  if (open == fleet.approvals.end()) return {};
  return fmt::format(
      "a person has to say yes before {} (handoff_approval is manual), else it is "
      "no: lazaret inbox approve {}; {} goes on with task {} until then",
      to_rfc3339(open->second.deadline), open->first.value, handoff.from.value, ref.task.value);
}

void handoff(Context& context, Call& call) {
  const auto ref = named_task(context, call);
  if (ref) submit_handoff(context, call, *ref);
}

}  // namespace

void submit_handoff(Context& context, Call& call, const TaskRef& ref) {
  submit(context, call,
         core::op::HandOffTask{ref, AgentId(call.inputs.text("to")), call.inputs.text("reason")},
         [ref, to = call.inputs.text("to")](Context& ctx, const core::Granted& granted) {
           const core::Task* task = core::find_task(ctx.fleet(), ref);
           const bool waits = task && task->handoff;
           return json_answer(
               200, json::object{
                        {"status", waits ? "waiting" : "done"},
                        {"detail", what_follows(ctx.fleet(), ref, to)},
                        {"approval", granted.id.empty() ? json::value(nullptr)
                                                        : json::value(json::string(granted.id))}});
         });
}

void add_task_handlers(Handlers& handlers) {
  handlers["task.list"] = list;
  handlers["task.show"] = show;
  handlers["task.add"] = add;
  handlers["next_work"] = next_work;
  handlers["task.checkpoint"] = checkpoint;
  handlers["task.done"] = verb<core::op::ReportDone>;
  handlers["task.fail"] = verb<core::op::ReportFailed>;
  handlers["task.release"] = verb<core::op::ReleaseTask>;
  handlers["task.retry"] = verb<core::op::RetryTask>;
  handlers["task.verify"] = verb<core::op::VerifyAgain>;
  handlers["task.assign"] = assign;
  handlers["task.depend"] = depend;
  handlers["task.handoff"] = handoff;
}

}  // namespace lazaret::server
