#include <fmt/format.h>

#include "base/rfc3339.h"
#include "cli/json_view.h"
#include "cli/render.h"

namespace lazaret::cli {
namespace {

namespace json = boost::json;

// "24 alive · 1 waiting for you · 0 lost": the daemon's own sentence.
std::string first_line(const json::value& status, const Look& look) {
  const bool needed = !list_at(status, "needs_you").empty();
  std::string line =
      inked(look, needed ? Ink::warn : Ink::good, plain(text_at(status, "sentence")));
  std::string figures;
  auto add = [&](const std::string& text) {
    if (!figures.empty()) figures += "   ";
    figures += text;
  };
  if (auto uptime = number_at(status, "daemon.uptime_seconds")) {
    add("uptime " + to_human(seconds_of(*uptime)));
  }
  if (auto memory = number_at(status, "daemon.memory_bytes")) add(in_bytes(*memory));
  if (auto cpu = number_at(status, "daemon.cpu_percent")) add(fmt::format("{:.1f} % cpu", *cpu));
  if (!figures.empty()) line += "      " + inked(look, Ink::faint, figures);
  return line + "\n";
}

// The time of day in UTC is enough for a deadline that is hours away at most.
std::string clock_time(const std::string& rfc3339) {
  return rfc3339.size() >= 16 ? rfc3339.substr(11, 5) : rfc3339;
}

std::string needs_you(const json::value& status, const Look& look) {
  std::string out;
  for (const auto& one : list_at(status, "needs_you")) {
    const std::string id = text_at(one, "id");
    out += inked(look, Ink::warn, "NEEDS YOU");
    std::string text = text_at(one, "text");
    if (text.empty()) text = text_at(one, "question");
    if (!id.empty()) out += "  " + inked(look, Ink::strong, plain(id));
    out += "  " + plain(text);
    const std::string fallback = text_at(one, "default");
    if (!fallback.empty()) {
      out += fmt::format("   default: {} at {}", plain(fallback),
                         clock_time(text_at(one, "deadline")));
    }
    const std::string command = text_at(one, "command");
    if (!command.empty()) out += "   " + inked(look, Ink::strong, plain(command));
    out += "\n";
  }
  return out;
}

// A daemon that can record nothing needs somebody, whatever the agents do.
std::string trouble(const json::value& status, const Look& look) {
  const std::string what = text_at(status, "trouble");
  if (what.empty()) return "";
  std::string out = fmt::format("{}  nothing can be recorded: {}\n",
                                inked(look, Ink::bad, "TROUBLE"), plain(what));
  const std::string place = text_at(status, "trouble_place");
  const std::string remedy = text_at(status, "trouble_remedy");
  if (!place.empty()) out += fmt::format("  {} {}\n", inked(look, Ink::faint, "at:"), plain(place));
  if (!remedy.empty()) {
    out += fmt::format("  {} {}\n", inked(look, Ink::faint, "try:"), plain(remedy));
  }
  return out;
}

std::string activity_of(const json::value& agent) {
  const std::string process = text_at(agent, "process");
  const std::string activity = text_at(agent, "activity");
  if (flag_at(agent, "frozen")) return "frozen";
  if (flag_at(agent, "halted")) return "halted";
  if (flag_at(agent, "paused")) return "paused";
  const bool live = process == "running" || process == "external";
  if (!live || activity.empty() || activity == "offline") return process;
  return activity;
}

// What is shown as its state has a "since" of its own: a frozen agent runs for longer than it is
// frozen. Daemons that do not tell it tell the process's.
std::string since_of(const json::value& agent, const std::string& state) {
  const bool of_its_own =
      state == "frozen" || state == "paused" || state == text_at(agent, "activity");
  if (!of_its_own) return "since";
  const std::string own = state == "frozen" || state == "paused" ? state : "activity";
  return text_at(agent, own + "_since").empty() ? "since" : own + "_since";
}

std::string task_of(const json::value& agent) {
  const std::string title = text_at(agent, "task.title");
  const std::string id = text_at(agent, "task.task_id");
  if (!id.empty()) return title.empty() ? id : id + " " + title;
  const auto* task = find(agent, "task");
  return task != nullptr && task->is_string() ? text_at(agent, "task") : "";
}

}  // namespace

Ink ink_of_state(std::string_view state) {
  for (std::string_view good :
       {"running", "working", "idle", "busy", "healthy", "completed", "finished", "active"}) {
    if (state == good) return Ink::good;
  }
  for (std::string_view warn : {"starting", "stopping", "backoff", "degraded", "awaiting_approval",
                                "rate_limited", "paused", "frozen", "reported"}) {
    if (state == warn) return Ink::warn;
  }
  for (std::string_view bad : {"quarantined", "unhealthy", "failed", "lost", "halted"}) {
    if (state == bad) return Ink::bad;
  }
  return Ink::normal;
}

std::string render_troubled(const json::array& directories, const Look& look) {
  std::string out;
  for (const auto& one : directories) {
    const auto problems = number_at(one, "problems").value_or(0);
    const std::string first = text_at(one, "first");
    out += fmt::format("{}  {} is {}", inked(look, Ink::warn, "CELL"),
                       plain(text_at(one, "directory")), text_at(one, "state"));
    if (!first.empty()) out += ": " + plain(first);
    if (problems > 1) out += fmt::format(" (and {} more)", problems - 1);
    out += fmt::format("\n  {} lazaret cell lint {}\n", inked(look, Ink::faint, "try:"),
                       plain(text_at(one, "path")));
  }
  return out;
}

std::string render_agents(const json::value& page, const Look& look, WallTime now) {
  Table table({"AGENT", "STATE", "SINCE", "HEALTH", "TASK", "BEAT", "PID", "CPU", "MEMORY", "WHY"});
  for (const auto& agent : list_at(page, "agents")) {
    const std::string state = activity_of(agent);
    const std::string health = text_at(agent, "health");
    const auto cpu = number_at(agent, "cpu_percent");
    const auto memory = number_at(agent, "memory_bytes");
    const std::string process = text_at(agent, "process");
    const bool well = process == "running" || process == "external";
    table.row({{text_at(agent, "ref"), Ink::strong},
               {state, ink_of_state(state)},
               {age_at(agent, since_of(agent, state), now)},
               {health == "unknown" ? "" : health, ink_of_state(health)},
               {plain(task_of(agent), 40)},
               {age_at(agent, "last_beat", now)},
               {text_at(agent, "pid"), Ink::faint},
               {cpu ? fmt::format("{:.1f}%", *cpu) : ""},
               {memory ? in_bytes(*memory) : ""},
               {well ? "" : text_at(agent, "reason"), Ink::faint}});
  }
  return table.empty() ? "no agents yet; begin with `lazaret run -- PROGRAM`\n" : table.draw(look);
}

std::string render_status(const json::value& status, const json::value& agents, const Look& look,
                          WallTime now) {
  return first_line(status, look) + trouble(status, look) + needs_you(status, look) +
         render_troubled(list_at(status, "troubled_cells"), look) +
         render_agents(agents, look, now);
}

}  // namespace lazaret::cli
