#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "cli/context.h"
#include "cli/interrupt.h"
#include "cli/look_verbs.h"
#include "cli/tail.h"
#include "cli/whole_number.h"

namespace lazaret::cli {
namespace {

namespace json = boost::json;

constexpr int poll_ms = 200;
constexpr std::size_t most_agents = 200;     // whose logs are shown side by side
constexpr std::int64_t most_lines = 10'000;  // of each, to begin with

Result<std::vector<std::string>> all_agents(Context& context) {
  auto page = context.look_up(fmt::format("/api/v1/agents?limit={}", most_agents));
  if (!page) return std::unexpected(page.error());
  std::vector<std::string> names;
  for (const auto& agent : list_at(*page, "agents")) {
    if (text_at(agent, "process") == "external") continue;  // its output is elsewhere
    names.push_back(text_at(agent, "ref"));
  }
  return names;
}

// A piece of a long line is marked where it cannot just be gone on with.
void print(Context& context, const LogTail& tail, const std::string& line, bool with_name,
           bool continues) {
  if (context.json) {
    json::object event{{"agent", tail.agent()}, {"line", line}};
    if (continues) event["continues"] = true;
    context.out << json::serialize(event) << '\n';
  } else if (with_name) {
    context.out << inked(context.look, Ink::faint, tail.agent() + " | ") << line
                << (continues ? "…\n" : "\n");
  } else {
    context.out << line << (continues ? "" : "\n");
  }
}

// One round over all; true if there was anything new.
Result<bool> print_round(Context& context, const LogTail::Get& get, std::vector<LogTail>& tails) {
  bool any = false;
  for (auto& tail : tails) {
    auto fresh = tail.more(get);
    if (!fresh && fresh.error().code == ErrorCode::not_found && tails.size() > 1) continue;
    if (!fresh) return std::unexpected(fresh.error());
    if (fresh->gap) {
      context.remark(
          fmt::format("{}: output is missing here, its log was dropped before; it goes on "
                      "from offset {}",
                      tail.agent(), fresh->first),
          Ink::warn);
      if (context.json) {
        const json::object event{{"agent", tail.agent()}, {"gap", true}};
        context.out << json::serialize(event) << '\n';
      }
    }
    for (const auto& line : fresh->lines) {
      print(context, tail, line, tails.size() > 1,
            fresh->continues && &line == &fresh->lines.back());
    }
    any = any || !fresh->lines.empty();
  }
  context.out << std::flush;
  return any;
}

Result<ExitCode> logs(Context& context, const Arguments& arguments) {
  auto client = context.client();
  if (!client) return std::unexpected(client.error());
  std::vector<std::string> names;
  if (const std::string one = arguments.at("AGENT"); !one.empty()) {
    names.push_back(one);
  } else {
    auto all = all_agents(context);
    if (!all) return std::unexpected(all.error());
    names = *all;
  }
  const auto tail =
      read_whole_number(arguments, {"tail", names.size() > 1 ? 10 : 100, 1, most_lines});
  if (!tail) return std::unexpected(tail.error());
  std::vector<LogTail> tails;
  for (const auto& name : names) tails.emplace_back(name, static_cast<int>(*tail));
  const bool follow = arguments.has("follow");  // what grows needs a daemon
  const LogTail::Get get = [&](const std::string& target) {
    return follow ? (*client)->call("GET", target) : context.look_up(target);
  };
  Interrupts watched;
  for (;;) {
    auto any = print_round(context, get, tails);
    if (!any) return std::unexpected(any.error());
    if (!follow || !context.is_heard()) return ExitCode::ok;
    if (!*any) poll(nullptr, 0, poll_ms);
    if (Interrupts::count() > 0) return ExitCode::ok;
  }
}

}  // namespace

void add_log_verbs(std::vector<Verb>& verbs) {
  const std::vector<Flag> flags = {
      {.name = "follow", .doc = "go on as they are written", .letter = 'f'},
      {.name = "tail",
       .value = "N",
       .doc = "how many of the last lines (100; 10 for each of many)",
       .letter = 'n'}};
  verbs.push_back({.words = "logs",
                   .group = Group::look,
                   .summary = "What agents print: one, or all of them with their names.",
                   .example = "lazaret logs -f\nlazaret logs scout --tail 20",
                   .positionals = {{.name = "AGENT", .doc = "only this one's", .required = false}},
                   .flags = flags,
                   .carry_out = logs});
  verbs.push_back(
      {.words = "agent logs",
       .group = Group::work,
       .summary = "What an agent prints.",
       .example = "lazaret agent logs scout -f",
       .positionals = {{.name = "AGENT", .doc = "agent id", .variable = "LAZARET_AGENT"}},
       .flags = flags,
       .carry_out = logs});
}

}  // namespace lazaret::cli
