// Who is counted by which account, and who stands in line there.
#include "core/account.h"
#include "core/apply_parts.h"

namespace lazaret::core {
namespace {

bool is_of_use(const Account& account, Instant now) {
  return account.was_set || account.limit || !account.running.empty() || !account.waiting.empty() ||
         account.next_start > now;
}

}  // namespace

const Account* find_account(const Fleet& fleet, const std::string& name) {
  const auto found = fleet.accounts.find(name);
  return found == fleet.accounts.end() ? nullptr : &found->second;
}

void Applier::leave_line(const AgentRef& ref) {
  Agent& one = agent(ref);
  if (one.turn_in_line == 0) return;
  fleet.accounts.at(one.pool).waiting.erase(one.turn_in_line);
  one.turn_in_line = 0;
  if (!is_live(one.process)) {
    stop_task_clock(ref, false);
    one.state_reason = "waits no longer for account " + one.pool;
  }
  tell_alert(one.pool);
}

void Applier::leave_pool(const AgentRef& ref) {
  Agent& one = agent(ref);
  if (one.pool.empty()) return;
  leave_line(ref);
  const auto found = fleet.accounts.find(one.pool);
  one.pool.clear();
  if (found == fleet.accounts.end()) return;
  found->second.running.erase(ref);
  if (!is_of_use(found->second, at.mono)) fleet.accounts.erase(found);
}

void Applier::join_pool(const AgentRef& ref) {
  Agent& one = agent(ref);
  const std::string name = account::name_of(cell(ref.cell), one);
  if (one.pool != name) leave_pool(ref);
  if (name.empty()) return;
  if (is_live(one.process)) {
    one.pool = name;
    fleet.accounts[name].running.insert(ref);
  } else if (const auto found = fleet.accounts.find(name); found != fleet.accounts.end()) {
    found->second.running.erase(ref);
  }
}

void Applier::took_its_turn(const AgentRef& ref) {
  Agent& one = agent(ref);
  leave_line(ref);
  if (one.pool.empty()) return;
  Account& account = fleet.accounts.at(one.pool);
  account.next_start = at.mono + account.limits.stagger;
}

void Applier::tell_alert(const std::string& name) {
  const Account& one = fleet.accounts.at(name);
  if (!one.alert || !one.limit) return;
  Approval& alert = fleet.approvals.at(*one.alert);
  alert.question = account::alert_text(fleet, name);
  fleet.approval_deadlines.erase({alert.deadline, *one.alert});
  alert.deadline = one.limit->until;
  fleet.approval_deadlines.emplace(alert.deadline, *one.alert);
}

void Applier::operator()(const fact::AgentAwaitsAccount& f) {
  Agent& one = agent(f.agent);
  if (one.pool != f.account) leave_pool(f.agent);
  leave_line(f.agent);
  one.pool = f.account;
  one.turn_in_line = fleet.next_in_line++;
  one.waits_since = at;
  if (f.excused) one.died = false;
  fleet.accounts[f.account].waiting.emplace(one.turn_in_line, f.agent);
  if (!is_live(one.process)) {
    stop_task_clock(f.agent, true);
    one.state_reason = "waits for account " + f.account;  // the rest changes; see account::describe
  }
  tell_alert(f.account);
}

// A live one asks for work now, so that the next one waits for a while.
void Applier::operator()(const fact::AgentWaitEnded& f) {
  is_live(agent(f.agent).process) ? took_its_turn(f.agent) : leave_line(f.agent);
}

void Applier::operator()(const fact::AccountSet& f) {
  Account& account = fleet.accounts[f.account];
  account.next_start += f.limits.stagger - account.limits.stagger;
  account.limits = f.limits;
  account.was_set = true;
}

void Applier::operator()(const fact::AccountLimited& f) {
  Account& account = fleet.accounts[f.account];
  if (!f.until) return account.limit.reset();
  account.limit = AccountLimit{*f.until, at, f.reporter, f.by, f.reason};
  tell_alert(f.account);
}

}  // namespace lazaret::core
