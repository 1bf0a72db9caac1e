#include "cli/chaos_verb.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <chrono>

#include "base/rng.h"
#include "cli/chaos_strikes.h"
#include "cli/context.h"
#include "cli/interrupt.h"
#include "cli/look_verbs.h"
#include "cli/whole_number.h"

namespace lazaret::cli {
namespace {

namespace json = boost::json;
using std::chrono::steady_clock;

constexpr auto settle_most = std::chrono::seconds(60);
constexpr auto stop_most = std::chrono::seconds(5);  // then what was stopped is continued
constexpr int look_every_ms = 50;
constexpr int page_most = 1000;

struct Plan {
  std::vector<std::string> cells;  // ids of the missions that may be hurt
  std::vector<Hurt> hurts;
  std::int64_t seed = 1;
  Duration time{0};
  Duration every{0};
};

Result<json::array> agents_of(Client& client, const std::vector<std::string>& cells) {
  json::array all;
  for (const std::string& cell : cells) {
    auto page = client.call("GET", "/api/v1/agents?limit=1000&cell=" + escaped(cell));
    if (!page) return std::unexpected(page.error());
    for (const json::value& agent : list_at(*page, "agents")) all.push_back(agent);
  }
  return all;
}

// Who must not be hurt, and would be by the death of the daemon: nobody. It is refused all the
// same where others live, as nobody has asked for it there.
Result<void> check_others(Client& client, const Plan& plan) {
  const bool for_all = std::ranges::any_of(plan.hurts, [](Hurt hurt) {
    return hurt == Hurt::daemon || hurt == Hurt::disk || hurt == Hurt::starve;
  });
  if (!for_all) return {};
  auto page = client.call("GET", "/api/v1/agents?limit=1000");
  if (!page) return std::unexpected(page.error());
  for (const json::value& agent : list_at(*page, "agents")) {
    const std::string cell = text_at(agent, "cell_id");
    const bool named = std::ranges::find(plan.cells, cell) != plan.cells.end();
    if (named || text_at(agent, "process") != "running") continue;
    return fail(ErrorCode::refused,
                fmt::format("{} of another mission ({}) is running here, and these kinds of trouble"
                            " hurt everybody: daemon, disk, starve",
                            plain(text_at(agent, "ref")), plain(cell.substr(0, 8))),
                "--kinds", "--kinds kill,stop, or name that mission too");
  }
  return {};
}

Result<std::vector<Hurt>> read_kinds(const std::string& text) {
  std::vector<Hurt> hurts;
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t end = std::min(text.find(',', from), text.size());
    const auto hurt = from_word<Hurt>(text.substr(from, end - from));
    if (!hurt) {
      return fail(
          ErrorCode::invalid_input,
          fmt::format("\"{}\" is no kind of trouble", plain(text.substr(from, end - from), 40)),
          "--kinds", "kill, stop, starve, disk, daemon, clock; separated by commas");
    }
    hurts.push_back(*hurt);
    from = end + 1;
  }
  return hurts;
}

Result<Duration> read_time(const Arguments& arguments, const std::string& flag,
                           const std::string& usual) {
  const auto time = read_duration(arguments.flag(flag, usual));
  if (time && *time >= 100ms) return *time;
  return fail(ErrorCode::invalid_input, "--" + flag + " is a time such as 20s, at least 100ms",
              "--" + flag);
}

Result<Plan> read_plan(Client& client, const Arguments& arguments) {
  Plan plan;
  auto kinds = read_kinds(arguments.flag("kinds", "kill,stop"));
  if (!kinds) return std::unexpected(kinds.error());
  plan.hurts = *kinds;
  auto time = read_time(arguments, "for", "20s");
  if (!time) return std::unexpected(time.error());
  plan.time = *time;
  auto every = read_time(arguments, "every", "2s");
  if (!every) return std::unexpected(every.error());
  plan.every = *every;
  const auto seed = read_whole_number(arguments, {"seed", 1, 0, 1'000'000'000});
  if (!seed) return std::unexpected(seed.error());
  plan.seed = *seed;
  std::vector<std::string> named{arguments.at("CELL")};
  if (arguments.has("and")) {
    const auto& more = arguments.flags.at("and");
    named.insert(named.end(), more.begin(), more.end());
  }
  for (const std::string& name : named) {
    auto cell = client.call("GET", "/api/v1/cells/" + escaped(name));
    if (!cell) return std::unexpected(cell.error());
    plan.cells.push_back(text_at(*cell, "cell_id"));
  }
  return plan;
}

Result<void> check_asked_for(const Client& client, const Arguments& arguments) {
  if (client.endpoint().state.empty()) {
    return fail(ErrorCode::unsupported, "chaos hurts processes of this machine only", "--url",
                "run it beside the daemon");
  }
  if (arguments.has("yes")) return {};
  return fail(ErrorCode::needs_person,
              fmt::format("chaos kills and stops the programs of mission \"{}\" in mid-work",
                          plain(arguments.at("CELL"))),
              "--yes", "--yes says that this mission is there to be hurt");
}

// kill and stop need somebody who runs.
Result<void> require_victims(const Plan& plan, const json::array& agents, const std::string& cell) {
  const bool hurts_agents = std::ranges::any_of(
      plan.hurts, [](Hurt one) { return one == Hurt::kill || one == Hurt::stop; });
  const bool anybody = std::ranges::any_of(
      agents, [](const json::value& one) { return text_at(one, "process") == "running"; });
  if (!hurts_agents || anybody) return {};
  return fail(
      ErrorCode::conflict,
      fmt::format("no agent of mission \"{}\" runs, so there is nobody to hurt", plain(cell)),
      "CELL", fmt::format("`lazaret mission start {}`, and `lazaret agent ls`", plain(cell)));
}

// A running one that is no victim already.
const json::value* pick_victim(const json::array& agents, Rng& rng) {
  std::vector<const json::value*> running;
  for (const json::value& agent : agents) {
    const bool up = text_at(agent, "process") == "running" && !flag_at(agent, "halted") &&
                    !flag_at(agent, "frozen") && number_at(agent, "pid");
    if (up) running.push_back(&agent);
  }
  return running.empty() ? nullptr : running[rng.below(running.size())];
}

std::string told(const Strike& strike) {
  std::string text = fmt::format("chaos {}", to_word(strike.hurt));
  if (!strike.agent.empty())
    text += fmt::format(" {} incarnation {}", strike.agent, strike.incarnation);
  if (!strike.task.empty()) text += " at work on " + strike.task;
  return strike.skipped.empty() ? text : text + ", skipped: " + strike.skipped;
}

// What was done stands in the journal too.
void write_down(Client& client, const Strike& strike, const std::string& cell) {
  const json::object body{{"cell", cell}, {"text", told(strike)}};
  (void)client.call("POST", "/api/v1/notes", body);
}

Result<std::vector<Strike>> hurt(Context& context, Client& client, Striker& striker,
                                 const Plan& plan) {
  Rng rng(mix(static_cast<std::uint64_t>(plan.seed)));
  std::vector<Strike> strikes;
  Interrupts watched;
  const auto until = steady_clock::now() + plan.time;
  auto heal_at = steady_clock::time_point::max();
  auto next = steady_clock::now();
  while (steady_clock::now() < until && Interrupts::count() == 0) {
    if (steady_clock::now() >= heal_at) {
      striker.heal();
      heal_at = steady_clock::time_point::max();
    }
    if (steady_clock::now() < next) {
      poll(nullptr, 0, look_every_ms);
      continue;
    }
    next = steady_clock::now() + seconds_of(in_seconds(plan.every) * (0.5 + rng.unit()));
    const Hurt kind = plan.hurts[rng.below(plan.hurts.size())];
    auto agents = agents_of(client, plan.cells);
    if (!agents) return std::unexpected(agents.error());
    const json::value* victim = pick_victim(*agents, rng);
    if (victim == nullptr && (kind == Hurt::kill || kind == Hurt::stop)) continue;
    strikes.push_back(striker.strike(kind, victim == nullptr ? json::value() : *victim));
    if (kind == Hurt::stop) heal_at = std::min(heal_at, steady_clock::now() + stop_most);
    context.remark(told(strikes.back()));
    write_down(client, strikes.back(), plan.cells.front());
  }
  return strikes;
}

bool is_under_way(const json::value& agent) {
  const std::string process = text_at(agent, "process");
  return process == "starting" || process == "stopping" || process == "backoff" ||
         flag_at(agent, "halted");
}

// Until nobody is on its way any more.
Result<json::array> settled(Client& client, const Plan& plan) {
  const auto until = steady_clock::now() + settle_most;
  for (;;) {
    auto agents = agents_of(client, plan.cells);
    if (!agents) return agents;
    if (std::ranges::none_of(*agents, is_under_way) || steady_clock::now() > until) return agents;
    poll(nullptr, 0, look_every_ms);
  }
}

Result<json::array> events_after(Client& client, std::int64_t number) {
  json::array all;
  for (;;) {
    auto page =
        client.call("GET", fmt::format("/api/v1/events?since={}&limit={}", number, page_most));
    if (!page) return std::unexpected(page.error());
    const auto& events = list_at(*page, "events");
    for (const json::value& event : events) all.push_back(event);
    if (events.empty()) return all;
    number = static_cast<std::int64_t>(number_at(events.back(), "number").value_or(0));
  }
}

Result<std::int64_t> newest_event(Client& client) {
  auto page = client.call("GET", "/api/v1/events?limit=1&newest=true");
  if (!page) return std::unexpected(page.error());
  const auto& events = list_at(*page, "events");
  return events.empty() ? 0
                        : static_cast<std::int64_t>(number_at(events.back(), "number").value_or(0));
}

Result<ExitCode> chaos(Context& context, const Arguments& arguments) {
  auto own = context.client();
  if (!own) return std::unexpected(own.error());
  Client& client = **own;
  if (auto asked = check_asked_for(client, arguments); !asked) {
    return std::unexpected(asked.error());
  }
  auto plan = read_plan(client, arguments);
  if (!plan) return std::unexpected(plan.error());
  if (auto alone = check_others(client, *plan); !alone) return std::unexpected(alone.error());
  const auto before = agents_of(client, plan->cells);
  if (!before) return std::unexpected(before.error());
  if (auto anybody = require_victims(*plan, *before, arguments.at("CELL")); !anybody) {
    return std::unexpected(anybody.error());
  }
  const auto begin = newest_event(client);
  if (!begin) return std::unexpected(begin.error());
  Striker striker(client, client.endpoint().state, context.now);
  auto strikes = hurt(context, client, striker, *plan);
  striker.heal();
  if (!strikes) return std::unexpected(strikes.error());
  const auto after = settled(client, *plan);
  if (!after) return std::unexpected(after.error());
  const auto events = events_after(client, *begin);
  if (!events) return std::unexpected(events.error());
  const ChaosReceipt receipt = chaos_receipt(std::move(*strikes), *before, *events, *after);
  if (context.json) {
    json::object out = to_json(receipt);
    out["seed"] = plan->seed;
    context.out << pretty(out);
  } else {
    context.out << draw(receipt, context.look);
  }
  if (receipt.strikes.empty()) {
    return fail(ErrorCode::conflict, "nothing was hurt: at no moment was there anybody to hurt",
                "CELL", "`lazaret why` says what its agents wait for");
  }
  return receipt.well() ? ExitCode::ok : ExitCode::error;
}

}  // namespace

void add_chaos_verb(std::vector<Verb>& verbs) {
  verbs.push_back(
      {.words = "chaos",
       .group = Group::more,
       .summary = "Hurt a mission that is there to be hurt; a receipt says what became of it.",
       .example = "lazaret chaos survey --yes --for 30s\n"
                  "lazaret chaos survey --yes --kinds kill,stop,daemon,starve --seed 7",
       .positionals = {{.name = "CELL", .doc = "the mission that may be hurt"}},
       .flags = {{.name = "yes", .doc = "it may be hurt; without this nothing is", .letter = 'y'},
                 {.name = "and",
                  .value = "CELL",
                  .doc = "this mission may be hurt too",
                  .repeated = true},
                 {.name = "for", .value = "TIME", .doc = "how long (20s)"},
                 {.name = "every", .value = "TIME", .doc = "a strike about that often (2s)"},
                 {.name = "seed", .value = "N", .doc = "chooses kinds and victims (1)"},
                 {.name = "kinds",
                  .value = "LIST",
                  .doc = "of kill, stop, starve, disk, daemon, clock (kill,stop)"}},
       .notes = "Whatever was stopped is continued and whatever was filled is emptied in the end.\n"
                "daemon, disk and starve are refused while agents of other missions run here.\n"
                "Exit 1 where something was lost, doubled, or never noticed.",
       .carry_out = chaos});
}

}  // namespace lazaret::cli
