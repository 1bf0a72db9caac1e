#include <fmt/format.h>

#include <boost/json/parse.hpp>

#include "base/rfc3339.h"
#include "cli/context.h"
#include "cli/interrupt.h"
#include "cli/look_verbs.h"
#include "cli/render.h"
#include "cli/whole_number.h"
#include "wire/json_document.h"

namespace lazaret::cli {
namespace {

namespace json = boost::json;

constexpr int most_event_pages = 200;  // of 1,000 events
constexpr std::size_t page_most = 10'000;
constexpr std::int64_t events_shown = 50;
constexpr std::int64_t events_most = 200'000;

// --since and --until are an event's number, a time, or how long ago.
struct Moment {
  std::string number;
  std::optional<WallTime> time;
};

Result<Moment> read_moment(const Arguments& arguments, const std::string& flag, WallTime now) {
  const std::string text = arguments.flag(flag);
  Moment moment;
  if (text.empty() && !arguments.has(flag)) return moment;
  if (!text.empty() && text.find_first_not_of("0123456789") == std::string::npos) {
    moment.number = text;
    return moment;
  }
  if (auto ago = read_duration(text)) {
    moment.time = now - *ago;
    return moment;
  }
  auto time = from_rfc3339(text);
  if (!time) {
    return fail(ErrorCode::invalid_input, fmt::format("--{} cannot be '{}'", flag, plain(text, 40)),
                "--" + flag, "an event's number, 10m, or 2026-01-31T09:00:00Z");
  }
  moment.time = *time;
  return moment;
}

std::string filters_of(const Arguments& arguments) {
  std::string query;
  for (const char* name : {"kind", "agent", "cell", "task", "text"}) {
    if (!arguments.has(name)) continue;
    std::string words;
    for (const std::string& one : arguments.flags.at(name)) {
      words += (words.empty() ? "" : ",") + one;
    }
    query += fmt::format("&{}={}", name, escaped(words));
  }
  return query;
}

struct Range {
  Moment since;
  Moment until;

  std::string query() const {
    std::string text;
    if (since.time) text += "&from=" + escaped(to_rfc3339(*since.time));
    if (until.time) text += "&until=" + escaped(to_rfc3339(*until.time));
    return text;
  }
  bool is_past(const json::value& event) const {
    return !until.number.empty() &&
           number_at(event, "number").value_or(0) > std::stod(until.number);
  }
};

Result<Range> read_range(Context& context, const Arguments& arguments) {
  Range range;
  auto since = read_moment(arguments, "since", context.now());
  if (!since) return std::unexpected(since.error());
  auto until = read_moment(arguments, "until", context.now());
  if (!until) return std::unexpected(until.error());
  range.since = *since;
  range.until = *until;
  if (arguments.has("until") && arguments.has("follow")) {
    return fail(ErrorCode::invalid_input, "--until and --follow contradict each other", "--until",
                "one of them");
  }
  if (range.since.time && range.until.time && *range.since.time > *range.until.time) {
    return fail(ErrorCode::invalid_input, "--until is before --since", "--until", "a later moment");
  }
  return range;
}

void print_event(Context& context, const json::value& event) {
  if (context.json) {
    context.out << wire::json_document(event) << '\n';
  } else {
    context.out << render_event(event, context.look) << '\n';
  }
}

// Reads page after page and keeps the newest `most`. Gives the number after the last one read.
Result<std::string> read_events(Context& context, const Arguments& arguments, const Range& range,
                                std::size_t most, std::vector<json::value>& kept) {
  std::string next = range.since.number.empty() ? "0" : range.since.number;
  const std::string filters = filters_of(arguments) + range.query();
  for (int page = 0; page < most_event_pages; ++page) {
    auto answer =
        context.look_up(fmt::format("/api/v1/events?since={}&limit=1000{}", next, filters));
    if (!answer) return std::unexpected(answer.error());
    for (const auto& event : list_at(*answer, "events")) {
      if (range.is_past(event)) return next;
      kept.push_back(event);
    }
    if (kept.size() > most)
      kept.erase(kept.begin(), kept.end() - static_cast<std::ptrdiff_t>(most));
    const std::string after = text_at(*answer, "next");
    if (after.empty() || after == next) return next;
    next = after;
    // A search for a text may look at many that do not fit.
    if (list_at(*answer, "events").empty() && !arguments.has("text")) return next;
  }
  context.remark("there are more; --since shows the rest", Ink::warn);
  return next;
}

// The newest ones in one question, however many there are.
Result<std::string> read_newest(Context& context, const Arguments& arguments, const Range& range,
                                std::size_t most, std::vector<json::value>& kept) {
  auto answer = context.look_up(fmt::format("/api/v1/events?since=0&limit={}&newest=true{}", most,
                                            filters_of(arguments) + range.query()));
  if (!answer) return std::unexpected(answer.error());
  const auto& events = list_at(*answer, "events");
  kept.assign(events.begin(), events.end());
  return text_at(*answer, "next");
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
  auto range = read_range(context, arguments);
  if (!range) return std::unexpected(range.error());
  const bool follow = arguments.has("follow");
  const auto limit = read_whole_number(
      arguments, {"limit", arguments.has("since") ? events_most : events_shown, 1, events_most});
  if (!limit) return std::unexpected(limit.error());
  const auto most = static_cast<std::size_t>(*limit);
  std::vector<json::value> kept;
  const bool from_the_end =
      range->since.number.empty() && range->until.number.empty() && most <= page_most;
  auto next = from_the_end ? read_newest(context, arguments, *range, most, kept)
                           : read_events(context, arguments, *range, most, kept);
  if (!next) return std::unexpected(next.error());
  if (kept.size() > most) {
    kept.erase(kept.begin(), kept.end() - static_cast<std::ptrdiff_t>(most));
  }
  if (context.json && !follow) {
    context.out << pretty(json::object{{"events", json::array(kept.begin(), kept.end())},
                                       {"next", std::stoll(*next)}});
    return ExitCode::ok;
  }
  for (const auto& event : kept) print_event(context, event);
  if (kept.empty() && !follow) context.remark("no event fits");
  context.out << std::flush;
  return follow ? follow_events(context, arguments, *next) : Result<ExitCode>(ExitCode::ok);
}

}  // namespace

void add_event_verbs(std::vector<Verb>& verbs) {
  verbs.push_back(
      {.words = "events",
       .group = Group::look,
       .summary = "What happened, from the journal.",
       .example = "lazaret events --kind agent_exited --since 1h\n"
                  "lazaret events --agent scout --text SIGKILL --since 2d --until 1d\n"
                  "lazaret events -f",
       .flags = {{.name = "follow", .doc = "go on as they happen", .letter = 'f'},
                 {.name = "since", .value = "WHEN", .doc = "an event's number, 10m, or a time"},
                 {.name = "until", .value = "WHEN", .doc = "the same; what came later is left out"},
                 {.name = "kind",
                  .value = "KIND",
                  .doc = "only this kind, such as agent_exited",
                  .repeated = true},
                 {.name = "agent", .value = "AGENT", .doc = "only this agent's"},
                 {.name = "cell", .value = "CELL", .doc = "only this mission's"},
                 {.name = "task", .value = "TASK", .doc = "only this task's"},
                 {.name = "text",
                  .value = "TEXT",
                  .doc = "only what says this: kind, agent, task or sentence, in any case"},
                 {.name = "limit", .value = "N", .doc = "only the newest (50 without --since)"}},
       .notes = "With --json -f: one event a line.",
       .carry_out = events});
}

}  // namespace lazaret::cli
