#include "cli/look_verbs.h"

#include <fmt/format.h>

#include <boost/json/parse.hpp>

#include "base/rfc3339.h"
#include "cli/context.h"
#include "cli/interrupt.h"
#include "cli/keeper_record.h"
#include "cli/render.h"
#include "cli/screen.h"
#include "cli/whole_number.h"
#include "wire/json_document.h"
#include "wire/operations.h"

namespace lazaret::cli {
namespace {

namespace json = boost::json;
using std::chrono::steady_clock;

constexpr int most_event_pages = 200;  // of 1,000 events
constexpr std::int64_t events_shown = 50;
constexpr std::int64_t events_most = 200'000;

// What status and top show, in one answer.
struct Overview {
  json::value status;
  json::value agents;
};

Result<Overview> overview(Context& context) {
  auto status = context.look_up("/api/v1/status");
  if (!status) return std::unexpected(status.error());
  Overview all{*status, *status};
  if (find(*status, "agents") != nullptr && find(*status, "agents")->is_array()) return all;
  auto agents = context.look_up("/api/v1/agents?limit=1000");
  if (!agents) return std::unexpected(agents.error());
  all.agents = *agents;
  return all;
}

bool needs_somebody(const json::value& status) {
  return !list_at(status, "needs_you").empty() || !text_at(status, "trouble").empty();
}

// Only a daemon of this machine has a record here.
bool keeper_died(Context& context, const json::value& status) {
  auto client = context.client();
  if (!client || (*client)->endpoint().state.empty()) return false;
  const bool up = number_at(status, "daemon.pid").has_value();  // not read from the journal
  return up && keeper_is_gone((*client)->endpoint().state + "/keeper");
}

Result<ExitCode> status(Context& context, const Arguments& arguments) {
  if (context.json) {
    auto answer = context.look_up("/api/v1/status");
    if (!answer) return std::unexpected(answer.error());
    context.out << pretty(*answer);
    const bool needed = needs_somebody(*answer) || keeper_died(context, *answer);
    return needed && arguments.has("check") ? ExitCode::needs_person : ExitCode::ok;
  }
  auto all = overview(context);
  if (!all) return std::unexpected(all.error());
  context.out << render_status(all->status, all->agents, context.look, context.now());
  const bool unkept = keeper_died(context, all->status);
  if (unkept) {
    context.out << fmt::format("{}  {}\n  {} {}\n", inked(context.look, Ink::bad, "TROUBLE"),
                               no_keeper, inked(context.look, Ink::faint, "try:"),
                               no_keeper_remedy);
  }
  const bool needed = needs_somebody(all->status) || unkept;
  return needed && arguments.has("check") ? ExitCode::needs_person : ExitCode::ok;
}

Result<ExitCode> draw_once(Context& context) {
  auto all = overview(context);
  if (!all) return std::unexpected(all.error());
  context.out << (context.json
                      ? pretty(json::object{{"status", all->status}, {"agents", all->agents}})
                      : render_status(all->status, all->agents, context.look, context.now()));
  return ExitCode::ok;
}

Result<ExitCode> top(Context& context, const Arguments& arguments) {
  const auto every = read_duration(arguments.flag("every", "1s"));
  if (!every || *every < 100ms) {
    return fail(ErrorCode::invalid_input, "--every is a time such as 1s, at least 100ms",
                "--every");
  }
  if (arguments.has("once") || context.json || context.look.width == 0) return draw_once(context);
  Interrupts watched;
  Screen screen(context.out);
  for (;;) {
    auto all = overview(context);
    if (!all && !is_daemon_away(all.error())) return std::unexpected(all.error());
    const Look look = look_of(context.out_fd, context.environment);  // as wide as it is by now
    screen.draw(all ? render_status(all->status, all->agents, look, context.now())
                    : inked(look, Ink::warn, "waiting for the daemon …"),
                look);
    if (screen.leave_before(steady_clock::now() + *every)) return ExitCode::ok;
  }
}

Result<ExitCode> why(Context& context, const Arguments& arguments) {
  auto answer =
      context.look_up(fmt::format("/api/v1/agents/{}/why", escaped(arguments.at("AGENT"))));
  if (!answer) return std::unexpected(answer.error());
  context.out << (context.json ? pretty(*answer)
                               : render_why(*answer, context.look, context.now()));
  return ExitCode::ok;
}

// --since is an event's number, a time, or how long ago.
struct Since {
  std::string number;
  std::optional<WallTime> time;
};

Result<Since> read_since(const std::string& text, WallTime now) {
  Since since;
  if (text.empty()) return since;
  if (text.find_first_not_of("0123456789") == std::string::npos) {
    since.number = text;
    return since;
  }
  if (auto ago = read_duration(text)) {
    since.time = now - *ago;
    return since;
  }
  auto time = from_rfc3339(text);
  if (!time) {
    return fail(ErrorCode::invalid_input, fmt::format("--since cannot be '{}'", plain(text, 40)),
                "--since", "an event's number, 10m, or 2026-01-31T09:00:00Z");
  }
  since.time = *time;
  return since;
}

std::string filters_of(const Arguments& arguments) {
  std::string query;
  for (const char* name : {"kind", "agent", "cell", "task"}) {
    if (arguments.has(name)) query += fmt::format("&{}={}", name, escaped(arguments.flag(name)));
  }
  return query;
}

void print_event(Context& context, const json::value& event) {
  if (context.json) {
    context.out << wire::json_document(event) << '\n';
  } else {
    context.out << render_event(event, context.look) << '\n';
  }
}

bool is_after(const json::value& event, const Since& since) {
  if (!since.time) return true;
  const auto at = from_rfc3339(text_at(event, "at"));
  return !at || *at >= *since.time;
}

// Reads page after page and keeps the newest `most`. Gives the number after the last one read.
Result<std::string> read_events(Context& context, const Arguments& arguments, const Since& since,
                                std::size_t most, std::vector<json::value>& kept) {
  std::string next = since.number.empty() ? "0" : since.number;
  for (int page = 0; page < most_event_pages; ++page) {
    auto answer = context.look_up(
        fmt::format("/api/v1/events?since={}&limit=1000{}", next, filters_of(arguments)));
    if (!answer) return std::unexpected(answer.error());
    for (const auto& event : list_at(*answer, "events")) {
      if (is_after(event, since)) kept.push_back(event);
    }
    if (kept.size() > most)
      kept.erase(kept.begin(), kept.end() - static_cast<std::ptrdiff_t>(most));
    const std::string after = text_at(*answer, "next");
    if (list_at(*answer, "events").empty() || after.empty() || after == next) return next;
    next = after;
  }
  return next;
}

Result<ExitCode> follow_events(Context& context, const Arguments& arguments,
                               const std::string& from) {
  auto client = context.client();
  if (!client) return std::unexpected(client.error());
  Interrupts watched;
  auto done = (*client)->stream(
      fmt::format("/api/v1/events/stream?since={}{}", from, filters_of(arguments)),
      [&](const StreamEvent& event) {
        boost::system::error_code bad;
        auto value = json::parse(event.data, bad);
        if (event.kind == "gap") {
          context.remark("some events were trimmed before they could be shown", Ink::warn);
        } else if (!bad && value.is_object()) {
          print_event(context, value);
          context.out << std::flush;
        }
        return context.out.good();
      },
      [&] { return Interrupts::count() > 0 || !context.is_heard(); }, from == "0" ? "" : from);
  if (!done) return std::unexpected(done.error());
  return ExitCode::ok;
}

Result<ExitCode> events(Context& context, const Arguments& arguments) {
  auto since = read_since(arguments.flag("since"), context.now());
  if (!since) return std::unexpected(since.error());
  const bool follow = arguments.has("follow");
  const auto limit = read_whole_number(
      arguments, {"limit", arguments.has("since") ? events_most : events_shown, 1, events_most});
  if (!limit) return std::unexpected(limit.error());
  const auto most = static_cast<std::size_t>(*limit);
  std::vector<json::value> kept;
  auto next = read_events(context, arguments, *since, most, kept);
  if (!next) return std::unexpected(next.error());
  if (context.json && !follow) {
    context.out << pretty(json::object{{"events", json::array(kept.begin(), kept.end())},
                                       {"next", std::stoll(*next)}});
    return ExitCode::ok;
  }
  for (const auto& event : kept) print_event(context, event);
  context.out << std::flush;
  return follow ? follow_events(context, arguments, *next) : Result<ExitCode>(ExitCode::ok);
}

}  // namespace

std::optional<Duration> read_duration(std::string_view text) {
  std::size_t digits = 0;
  double number = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9' && digits < 9) {
    number = number * 10 + (text[digits++] - '0');
  }
  const auto unit = text.substr(digits);
  if (digits == 0) return std::nullopt;
  if (unit == "ms") return seconds_of(number / 1000);
  if (unit == "s") return seconds_of(number);
  if (unit == "m") return seconds_of(number * 60);
  if (unit == "h") return seconds_of(number * 3600);
  if (unit == "d" && number <= 36'500) return seconds_of(number * 86'400);
  return std::nullopt;
}

