#include "cli/config_verb.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "cli/context.h"

namespace lazaret::cli {
namespace {

namespace json = boost::json;

const json::value* named(const json::value& settings, std::string_view name) {
  for (const auto& one : list_at(settings, "settings")) {
    if (text_at(one, "setting") == name) return &one;
  }
  return nullptr;
}

// Our own launcher hands these two to every daemon as flags: who asked for them, we know better.
void correct_places(json::value& running, const json::value& here) {
  for (auto& one : running.at("settings").as_array()) {
    const std::string name = text_at(one, "setting");
    const json::value* ours = named(here, name);
    if ((name != "state" && name != "missions") || ours == nullptr) continue;
    if (text_at(*ours, "value") != text_at(one, "value")) continue;
    one.as_object()["source"] = *find(*ours, "source");
    one.as_object()["place"] = *find(*ours, "place");
  }
}

// What file or environment say differently by now. Flags were said to the daemon and not to us.
std::vector<std::string> changes(const json::value& running, const json::value& next) {
  std::vector<std::string> lines;
  for (const auto& one : list_at(running, "settings")) {
    const json::value* later = named(next, text_at(one, "setting"));
    if (later == nullptr || text_at(one, "source") == "flag") continue;
    if (text_at(*later, "value") == text_at(one, "value")) continue;
    const std::string place = text_at(*later, "place");
    lines.push_back(fmt::format("{} becomes {} when the daemon is started again{}",
                                text_at(one, "setting"), text_at(*later, "value"),
                                place.empty() ? "" : ": " + place));
  }
  return lines;
}

std::string draw(const json::value& settings, const Look& look) {
  Table table({"SETTING", "VALUE", "FROM", "PLACE"});
  for (const auto& one : list_at(settings, "settings")) {
    const std::string source = text_at(one, "source");
    table.row({{text_at(one, "setting"), Ink::strong},
               {text_at(one, "value")},
               {source, source == "default" ? Ink::faint : Ink::normal},
               {text_at(one, "place")}});
  }
  return table.draw(look);
}

std::vector<std::string> flags_of(const Arguments& arguments) {
  std::vector<std::string> flags;
  for (const char* name : {"state", "missions"}) {
    if (!arguments.has(name)) continue;
    flags.push_back(fmt::format("--{}", name));
    flags.push_back(arguments.flag(name));
  }
  flags.insert(flags.end(), arguments.command.begin(), arguments.command.end());
  return flags;
}

Result<ExitCode> config(Context& context, const Arguments& arguments) {
  context.target.missions = arguments.flag("missions");
  auto client = context.client();
  if (!client) return std::unexpected(client.error());
  auto running = (*client)->call("GET", "/api/v1/settings");
  const bool away = !running && is_daemon_away(running.error());
  if (!running && !away) return std::unexpected(running.error());
  Result<json::value> next = json::value(json::object{});
  if (!(*client)->endpoint().state.empty() && context.hooks.read_settings) {
    auto paths = context.paths();
    if (!paths) return std::unexpected(paths.error());
    next = context.hooks.read_settings(*paths, flags_of(arguments));
    if (!next) return std::unexpected(next.error());
  } else if (away) {
    return std::unexpected(running.error());
  }
  if (away) context.remark("the daemon is down; this is what the next one would use", Ink::warn);
  json::value shown = away ? *next : *running;
  if (!away) correct_places(shown, *next);
  const auto later = away ? std::vector<std::string>() : changes(shown, *next);
  const json::array& faults = list_at(*next, "faults");
  if (context.json) {
    shown.as_object()["faults"] = faults;
    shown.as_object()["running"] = !away;
    context.out << pretty(shown);
  } else {
    context.out << draw(shown, context.look);
  }
  for (const std::string& line : later) context.remark(line, Ink::warn);
  for (const auto& fault : faults) {
    context.report({ErrorCode::invalid_input, text_at(fault, "message"), text_at(fault, "place"),
                    text_at(fault, "remedy")});
  }
  return faults.empty() ? ExitCode::ok : ExitCode::usage;
}

}  // namespace

std::vector<std::string> settings_that_stay(const json::value& running, const json::value& asked) {
  std::vector<std::string> lines;
  for (const auto& one : list_at(asked, "settings")) {
    const json::value* now = named(running, text_at(one, "setting"));
    if (now == nullptr || text_at(one, "source") != "flag") continue;
    const std::string value = text_at(*now, "value");
    if (value == text_at(one, "value")) continue;
    lines.push_back(fmt::format("{} stays {}, not {}", text_at(one, "setting"),
                                value.empty() ? "unset" : value, text_at(one, "value")));
  }
  return lines;
}

void add_config_verb(std::vector<Verb>& verbs) {
  verbs.push_back(
      {.words = "config",
       .group = Group::daemon,
       .summary = "Every setting, its value, and where that came from.",
       .example = "lazaret config\nlazaret config --state /tmp/try -- --port 7900",
       .flags = {{.name = "missions",
                  .value = "DIR",
                  .doc = "where the mission cells are (LAZARET_MISSIONS)"}},
       .command = CommandPart::after_dashes,
       .command_words = "--SETTING VALUE …",
       .notes =
           "Of the daemon that runs; else what the next one would use, with the settings after "
           "--.\nExit 2 when config.toml, the environment or a flag is wrong: all faults are "
           "listed.",
       .carry_out = config});
}

}  // namespace lazaret::cli
