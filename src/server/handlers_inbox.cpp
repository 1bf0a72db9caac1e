// Wakes and questions: what waits, and what became of it.
#include <algorithm>

#include "server/context.h"
#include "server/names.h"

namespace lazaret::server {
namespace {

// "w-12" → "000000000012", so that text order is the order of numbers; newest first turns it
// around.
std::string newest_first_key(const std::string& id) {
  std::uint64_t number = 0;
  for (const char c : id) {
    if (c >= '0' && c <= '9') number = number * 10 + static_cast<std::uint64_t>(c - '0');
  }
  std::string key = std::to_string(~number);
  return std::string(20 - std::min<std::size_t>(20, key.size()), '0') + key;
}

bool concerns(const Identity& who, const core::Approval& approval) {
  if (who.right != Right::agent) return true;
  if (approval.agent) return may_see(who, *approval.agent);
  return approval.task && may_see(who, approval.task->cell);
}

void wakes(Context& context, Call& call) {
  std::optional<AgentRef> only;
  if (call.inputs.has("agent")) {
    only = named_agent(context, call);
    if (!only) return;
  }
  std::map<std::string, const std::pair<const WakeId, core::WakeReceipt>*> ordered;
  for (const auto& one : context.fleet().wakes) {
    if (only && one.second.agent != *only) continue;
    if (may_see(call.identity, one.second.agent)) ordered[newest_first_key(one.first.value)] = &one;
  }
  send_page(call, "wakes", [&](const std::string& after, const Take& take) {
    for (auto at = ordered.upper_bound(after); at != ordered.end(); ++at) {
      if (!take(at->first, wire::wake_json(at->second->first, at->second->second))) return;
    }
  });
}

void approvals(Context& context, Call& call) {
  const bool open_only = call.inputs.truth("open").value_or(false);
  std::map<std::string, const std::pair<const ApprovalId, core::Approval>*> ordered;
  for (const auto& one : context.fleet().approvals) {
    const bool answered = one.second.answer.has_value();
    if ((open_only && answered) || !concerns(call.identity, one.second)) continue;
    ordered[(answered ? "1" : "0") + newest_first_key(one.first.value)] = &one;
  }
  send_page(call, "approvals", [&](const std::string& after, const Take& take) {
    for (auto at = ordered.upper_bound(after); at != ordered.end(); ++at) {
      if (!take(at->first, wire::approval_json(at->second->first, at->second->second))) return;
    }
  });
}

void show(Context& context, Call& call) {
  const ApprovalId id(call.inputs.text("id"));
  const auto found = context.fleet().approvals.find(id);
  if (found == context.fleet().approvals.end() || !concerns(call.identity, found->second)) {
    return call.reply.fail(
        {ErrorCode::not_found, "no approval \"" + id.value + "\"", "path id", "lazaret inbox"});
  }
  send_tagged(call, wire::approval_json(id, found->second));
}

void ask(Context& context, Call& call) {
  core::op::AskPerson question;
  question.agent = call.identity.agent;
  question.question = call.inputs.text("question");
  question.deadline = seconds_of(call.inputs.number("deadline_seconds").value_or(3600));
  if (call.inputs.text("default") == "yes") question.fallback = core::AnswerWord::yes;
  if (call.inputs.has("task")) {
    const bool own = !call.inputs.has("cell") && call.identity.agent;
    const auto cell = own ? std::optional(call.identity.agent->cell) : named_cell(context, call);
    if (!cell) return;
    question.task = TaskRef{*cell, TaskId(call.inputs.text("task"))};
  }
  submit(context, call, std::move(question), [](Context&, const core::Granted& granted) {
    return json_answer(201, json::object{{"approval", granted.id}});
  });
}

void answer(Context& context, Call& call) {
  const auto word =
      call.inputs.text("answer") == "yes" ? core::AnswerWord::yes : core::AnswerWord::no;
  submit(
      context, call,
      core::op::AnswerPerson{ApprovalId(call.inputs.text("id")), word, call.inputs.text("reason")});
}

}  // namespace

void add_inbox_handlers(Handlers& handlers) {
  handlers["wake.list"] = wakes;
  handlers["approval.list"] = approvals;
  handlers["approval.show"] = show;
  handlers["approval.ask"] = ask;
  handlers["approval.answer"] = answer;
}

}  // namespace lazaret::server
