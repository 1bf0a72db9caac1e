#include <fmt/format.h>

#include <algorithm>

#include "cli/json_view.h"
#include "cli/run_verb.h"
#include "cli/terminal.h"
#include "cli/whole_number.h"
#include "wire/cell_fields.h"
#include "wire/cell_quantity.h"

namespace lazaret::cli {
namespace {

namespace json = boost::json;

constexpr std::size_t longest_name = 40;

std::string base_name(const std::string& path) {
  return path.substr(path.rfind('/') == std::string::npos ? 0 : path.rfind('/') + 1);
}

bool runs_scripts(const std::string& program) {
  for (std::string_view one :
       {"python", "node", "bash", "sh", "ruby", "perl", "env", "nice", "deno"}) {
    if (program.starts_with(one)) return true;
  }
  return false;
}

// The flag is the place: the message names it.
std::unexpected<Error> unfit(std::string_view flag, std::string_view value, std::string_view want) {
  return fail(ErrorCode::invalid_input, fmt::format("{} cannot be '{}'", flag, plain(value, 60)),
              "", fmt::format("it is {}", want));
}

}  // namespace

Result<void> check_run(const Arguments& arguments) {
  if (arguments.command.empty() || arguments.command.front().empty()) {
    return fail(ErrorCode::invalid_input, "there is no program to run", "",
                "say it after --: lazaret run -- PROGRAM");
  }
  if (arguments.has("name") && !wire::is_safe_id(arguments.flag("name"))) {
    return unfit("--name", arguments.flag("name"), wire::safe_id_expected);
  }
  if (auto limits = limits_of(arguments); !limits) return std::unexpected(limits.error());
  return {};
}

std::string tidy_name(std::string name) {
  const auto dot = name.rfind('.');
  if (dot != std::string::npos && dot > 0) name.resize(dot);
  std::ranges::replace_if(
      name, [](unsigned char c) { return std::isalnum(c) == 0 && c != '-' && c != '_'; }, '-');
  if (name.size() > longest_name) name.resize(longest_name);
  while (name.starts_with('-') || name.starts_with('_')) name.erase(0, 1);
  while (name.ends_with('-')) name.pop_back();
  return name;
}

std::string name_of_command(const std::vector<std::string>& command) {
  std::string name = command.empty() ? "" : base_name(command[0]);
  if (runs_scripts(name)) {
    for (std::size_t i = 1; i < command.size(); ++i) {
      if (command[i].starts_with('-')) {
        if (command[i] == "-c" || command[i] == "-e" || command[i] == "-m") break;
        continue;
      }
      name = base_name(command[i]);
      break;
    }
  }
  name = tidy_name(name);
  return name.empty() ? "agent" : name;
}

std::string env_file_text(const Environment& environment, std::vector<std::string>& left_out) {
  std::string text;
  for (const auto& [name, value] : environment) {
    if (name.starts_with("LAZARET_") || name == "NOTIFY_SOCKET" || name == "INVOCATION_ID")
      continue;
    if (value.find_first_of("\n\r") != std::string::npos || name.contains('\n')) {
      left_out.push_back(name);
      continue;
    }
    text += fmt::format("{}={}\n", name, value);
  }
  return text;
}

const std::vector<Flag>& limit_flags() {
  static const std::vector<Flag> flags = {
      {.name = "mem", .value = "SIZE", .doc = "most memory, such as 512M"},
      {.name = "cpu", .value = "CORES", .doc = "most CPU, such as 0.5 or 2"},
      {.name = "pids", .value = "N", .doc = "most processes"}};
  return flags;
}

Result<json::object> limits_of(const Arguments& arguments) {
  json::object limits;
  if (arguments.has("mem")) {
    const std::string text = arguments.flag("mem");
    if (!wire::read_bytes(text)) return unfit("--mem", text, "an amount, such as 512M or 1.5GB");
    limits["memory"] = text;
  }
  if (arguments.has("cpu")) {
    const std::string text = arguments.flag("cpu");
    if (!wire::read_cpus(text)) return unfit("--cpu", text, "a number of cores, such as 0.5 or 2");
    limits["cpu"] = text;
  }
  if (!arguments.has("pids")) return limits;
  const auto pids = read_whole_number(arguments, {"pids", 0, 1});
  if (!pids) return std::unexpected(pids.error());
  limits["pids"] = *pids;
  return limits;
}

Result<json::object> run_body(const Arguments& arguments, const std::string& name,
                              const std::string& working_directory, const std::string& env_file) {
  auto limits = limits_of(arguments);
  if (!limits) return limits;
  std::string restart = arguments.flag("restart", "on_failure");
  std::ranges::replace(restart, '-', '_');
  json::object ours{{"run",
                     {{"adapter", "process"},
                      {"command", json::array(arguments.command.begin(), arguments.command.end())},
                      {"working_directory", working_directory},
                      {"env_file", env_file},
                      {"restart", restart}}}};
  // Its messages have a reader only where somebody may send it some.
  if (!arguments.has("detach")) ours["run"].as_object()["input"] = "none";
  // Else a signal, which is no way to end, would still be a reason to start it again.
  if (restart == "never") ours["auto_revive"] = "no";
  if (!limits->empty()) ours["limits"] = std::move(*limits);
  json::object agent{{"agent_id", name}, {"role", "write"}, {"lazaret", std::move(ours)}};
  // No time limit of its own, and it is over when we say so, not when it has no tasks.
  json::object cell{{"mission_name", name},
                    {"status", "active"},
                    {"timeout", 0},
                    {"created_by", made_by_run},
                    {"lazaret", {{"complete_when_tasks_done", false}}},
                    {"agents", json::array{std::move(agent)}}};
  if (arguments.has("isolation")) cell["isolation_level"] = arguments.flag("isolation");
  return cell;
}

int status_of_exit(const json::value& exit) {
  const std::string kind = text_at(exit, "kind");
  const int code = static_cast<int>(number_at(exit, "code").value_or(0));
  const int signal = static_cast<int>(number_at(exit, "signal").value_or(0));
  if (kind == "exited") return code;
  if (kind == "signalled") return 128 + signal;
  if (kind == "out_of_memory") return 128 + 9;
  if (kind == "never_started") return 127;
  return 1;
}

std::string memory_death(const json::value& exit, const Arguments& arguments) {
  if (text_at(exit, "kind") != "out_of_memory") return {};
  const auto limit = wire::read_bytes(arguments.flag("mem"));
  return limit ? fmt::format("out of memory (limit {})", in_bytes(static_cast<double>(*limit)))
               : "out of memory";
}

RunStage stage_of(const json::value& agent) {
  const std::string process = text_at(agent, "process");
  if (process == "awaiting_approval") return RunStage::needs_person;
  if (process == "quarantined") return RunStage::given_up;
  if (process != "stopped") return RunStage::going;
  // Stopped, but to be started: between two starts, or its mission is paused.
  return flag_at(agent, "finished") || !flag_at(agent, "wanted") ? RunStage::ended
                                                                 : RunStage::going;
}

}  // namespace lazaret::cli
