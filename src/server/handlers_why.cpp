#include <memory>

#include "core/slot_view.h"
#include "server/context.h"
#include "server/names.h"
#include "server/why.h"

namespace lazaret::server {
namespace {

// The questions to the journal, one after the other, and then the answer.
struct Asked {
  Reply reply;
  WhySubject subject;
  std::vector<ports::FactQuery> questions;
  std::vector<ports::FactRow> past;
};

// It may be gone by the time the journal has answered.
bool is_there(const core::Fleet& fleet, const WhySubject& one) {
  switch (one.kind) {
    case WhyKind::agent:
      return core::find_agent(fleet, AgentRef{one.cell, one.agent}) != nullptr;
    case WhyKind::task:
      return core::find_task(fleet, TaskRef{one.cell, TaskId(one.id)}) != nullptr;
    case WhyKind::wake:
      return fleet.wakes.contains(WakeId(one.id));
    case WhyKind::approval:
      return fleet.approvals.contains(ApprovalId(one.id));
    case WhyKind::mission:
      return core::find_cell(fleet, one.cell) != nullptr;
    case WhyKind::plan:
      return fleet.calendar.plans.contains(std::stoll(one.id));
    case WhyKind::slot:
      return core::find_slot(fleet.calendar, one.id) ||
             core::find_virtual_slot(fleet.calendar, one.id);
  }
  return false;
}

void go_on(Context& context, const std::shared_ptr<Asked>& asked) {
  if (asked->questions.empty() || !context.services.facts) {
    if (!is_there(context.fleet(), asked->subject)) {
      return asked->reply.fail({ErrorCode::not_found, "it has just gone", "of", "lazaret events"});
    }
    return asked->reply.ok(
        why_answer(context.fleet(), asked->subject, context.loop.now(), asked->past));
  }
  const ports::FactQuery question = asked->questions.back();
  asked->questions.pop_back();
  context.services.facts->read(question, [&context, asked](Result<ports::FactPage> page) {
    // A journal that cannot be read now takes only the past away.
    if (page) asked->past.insert(asked->past.end(), page->rows.begin(), page->rows.end());
    go_on(context, asked);
  });
}

void explain(Context& context, const Reply& reply, WhySubject subject) {
  auto questions = past_of(context.fleet(), subject);
  go_on(context,
        std::make_shared<Asked>(Asked{reply, std::move(subject), std::move(questions), {}}));
}

void of_anything(Context& context, Call& call) {
  auto subject =
      why_subject(context.fleet(), call.inputs.text("of"), call.inputs.text("cell"), call.identity);
  if (!subject) return call.reply.fail(subject.error());
  explain(context, call.reply, std::move(*subject));
}

void of_agent(Context& context, Call& call) {
  const auto ref = named_agent(context, call);
  if (ref) explain(context, call.reply, {WhyKind::agent, ref->cell, ref->agent, {}});
}

}  // namespace

void add_why_handlers(Handlers& handlers) {
  handlers["why"] = of_anything;
  handlers["agent.why"] = of_agent;
}

}  // namespace lazaret::server
