#include "cli/verbs.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "cli/artifact_verb.h"
#include "cli/backup_verbs.h"
#include "cli/chaos_verb.h"
#include "cli/checkpoint_verbs.h"
#include "cli/completion.h"
#include "cli/config_verb.h"
#include "cli/context.h"
#include "cli/cursor_verbs.h"
#include "cli/daemon_verbs.h"
#include "cli/gc_verb.h"
#include "cli/look_verbs.h"
#include "cli/mission_verbs.h"
#include "cli/operation_verb.h"
#include "cli/plans.h"
#include "cli/replay_verbs.h"
#include "cli/run_verb.h"
#include "cli/slot_verbs.h"
#include "wire/api_openapi.h"

namespace lazaret::cli {
namespace {

Group group_of(std::string_view cli) {
  const auto word = cli.substr(0, cli.find(' '));
  if (word == "mission" || word == "cell") return Group::mission;
  if (word == "token" || word == "sign-in" || word == "server") return Group::access;
  if (word == "inbox" || word == "health" || word == "telemetry" || word == "metrics" ||
      word == "link") {
    return Group::look;
  }
  if (word == "agent" || word == "task" || word == "freeze" || word == "resume" ||
      word == "checkpoint" || word == "plan" || word == "slot" || word == "calendar" ||
      word == "presence" || word == "artifact" || word == "account") {
    return Group::work;
  }
  return Group::more;
}

bool is_there(const std::vector<Verb>& verbs, const std::string& words) {
  return std::ranges::find(verbs, words, &Verb::words) != verbs.end();
}

// The table is in this program, too; another daemon's is asked for by its address.
Verb without_daemon(Verb openapi) {
  openapi.carry_out = [ask = std::move(openapi.carry_out)](
                          Context& context, const Arguments& arguments) -> Result<ExitCode> {
    if (!context.target.url.empty()) return ask(context, arguments);
    context.out << wire::openapi_text(context.hooks.version);
    return ExitCode::ok;
  };
  return openapi;
}

// The table's verbs, unless one of the same words is there already.
void add_operation_verbs(std::vector<Verb>& verbs) {
  auto plans = plans_by_operation();
  for (const auto& operation : wire::operations()) {
    if (operation.cli.empty()) continue;
    auto found = plans.find(operation.name);
    std::vector<Plan> own =
        found == plans.end() ? std::vector<Plan>{Plan{}} : std::move(found->second);
    for (auto& plan : own) {
      plan.group = group_of(plan.cli.empty() ? operation.cli : std::string_view(plan.cli));
      Verb verb = verb_of(operation, std::move(plan));
      if (operation.name == "openapi") verb = without_daemon(std::move(verb));
      if (!is_there(verbs, verb.words)) verbs.push_back(std::move(verb));
    }
  }
}

Result<ExitCode> complete(Context& context, const Arguments& arguments) {
  const std::string shell = arguments.at("SHELL");
  if (shell != "bash" && shell != "zsh") {
    return fail(ErrorCode::invalid_input,
                fmt::format("there is no completion for {}", plain(shell)), "SHELL", "bash or zsh");
  }
  context.out << (shell == "bash" ? bash_completion(context.verbs) : zsh_completion(context.verbs));
  return ExitCode::ok;
}

// Carried out before the command line is parsed (cli.cpp): their flags are their own.
Verb program_verb(std::string words, Group group, std::string summary, std::string example) {
  return {.words = std::move(words),
          .group = group,
          .summary = std::move(summary),
          .example = std::move(example),
          .command = CommandPart::rest,
          .carry_out = [](Context&, const Arguments&) -> Result<ExitCode> {
            return fail(ErrorCode::unsupported, "this build does not have it");
          }};
}

std::vector<Verb> make_all() {
  std::vector<Verb> verbs;
  add_daemon_verbs(verbs);
  add_config_verb(verbs);
  add_look_verbs(verbs);
  add_run_verb(verbs);
  verbs.push_back(program_verb(
      "demo", Group::run, "See it work in a minute: a fleet that is harassed.", "lazaret demo"));
  add_checkpoint_verbs(verbs);
  add_artifact_verb(verbs);
  add_cursor_verbs(verbs);
  add_slot_verbs(verbs);
  add_operation_verbs(verbs);
  add_log_verbs(verbs);
  add_mission_verbs(verbs);
  add_replay_verbs(verbs);
  add_backup_verbs(verbs);
  add_gc_verbs(verbs);
  add_chaos_verb(verbs);
  verbs.push_back(program_verb("sim", Group::more, "Simulate fleets and their faults, from a seed.",
                               "lazaret sim --help"));
  verbs.push_back(program_verb("plugin", Group::more,
                               "HarborForge for the agents of a host: an MCP server over stdio.",
                               "lazaret plugin --help"));
  verbs.push_back({.words = "completion",
                   .group = Group::more,
                   .summary = "Print a script that makes a shell complete verbs and flags.",
                   .example = "source <(lazaret completion bash)",
                   .positionals = {{.name = "SHELL", .doc = "bash or zsh"}},
                   .carry_out = complete});
  return verbs;
}

}  // namespace

const std::vector<Verb>& all_verbs() {
  static const std::vector<Verb> verbs = make_all();
  return verbs;
}

}  // namespace lazaret::cli
