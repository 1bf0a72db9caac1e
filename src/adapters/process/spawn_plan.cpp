#include "adapters/process/spawn_plan.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace lazaret::process {
namespace {

bool is_program(const std::string& path) {
  struct stat found{};
  return ::stat(path.c_str(), &found) == 0 && S_ISREG(found.st_mode) &&
         ::access(path.c_str(), X_OK) == 0;
}

// What a shell would find. A name with a slash is taken as it stands: exec says what is wrong with
// it.
Result<std::string> find_program(const std::string& name, const std::string& search,
                                 const std::string& directory) {
  if (name.find('/') != std::string::npos) {
    return name.starts_with('/') ? name : directory + "/" + name;
  }
  for (std::size_t at = 0; at <= search.size();) {
    const std::size_t end = std::min(search.find(':', at), search.size());
    const std::string folder = search.substr(at, end - at);
    std::string candidate = (folder.empty() ? directory : folder) + "/" + name;
    if (is_program(candidate)) return candidate;
    at = end + 1;
  }
  return fail(ErrorCode::not_found,
              fmt::format("the program '{}' is not in any directory of PATH ({}); install it, or "
                          "write its full path in run.command",
                          name, search),
              "run.command");
}

std::string replaced(std::string text, std::string_view what, const std::string& by) {
  for (std::size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
  return text;
}

// In one pass over the original, so that a message which itself says "{session}" stays as it is.
std::string substituted(const std::string& argument, const std::string& message,
                        const std::string& session) {
  const std::size_t at = argument.find("{message}");
  if (at == std::string::npos) return replaced(argument, "{session}", session);
  return replaced(argument.substr(0, at), "{session}", session) + message +
         substituted(argument.substr(at + 9), message, session);
}

bool is_directory(const std::string& path) {
  struct stat found{};
  return ::stat(path.c_str(), &found) == 0 && S_ISDIR(found.st_mode);
}

std::string search_path(const Environment& environment) {
  const auto found = environment.find("PATH");
  return found == environment.end() ? "/usr/bin:/bin" : found->second;
}

void append(std::string& bytes, const std::string& text) {
  bytes.append(text.c_str(), std::strlen(text.c_str()) + 1);
}

}  // namespace

Result<SpawnPlan> plan_agent(const core::command::SpawnAgent& command, Environment environment,
                             const AgentPlaces& places) {
  const core::RunSpec& run = *command.definition.run;
  if (run.command.empty() || run.command.front().empty()) {
    return fail(ErrorCode::invalid_input,
                "run.command is empty: there is nothing to start; name a program and its arguments",
                "run.command");
  }
  SpawnPlan plan;
  plan.directory = places.work;
  if (run.working_directory.starts_with('/')) {
    plan.directory = run.working_directory;
  } else if (!run.working_directory.empty()) {
    plan.directory = places.cell + "/" + run.working_directory;
  }
  if (!is_directory(plan.directory)) {
    return fail(ErrorCode::not_found,
                fmt::format("the working directory '{}' does not exist; create it or correct "
                            "run.working_directory",
                            plan.directory),
                "run.working_directory");
  }
  plan.arguments = run.command;
  plan.stdin_null = run.input == core::AgentInput::none;
  if (run.adapter == core::AdapterKind::turn) {
    plan.stdin_null = true;
    const std::string message = command.wake ? command.wake->message : "";
    for (std::string& argument : plan.arguments) {
      argument = substituted(argument, message, qualified(command.agent));
    }
  }
  Result<std::string> program =
      find_program(plan.arguments.front(), search_path(environment), plan.directory);
  if (!program) return std::unexpected(program.error());
  plan.program = *program;
  plan.log_file = places.log_file;
  environment["PWD"] = plan.directory;
  plan.environment = std::move(environment);
  return plan;
}

Result<SpawnPlan> plan_verify(const core::command::VerifyTask& command, Environment environment) {
  if (command.verify.command.empty() || command.verify.command.front().empty()) {
    return fail(ErrorCode::invalid_input, "verify.command is empty: there is nothing to run",
                "verify.command");
  }
  SpawnPlan plan;
  plan.directory = command.cell_path;
  plan.arguments = command.verify.command;
  plan.stdin_null = true;
  Result<std::string> program =
      find_program(plan.arguments.front(), search_path(environment), plan.directory);
  if (!program) return std::unexpected(program.error());
  plan.program = *program;
  environment["PWD"] = plan.directory;
  plan.environment = std::move(environment);
  return plan;
}

Result<std::string> spec_bytes(const SpawnPlan& plan, const SlotGroup& group,
                               Incarnation incarnation, std::uint64_t nonce,
                               const std::string& boot_id) {
  shim::SpecHead head;
  head.incarnation = incarnation.value;
  head.nonce = nonce;
  head.log_bytes_most = plan.log_bytes_most;
  head.logs_kept = static_cast<std::uint32_t>(std::max(plan.logs_kept, 0));
  head.oom_score_adj = plan.oom_score_adj;
  head.flags = plan.stdin_null ? shim::spec_stdin_null : 0U;
  head.argc = static_cast<std::uint32_t>(plan.arguments.size());
  head.envc = static_cast<std::uint32_t>(plan.environment.size());
  head.joins = static_cast<std::uint32_t>(group.joins.size());
  head.limit_count = static_cast<std::uint32_t>(group.rlimits.size());
  std::copy(group.rlimits.begin(), group.rlimits.end(), head.limits);
  std::memcpy(head.boot_id, boot_id.data(), std::min(boot_id.size(), shim::boot_id_size - 1));
  std::string bytes(sizeof head, '\0');
  for (const std::string& text :
       {plan.program, plan.directory, plan.log_file, group.v2, group.oom_file}) {
    append(bytes, text);
  }
  for (const std::string& join : group.joins) append(bytes, join);
  for (const std::string& argument : plan.arguments) append(bytes, argument);
  for (const auto& [name, value] : plan.environment) append(bytes, name + "=" + value);
  const bool fits = bytes.size() <= shim::spec_bytes_most &&
                    plan.arguments.size() + plan.environment.size() <= shim::spec_strings_most;
  if (!fits) {
    return fail(ErrorCode::too_large,
                fmt::format("arguments and environment together are {} bytes; at most {} fit",
                            bytes.size(), shim::spec_bytes_most),
                "run.command");
  }
  head.total_bytes = static_cast<std::uint32_t>(bytes.size());
  std::memcpy(bytes.data(), &head, sizeof head);
  return bytes;
}

void read_spec_places(const fs::path& spec, std::string& program, std::string& directory) {
  const std::string bytes = read_text(spec, sizeof(shim::SpecHead) + 64 * 1024).value_or("");
  const std::size_t first = sizeof(shim::SpecHead);
  const std::size_t end = bytes.size() > first ? bytes.find('\0', first) : std::string::npos;
  if (end == std::string::npos) return;
  const std::size_t second = bytes.find('\0', end + 1);
  if (second == std::string::npos) return;
  program = bytes.substr(first, end - first);
  directory = bytes.substr(end + 1, second - end - 1);
}

}  // namespace lazaret::process
