#include "adapters/process/environment.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "adapters/process/system_files.h"

namespace lazaret::process {
namespace {

constexpr const char* default_path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

bool is_name(std::string_view text) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !text.empty() && letter(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

// nullopt: a quote that is not closed, or something behind it.
std::optional<std::string> unquoted(std::string_view value) {
  if (value.empty() || (value.front() != '"' && value.front() != '\'')) return std::string(value);
  const char quote = value.front();
  std::string text;
  for (std::size_t i = 1; i < value.size(); ++i) {
    const char c = value[i];
    if (c == quote) {
      return i + 1 == value.size() ? std::optional(text) : std::nullopt;
    }
    const bool escaped = quote == '"' && c == '\\' && i + 1 < value.size();
    if (!escaped) {
      text += c;
      continue;
    }
    const char next = value[++i];
    text += next == 'n' ? '\n' : next == 't' ? '\t' : next;
  }
  return std::nullopt;
}

}  // namespace

Environment base_environment() {
  Environment base;
  for (const char* name : {"PATH", "HOME", "LANG", "USER", "TZ"}) {
    if (const char* value = std::getenv(name)) base[name] = value;
  }
  base.try_emplace("PATH", default_path);
  return base;
}

Result<Environment> parse_env_file(std::string_view text, const std::string& path) {
  Environment found;
  int number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (line.empty() || line.front() == '#') continue;
    if (line.starts_with("export ")) line = trim(line.substr(7));
    const std::size_t equals = line.find('=');
    const std::string place = fmt::format("{}:{}", path, number);
    if (equals == std::string_view::npos || !is_name(trim(line.substr(0, equals)))) {
      return fail(
          ErrorCode::invalid_input,
          fmt::format("{}: expected NAME=value, where NAME is letters, digits and _", place), place,
          "correct the line, or put a # before it");
    }
    const auto value = unquoted(trim(line.substr(equals + 1)));
    if (!value || value->find('\0') != std::string::npos) {
      return fail(ErrorCode::invalid_input,
                  fmt::format("{}: a quote is not closed, or text follows it", place), place,
                  "end the value with the quote that began it");
    }
    found[std::string(trim(line.substr(0, equals)))] = *value;
  }
  return found;
}

Result<Environment> read_env_file(const std::string& path) {
  if (!path.starts_with('/')) {
    return fail(ErrorCode::invalid_input,
                fmt::format("env_file '{}' is not an absolute path", path), path,
                "write it from the root, and keep it outside the cell");
  }
  const auto text = read_text(path, env_file_most + 1);
  if (!text) {
    return fail(ErrorCode::not_found,
                fmt::format("env_file {} cannot be read: {}", path, errno_text(errno)), path,
                "create it, or remove env_file from the agent's run section");
  }
  if (text->size() > env_file_most) {
    return fail(ErrorCode::too_large,
                fmt::format("env_file {} is larger than {} bytes", path, env_file_most), path);
  }
  return parse_env_file(*text, path);
}

AgentPlaces places_of(const std::string& cell_path, const AgentId& agent) {
  AgentPlaces places;
  places.cell = cell_path;
  places.work = fmt::format("{}/work/{}", cell_path, agent.value);
  places.artifacts = cell_path + "/artifacts";
  places.checkpoints = fmt::format("{}/checkpoints/{}/staging", cell_path, agent.value);
  places.log_file = fmt::format("{}/logs/{}.log", cell_path, agent.value);
  return places;
}

Result<Environment> agent_environment(const core::command::SpawnAgent& command,
                                      const Environment& base, const AgentPlaces& places,
                                      const AgentDoor& door) {
  const core::RunSpec& run = *command.definition.run;
  Environment all = run.inherit_env ? run.env : base;
  if (run.inherit_env) all.insert(base.begin(), base.end());
  if (!run.env_file.empty()) {
    Result<Environment> more = read_env_file(run.env_file);
    if (!more) return std::unexpected(more.error());
    for (auto& [name, value] : *more) all[name] = value;
  }
  if (!run.inherit_env) {
    for (const auto& [name, value] : run.env) all[name] = value;
  }
  std::erase_if(all, [](const auto& entry) {
    return entry.first.empty() || entry.first.find('=') != std::string::npos;
  });
  all["LAZARET_URL"] = door.url;
  all["LAZARET_TOKEN"] = door.token;
  all["LAZARET_CELL"] = command.agent.cell.value;
  all["LAZARET_AGENT"] = command.agent.agent.value;
  all["LAZARET_INCARNATION"] = std::to_string(command.incarnation.value);
  all["LAZARET_CELL_DIR"] = places.cell;
  all["LAZARET_WORK_DIR"] = places.work;
  all["LAZARET_ARTIFACT_DIR"] = places.artifacts;
  all["LAZARET_CHECKPOINT_DIR"] = places.checkpoints;
  all["NOTIFY_SOCKET"] = door.notify_socket;
  all.erase("LAZARET_TASK");
  all["LAZARET_CHECKPOINT"] = command.checkpoint;
  if (command.task) all["LAZARET_TASK"] = command.task->value;
  return all;
}

}  // namespace lazaret::process