void add_look_verbs(std::vector<Verb>& verbs) {
  verbs.push_back(
      {.words = "status",
       .group = Group::look,
       .summary = "Are you needed? One sentence, what waits for you, and every agent.",
       .example = "lazaret status\nlazaret status --check || echo 'somebody waits for me'",
       .flags = {{.name = "check", .doc = "exit 4 when somebody is needed"}},
       .carry_out = status});
  verbs.push_back(
      {.words = "top",
       .group = Group::look,
       .summary = "The same, live, as much of it as the terminal holds; q ends it.",
       .example = "lazaret top",
       .flags = {{.name = "every", .value = "TIME", .doc = "how often it is drawn (1s)"},
                 {.name = "once", .doc = "draw it once; what happens without a terminal"}},
       .carry_out = top});
  verbs.push_back(
      {.words = "why",
       .group = Group::look,
       .summary = "Why an agent is in its state: evidence, the rule that fired, the setting.",
       .example = "lazaret why scout",
       .positionals = {{.name = "AGENT", .doc = "agent id, or <first 8 of cell id>.<agent id>"}},
       .carry_out = why});
  verbs.push_back(
      {.words = "events",
       .group = Group::look,
       .summary = "What happened, from the journal.",
       .example = "lazaret events --kind agent_exited --since 1h\nlazaret events -f",
       .flags = {{.name = "follow", .doc = "go on as they happen", .letter = 'f'},
                 {.name = "since", .value = "WHEN", .doc = "an event's number, 10m, or a time"},
                 {.name = "kind", .value = "KIND", .doc = "only this kind, such as agent_exited"},
                 {.name = "agent", .value = "AGENT", .doc = "only this agent's"},
                 {.name = "cell", .value = "CELL", .doc = "only this mission's"},
                 {.name = "task", .value = "TASK", .doc = "only this task's"},
                 {.name = "limit", .value = "N", .doc = "only the newest (50 without --since)"}},
       .notes = "With --json -f: one event a line.",
       .carry_out = events});
}

}  // namespace lazaret::cli
