#include "core/account.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/rfc3339.h"
#include "core/approvals.h"
#include "core/lifecycle.h"
#include "core/revival.h"
#include "core/wake_queue.h"
#include "core/work.h"

namespace lazaret::core::account {
namespace {

// Named in a sentence; the rest is counted.
constexpr std::size_t names_most = 5;

bool is_limited(const Account& account, WallTime now) {
  return account.limit && account.limit->until > now;
}

bool is_full(const Account& account) {
  return account.limits.at_once > 0 &&
         account.running.size() >= static_cast<std::size_t>(account.limits.at_once);
}

bool has_work_in_hand(const Agent& agent) {
  return !is_live(agent.process) && (agent.task || agent.running_wake);
}

// A live one in line waits for its wake and takes no further place.
std::optional<AgentRef> first_of_live(const Fleet& fleet, const Account& account) {
  std::int64_t first = 0;
  for (const AgentRef& ref : account.running) {
    const std::int64_t turn = find_agent(fleet, ref)->turn_in_line;
    if (turn != 0 && (first == 0 || turn < first)) first = turn;
  }
  return first == 0 ? std::nullopt : std::optional(account.waiting.at(first));
}

std::optional<AgentRef> first_in_line(const Fleet& fleet, const Account& account) {
  if (account.waiting.empty()) return std::nullopt;
  if (is_full(account)) return first_of_live(fleet, account);
  const auto pressing = std::ranges::find_if(account.waiting, [&](const auto& entry) {
    return has_work_in_hand(*find_agent(fleet, entry.second));
  });
  return pressing == account.waiting.end() ? account.waiting.begin()->second : pressing->second;
}

// Whoever may go now.
std::optional<AgentRef> next_up(const Fleet& fleet, const Account& account, Stamp now) {
  if (account.waiting.empty() || is_limited(account, now.wall) || account.next_start > now.mono) {
    return std::nullopt;
  }
  return first_in_line(fleet, account);
}

void get_in_line(Decision& d, const AgentRef& ref, Hold hold, bool excused) {
  const Agent& agent = *d.agent(ref);
  const std::string name = name_of(*d.cell(ref.cell), agent);
  const std::string reason = describe(d.fleet(), name, hold);
  if (agent.process == ProcessState::backoff) {
    d.record(fact::AgentReleased{ref, "core", "waits: " + reason, false});
  }
  if (agent.turn_in_line == 0) d.record(fact::AgentAwaitsAccount{ref, name, excused, reason});
}

std::vector<AgentRef> members(const Fleet& fleet, const std::string& name) {
  std::vector<AgentRef> refs;
  for (const auto& [cell_id, cell] : fleet.cells) {
    for (const auto& [agent_id, agent] : cell.agents) {
      if (name_of(cell, agent) == name) refs.push_back({cell_id, agent_id});
    }
  }
  return refs;
}

void open_alert(Decision& d, const std::string& name) {
  const Account& account = d.fleet().accounts.at(name);
  approvals::Question question;
  question.kind = ApprovalKind::account;
  question.account = name;
  question.text = alert_text(d.fleet(), name);
  question.deadline = account.limit->until - d.now.wall;
  approvals::open(d, question);
}

void lift(Decision& d, const std::string& name, const std::string& by, const std::string& reason) {
  d.record(fact::AccountLimited{name, std::nullopt, std::nullopt, by, reason});
  if (const auto alert = d.fleet().accounts.at(name).alert) {
    d.record(fact::ApprovalAnswered{*alert, d.fleet().approvals.at(*alert).fallback, "core",
                                    "the limit is over: " + reason});
  }
  std::set<CellId> cells;
  for (const AgentRef& ref : members(d.fleet(), name)) {
    if (d.agent(ref)->rate_limited_until) {
      d.record(fact::AgentRateLimited{ref, std::nullopt, "its account is limited no longer"});
    }
    if (d.agent(ref)->definition.run) wake_queue::deliver(d, ref);
    cells.insert(ref.cell);
  }
  for (const CellId& cell : cells) work::dispatch(d, cell);
}

// Why it left the line without having been started.
std::string why_it_left(const Decision& d, const AgentRef& ref) {
  const Agent& agent = *d.agent(ref);
  if (!lifecycle::should_run(d.fleet(), *d.cell(ref.cell), agent)) {
    return "nobody wants it to run at present";
  }
  return is_live(agent.process) ? "it may ask for work again"
                                : "there was nothing for it to do when its turn came";
}

// A running one may ask for work again; else its turn was for nothing.
void go(Decision& d, const AgentRef& ref) {
  const std::int64_t turn = d.agent(ref)->turn_in_line;
  const auto waits = [&] { return d.agent(ref) && d.agent(ref)->turn_in_line == turn; };
  lifecycle::settle_one(d, ref);
  if (waits()) work::dispatch(d, ref.cell);  // what it waited for is done; there may be other work
  if (!waits()) return;
  const std::string name = d.agent(ref)->pool;
  d.record(fact::AgentWaitEnded{ref, name, why_it_left(d, ref)});
  work::offer(d, ref);
}

}  // namespace

const std::string& name_of(const Cell& cell, const Agent& agent) {
  const std::string& own = agent.definition.account;
  return own.empty() ? cell.definition.account : own;
}

const AccountLimit* limit_on(const Fleet& fleet, const Cell& cell, const Agent& agent,
                             WallTime now) {
  const Account* account = find_account(fleet, name_of(cell, agent));
  return account && is_limited(*account, now) ? &*account->limit : nullptr;
}

Hold hold_on(const Fleet& fleet, const AgentRef& ref, Stamp now) {
  const Agent& agent = *find_agent(fleet, ref);
  const Account* account = find_account(fleet, name_of(*find_cell(fleet, ref.cell), agent));
  if (!account) return Hold::none;
  if (is_limited(*account, now.wall)) return Hold::limited;
  if (is_full(*account)) return Hold::full;
  if (account->next_start > now.mono) return Hold::stagger;
  const auto first = first_in_line(fleet, *account);
  if (!first || *first == ref) return Hold::none;
  const bool overtakes = has_work_in_hand(agent) && !has_work_in_hand(*find_agent(fleet, *first));
  return overtakes ? Hold::none : Hold::line;
}

std::string describe(const Fleet& fleet, const std::string& name, Hold hold) {
  const Account* account = find_account(fleet, name);
  if (!account) return {};
  switch (hold) {
    case Hold::none:
      return {};
    case Hold::limited: {
      const AccountLimit& limit = *account->limit;
      return fmt::format("account {} is rate limited until {} (reported by {} at {}{}{})", name,
                         to_rfc3339(limit.until), limit.by, to_rfc3339(limit.since.wall),
                         limit.reason.empty() ? "" : ": ", limit.reason);
    }
    case Hold::full: {
      std::string names;
      std::size_t named = 0;
      for (const AgentRef& ref : account->running) {
        if (named++ == names_most) break;
        names += (names.empty() ? "" : ", ") + ref.agent.value;
      }
      if (account->running.size() > names_most) {
        names += fmt::format(" and {} more", account->running.size() - names_most);
      }
      return fmt::format("account {} already runs {} of {} ({})", name, account->running.size(),
                         account->limits.at_once, names);
    }
    case Hold::stagger:
      return fmt::format("two starts of account {} are at least {} apart", name,
                         to_human(account->limits.stagger));
    case Hold::line:
      return fmt::format("others of account {} have waited longer", name);
  }
  return {};
}

std::string alert_text(const Fleet& fleet, const std::string& name) {
  const Account& account = *find_account(fleet, name);
  const std::size_t count = waiting_in(fleet, account);
  return fmt::format("{}; {} wait for it. Is it over already? yes starts them now",
                     describe(fleet, name, Hold::limited),
                     count == 0   ? std::string("no agents")
                     : count == 1 ? std::string("1 agent")
                                  : fmt::format("{} agents", count));
}

std::size_t waiting_in(const Fleet& fleet, const Account& account) {
  return static_cast<std::size_t>(std::ranges::count_if(account.waiting, [&](const auto& entry) {
    const AgentRef& ref = entry.second;
    return lifecycle::should_run(fleet, *find_cell(fleet, ref.cell), *find_agent(fleet, ref));
  }));
}

bool may_start(Decision& d, const AgentRef& ref) {
  const Hold hold = hold_on(d.fleet(), ref, d.now);
  if (hold == Hold::none) return true;
  get_in_line(d, ref, hold, false);
  return false;
}

bool may_wake(Decision& d, const AgentRef& ref) {
  const Agent& agent = *d.agent(ref);
  if (limit_on(d.fleet(), *d.cell(ref.cell), agent, d.now.wall)) {
    get_in_line(d, ref, Hold::limited, false);
    return false;
  }
  if (agent.turn_in_line == 0) return true;
  return next_up(d.fleet(), d.fleet().accounts.at(agent.pool), d.now) == ref;
}

bool may_claim(Decision& d, const AgentRef& ref) {
  const Agent& agent = *d.agent(ref);
  if (is_live(agent.process)) return may_wake(d, ref);
  return !limit_on(d.fleet(), *d.cell(ref.cell), agent, d.now.wall);
}

bool is_held_after_death(Decision& d, const AgentRef& ref) {
  const Cell& cell = *d.cell(ref.cell);
  const Agent& agent = *d.agent(ref);
  const AccountLimit* limit = limit_on(d.fleet(), cell, agent, d.now.wall);
  // What it died of before the limit came is no fault of the limit: a start will wait for it.
  if (!limit || agent.since.mono < limit->since.mono) return false;
  if (revival::policy_of(cell, agent) == AutoRevive::no) return false;
  get_in_line(d, ref, Hold::limited, true);
  return true;
}

void on_report(Decision& d, const AgentRef& ref, std::optional<WallTime> until,
               const std::string& reason) {
  d.record(fact::AgentRateLimited{ref, until, reason});
  const std::string name = name_of(*d.cell(ref.cell), *d.agent(ref));
  if (!name.empty()) set_limit(d, name, until, ref, ref.agent.value, reason);
}

void on_last_words(Decision& d, const AgentRef& ref, const ExitReport& exit) {
  if (!exit.limit || name_of(*d.cell(ref.cell), *d.agent(ref)).empty()) return;
  const WallTime told = exit.limit->until.value_or(d.now.wall + exhausted_usually);
  on_report(d, ref, std::max(told, d.now.wall + limit_least), exit.limit->line);
}

void on_calendar_status(Decision& d, const std::string& name, std::optional<WallTime> until,
                        const std::string& reason) {
  std::vector<AgentRef> namesakes;
  for (const auto& [cell_id, cell] : d.fleet().cells) {
    const auto found = cell.agents.find(AgentId(name));
    if (found == cell.agents.end() || name_of(cell, found->second).empty()) continue;
    namesakes.push_back({cell_id, found->first});
  }
  for (const AgentRef& ref : namesakes) on_report(d, ref, until, reason);
}

void set_limit(Decision& d, const std::string& name, std::optional<WallTime> until,
               const std::optional<AgentRef>& reporter, const std::string& by,
               const std::string& reason) {
  const Account* account = find_account(d.fleet(), name);
  const bool was = account && account->limit;
  if (!until || *until <= d.now.wall) {
    if (was) lift(d, name, by, reason);
    return;
  }
  if (was && account->limit->until == *until) return;  // what is known already
  d.record(fact::AccountLimited{name, until, reporter, by, reason});
  if (!was) open_alert(d, name);
}

void on_answer(Decision& d, const std::string& name, AnswerWord answer, const std::string& by) {
  const Account* account = find_account(d.fleet(), name);
  if (answer == AnswerWord::yes && account && account->limit) lift(d, name, by, "answered yes");
}

void on_time(Decision& d) {
  std::vector<std::string> over;
  for (const auto& [name, account] : d.fleet().accounts) {
    if (account.limit && account.limit->until <= d.now.wall) over.push_back(name);
  }
  for (const std::string& name : over) lift(d, name, "core", "its time has come");
}

void let_go_on(Decision& d) {
  const Fleet& fleet = d.fleet();
  if (fleet.accounts.empty() || fleet.adopting || fleet.frozen || fleet.stopping) return;
  std::vector<std::string> names;
  for (const auto& [name, account] : fleet.accounts) {
    if (next_up(fleet, account, d.now)) names.push_back(name);
  }
  for (const std::string& name : names) {
    for (;;) {
      const Account* account = find_account(fleet, name);
      const auto ref = account ? next_up(fleet, *account, d.now) : std::nullopt;
      if (!ref) break;
      go(d, *ref);
    }
  }
}

WallTime next_end(const Fleet& fleet) {
  WallTime next = WallTime::max();
  for (const auto& [name, account] : fleet.accounts) {
    if (account.limit) next = std::min(next, account.limit->until);
  }
  return next;
}

Instant next_start(const Fleet& fleet, Stamp now) {
  Instant next = never;
  if (fleet.frozen || fleet.stopping) return next;
  for (const auto& [name, account] : fleet.accounts) {
    if (account.waiting.empty() || is_limited(account, now.wall)) continue;
    if (is_full(account) && !first_of_live(fleet, account)) continue;
    next = std::min(next, account.next_start);
  }
  return next;
}

}  // namespace lazaret::core::account
