// Accounts that agents share: what they bear, who runs, who waits and for what.
#include <algorithm>
#include <set>

#include "core/account.h"
#include "server/context.h"
#include "server/names.h"
#include "wire/api_encode.h"
#include "wire/cell_fields.h"

namespace lazaret::server {
namespace {

// Of each list of one account; the rest is counted.
constexpr std::size_t agents_most = 1000;

struct Seen {
  core::Account account;  // with the usual limits, where nothing is known of it yet
  std::size_t agents = 0;
};

// An account is known by its name in a file before anything of it has begun.
std::map<std::string, Seen> all_accounts(const core::Fleet& fleet) {
  std::map<std::string, Seen> all;
  for (const auto& [name, account] : fleet.accounts) all[name].account = account;
  for (const auto& [cell_id, cell] : fleet.cells) {
    for (const auto& [id, agent] : cell.agents) {
      const std::string& name = core::account::name_of(cell, agent);
      if (!name.empty()) ++all[name].agents;
    }
  }
  return all;
}

json::value limit_json(const core::Account& account) {
  if (!account.limit) return nullptr;
  const core::AccountLimit& limit = *account.limit;
  return {{"until", wire::api_time(limit.until)},
          {"since", wire::api_time(limit.since.wall)},
          {"by", limit.by},
          {"reason", limit.reason}};
}

json::object account_json(const core::Fleet& fleet, const std::string& name, const Seen& seen,
                          WallTime now) {
  const core::Account& account = seen.account;
  json::object out{{"account", name},
                   {"agents", seen.agents},
                   {"stagger_seconds", in_seconds(account.limits.stagger)},
                   {"running", account.running.size()},
                   {"waiting", core::account::waiting_in(fleet, account)}};
  const int at_once = account.limits.at_once;
  out["at_once"] = at_once == 0 ? json::value(nullptr) : json::value(at_once);
  const bool limited = account.limit && account.limit->until > now;
  out["limited"] = limited ? limit_json(account) : json::value(nullptr);
  out["approval"] = account.alert ? json::value(json::string(account.alert->value)) : nullptr;
  return out;
}

json::object whole_json(const core::Fleet& fleet, const std::string& name, const Seen& seen,
                        WallTime now) {
  json::object out = account_json(fleet, name, seen, now);
  const Addresses addresses(fleet);
  json::array running;
  for (const AgentRef& ref : seen.account.running) {
    if (running.size() == agents_most) break;
    running.push_back(json::string(addresses.of(ref)));
  }
  json::array waiting;
  for (const auto& [turn, ref] : seen.account.waiting) {
    if (waiting.size() == agents_most) break;
    const core::Agent& agent = *core::find_agent(fleet, ref);
    waiting.push_back(json::object{{"agent", addresses.of(ref)},
                                   {"since", wire::api_time(agent.waits_since.wall)}});
  }
  out["running_agents"] = std::move(running);
  out["waiting_agents"] = std::move(waiting);
  return out;
}

// Who belongs to one mission only sees nothing of what others share.
bool sees_all(Call& call) {
  if (call.identity.right != Right::agent) return true;
  call.reply.fail(
      {ErrorCode::refused, "accounts reach over missions; agents see their own", {}, {}});
  return false;
}

void list(Context& context, Call& call) {
  if (!sees_all(call)) return;
  json::array accounts;
  for (const auto& [name, seen] : all_accounts(context.fleet())) {
    accounts.push_back(account_json(context.fleet(), name, seen, context.loop.now().wall));
  }
  call.reply.ok(json::object{{"accounts", std::move(accounts)}});
}

void show(Context& context, Call& call) {
  if (!sees_all(call)) return;
  const std::string name = call.inputs.text("account");
  const auto all = all_accounts(context.fleet());
  const auto found = all.find(name);
  if (found == all.end()) {
    return call.reply.fail({ErrorCode::not_found, "no account \"" + name + "\"", "path account",
                            "lazaret account ls"});
  }
  call.reply.ok(whole_json(context.fleet(), name, found->second, context.loop.now().wall));
}

Granted as_it_is_now(std::string name) {
  return [name = std::move(name)](Context& context, const core::Granted&) {
    const auto all = all_accounts(context.fleet());
    const auto found = all.find(name);
    const Seen seen = found == all.end() ? Seen{} : found->second;
    return json_answer(200, whole_json(context.fleet(), name, seen, context.loop.now().wall));
  };
}

void set(Context& context, Call& call) {
  const std::string name = call.inputs.text("account");
  if (!wire::is_safe_id(name)) {
    return call.reply.fail({ErrorCode::invalid_input, "\"" + name + "\" is no name of an account",
                            "path account", "letters, digits and . _ @ + : -, at most 100"});
  }
  core::op::SetAccount wish{name, std::nullopt, std::nullopt};
  if (const auto at_once = call.inputs.whole("at_once")) wish.at_once = static_cast<int>(*at_once);
  if (const auto seconds = call.inputs.number("stagger_seconds"))
    wish.stagger = seconds_of(*seconds);
  submit(context, call, std::move(wish), as_it_is_now(name));
}

void limit(Context& context, Call& call) {
  const std::string name = call.inputs.text("account");
  if (!all_accounts(context.fleet()).contains(name)) {
    return call.reply.fail({ErrorCode::not_found, "no account \"" + name + "\"", "path account",
                            "lazaret account ls"});
  }
  submit(context, call,
         core::op::LimitAccount{name, call.inputs.time("until"), call.inputs.text("reason")},
         as_it_is_now(name));
}

}  // namespace

// Called by those of the fleet.
void add_account_handlers(Handlers& handlers) {
  handlers["account.list"] = list;
  handlers["account.show"] = show;
  handlers["account.set"] = set;
  handlers["account.limit"] = limit;
}

}  // namespace lazaret::server
