#include "cli/look_verbs.h"

#include <fmt/format.h>

#include <boost/json/parse.hpp>

#include "base/rfc3339.h"
#include "cli/context.h"
#include "cli/interrupt.h"
#include "cli/keeper_record.h"
#include "cli/operation_verb.h"
#include "cli/render.h"
#include "cli/screen.h"
#include "cli/whole_number.h"
#include "wire/json_document.h"
#include "wire/operations.h"

namespace lazaret::cli {
namespace {

namespace json = boost::json;
using std::chrono::steady_clock;

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

Result<ExitCode> history(Context& context, const Arguments& arguments) {
  auto answer = send(
      context,
      {"GET", "/api/v1/telemetry/history?seconds=" + escaped(arguments.flag("seconds", "600")), {}},
      false);
  if (!answer) return std::unexpected(answer.error());
  context.out << (context.json ? pretty(*answer)
                               : render("TelemetryHistory", *answer, context.look, context.now()));
  return ExitCode::ok;
}

Verb telemetry_verb() {
  Verb verb = verb_of(*wire::find_operation("telemetry"), {.group = Group::look});
  verb.example += "\nlazaret telemetry --history --seconds 3600";
  verb.flags = {{.name = "history", .doc = "of the host: each ten seconds of the last ten minutes"},
                {.name = "seconds", .value = "N", .doc = "with --history: how far back"}};
  verb.carry_out = [now = std::move(verb.carry_out)](Context& context, const Arguments& arguments) {
    return arguments.has("history") ? history(context, arguments) : now(context, arguments);
  };
  return verb;
}

Result<ExitCode> why(Context& context, const Arguments& arguments) {
  std::string target = "/api/v1/why?of=" + escaped(arguments.at("WHAT"));
  if (arguments.has("cell")) target += "&cell=" + escaped(arguments.flag("cell"));
  auto answer = context.look_up(target);
  if (!answer) return std::unexpected(answer.error());
  context.out << (context.json ? pretty(*answer)
                               : render_why(*answer, context.look, context.now()));
  return ExitCode::ok;
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
       .summary = "Why it is so: evidence, the rule that fired, the setting that would change it.",
       .example = "lazaret why scout\nlazaret why t-41      why does this task not start?\n"
                  "lazaret why w-3       what became of this wake?\n"
                  "lazaret why r-118     who was asked, who answered, what followed?\n"
                  "lazaret why survey    why did this mission fail?\n"
                  "lazaret why plan:3    why did nothing run at 08:00?",
       .positionals = {{.name = "WHAT",
                        .doc = "an agent, task, wake, approval or mission; where that is"
                               " ambiguous <first 8 of cell id>.ID, or task:ID and so on;"
                               " plan:ID, slot:ID, or a virtual id"}},
       .flags = {{.name = "cell", .value = "CELL", .doc = "the mission it is in"}},
       .carry_out = why});
  verbs.push_back(telemetry_verb());
  add_event_verbs(verbs);
}

}  // namespace lazaret::cli
