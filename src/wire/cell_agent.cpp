// agents/<agent_id>.json
#include <fmt/format.h>

#include "wire/cell_parts.h"

namespace lazaret::wire::parts {
namespace {

void read_command(Fields& fields, std::vector<std::string>& command) {
  const JsonValue* value = fields.find("command", Needed::required);
  fields.lines("command", command);
  if (value == nullptr || value->kind != JsonKind::array) return;
  const bool has_program = !value->items.empty() && (value->items[0].kind != JsonKind::string ||
                                                     !value->items[0].text.empty());
  if (!has_program) fields.wrong(*value, "command", "a program and its arguments");
}

void read_run(const Findings& findings, const JsonValue& value, core::RunSpec& run) {
  Fields fields(findings, value, "/lazaret/run");
  fields.word("adapter", run.adapter);
  read_command(fields, run.command);
  fields.line("working_directory", run.working_directory);
  const JsonMember* directory = value.find("working_directory");
  if (!run.working_directory.empty() && run.working_directory.front() != '/' &&
      !is_inner_path(run.working_directory)) {
    fields.wrong(directory->value, "working_directory",
                 "an absolute path, or " + std::string(inner_path_expected));
  }
  fields.line("env_file", run.env_file);
  if (!run.env_file.empty() && run.env_file.front() != '/') {
    fields.wrong(value.find("env_file")->value, "env_file", "an absolute path outside the cell");
  }
  fields.texts_by_name("env", run.env);
  fields.truth("inherit_env", run.inherit_env);
  fields.word("input", run.input);
  fields.one_of("stop_signal", run.stop_signal,
                {"SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGKILL"});
  fields.one_of("checkpoint_signal", run.checkpoint_signal, {"SIGHUP", "SIGUSR1", "SIGUSR2"});
  fields.seconds("stop_grace_seconds", run.stop_grace);
  fields.word("ready", run.ready);
  fields.seconds("settle_seconds", run.settle);
  fields.seconds("watchdog_seconds", run.watchdog);
  fields.word("restart", run.restart);
  fields.exits("clean_exits", run.clean_exits);
  fields.exits("no_restart_exits", run.no_restart_exits);
  fields.exits("restart_now_exits", run.restart_now_exits);
  fields.finish(true);
  if (run.ready == core::ReadyWhen::settled && run.settle == Duration(0)) run.settle = 1s;
}

void warn_of_secrets(const Findings& findings, const JsonValue& run) {
  const JsonMember* env = run.find("env");
  if (env == nullptr || env->value.kind != JsonKind::object) return;
  for (const JsonMember& member : env->value.members) {
    for (const char* word : {"TOKEN", "SECRET", "PASSWORD", "PASSWD", "API_KEY", "PRIVATE_KEY"}) {
      if (member.name.find(word) == std::string::npos || member.value.text.empty()) continue;
      findings.warning(member.name_span, "/lazaret/run/env" + pointer_step(member.name),
                       "what looks like a secret", "secrets in the env_file, not in the cell");
      break;
    }
  }
}

void read_own(const Findings& findings, const JsonValue& value, core::AgentDefinition& agent,
              core::FileRuntime& runtime) {
  Fields own(findings, value, "/lazaret");
  if (const JsonValue* run = own.object("run")) {
    read_run(findings, *run, agent.run.emplace());
    warn_of_secrets(findings, *run);
  }
  core::AutoRevive revive = core::AutoRevive::yes;
  if (own.word("auto_revive", revive)) agent.auto_revive = revive;
  if (const JsonValue* health = own.object("health")) {
    Fields fields(findings, *health, "/lazaret/health");
    fields.seconds("interval_seconds", agent.beat_interval, 0.01);
    fields.seconds("timeout_seconds", agent.beat_timeout, 0.01);
    fields.finish(true);
  }
  own.word("hang", agent.hang);
  own.seconds("hang_window_seconds", agent.hang_window, 0.01);
  if (value.find("limits") != nullptr) own.limits("limits", agent.limits.emplace(), true);
  own.budget(agent.budget);
  own.id("account", agent.account);
  std::int64_t incarnation = 0;
  own.whole("incarnation", incarnation, std::int64_t{0}, std::int64_t{1} << 53);
  runtime.incarnation = static_cast<std::uint64_t>(incarnation);
  own.finish(true);
}

void check_hash(Fields& fields, const JsonValue& checkpoint) {
  const JsonValue* hash = fields.find("context_hash");
  if (hash == nullptr || hash->kind == JsonKind::null) return;
  const bool good = hash->kind == JsonKind::string && hash->text.size() == 64 &&
                    hash->text.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (!good)
    fields.wrong(checkpoint.find("context_hash")->value, "context_hash",
                 "a sha256 of 64 lower-case hex digits");
}

// Ours to write and nobody's to rely on: the journal knows; only its form is checked.
void check_checkpoint(Fields& agent) {
  const JsonValue* value = agent.find("checkpoint");
  if (value == nullptr || value->kind == JsonKind::null) return;
  if (value->kind != JsonKind::object)
    return agent.wrong(*value, "checkpoint", "an object or null");
  Fields fields(agent.findings(), *value, "/checkpoint");
  fields.time_or_null("last_checkpoint");
  check_hash(fields, *value);
  std::vector<std::string> artifacts;
  fields.inner_paths("artifacts", artifacts);
  fields.finish(false);
}

}  // namespace

void read_agent(const Findings& findings, const JsonValue& root, core::AgentDefinition& agent,
                core::FileRuntime& runtime) {
  Fields fields(findings, root, "");
  fields.id("agent_id", agent.id.value, Needed::required);
  agent.name = agent.id.value;
  fields.line("name", agent.name);
  fields.word("role", agent.role);
  fields.lines("capabilities", agent.capabilities);
  fields.line("gateway", agent.gateway);
  fields.one_of("status", runtime.agent_status, {"idle", "active", "paused", "failed"});
  std::optional<std::string> current_task;
  fields.id_or_null("current_task", current_task);
  check_checkpoint(fields);
  if (const JsonValue* value = fields.object("lazaret")) read_own(findings, *value, agent, runtime);
  fields.finish(false);
}

}  // namespace lazaret::wire::parts
