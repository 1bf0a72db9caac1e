#include "cli/slot_verbs.h"

#include <fmt/format.h>

#include <boost/json/array.hpp>

#include "calendar/cron.h"
#include "calendar/on_calendar.h"
#include "calendar/schedule.h"
#include "cli/context.h"
#include "cli/whole_number.h"

namespace lazaret::cli {
namespace {

using namespace calendar;

constexpr std::int64_t usual_most = 1'000;  // of an endless rule, without --count
constexpr std::int64_t count_most = 100'000;

struct Question {
  Schedule schedule;
  SysTime from{};
};

enum class Kind { rrule, cron, on_calendar };

// Which kind of rule a bare word is: they do not look alike.
Kind kind_of(std::string_view rule) {
  if (rule.find('=') != std::string_view::npos) return Kind::rrule;
  if (rule.starts_with('@')) return Kind::cron;
  if (rule.find(':') != std::string_view::npos) return Kind::on_calendar;
  return rule.find(' ') != std::string_view::npos && rule.find('~') == std::string_view::npos &&
                 std::ranges::count(rule, ' ') >= 4
             ? Kind::cron
             : Kind::on_calendar;
}

Result<std::pair<Kind, std::string>> rule_of(const Arguments& arguments) {
  std::vector<std::pair<Kind, std::string>> said;
  if (arguments.has("rrule")) said.push_back({Kind::rrule, arguments.flag("rrule")});
  if (arguments.has("cron")) said.push_back({Kind::cron, arguments.flag("cron")});
  if (arguments.has("oncalendar"))
    said.push_back({Kind::on_calendar, arguments.flag("oncalendar")});
  const std::string bare = arguments.at("RULE");
  if (!bare.empty()) said.push_back({kind_of(bare), bare});
  if (said.size() == 1) return said.front();
  return fail(ErrorCode::invalid_input,
              said.empty() ? "there is no rule" : "there is more than one rule", "RULE",
              "say one: RULE, --rrule, --cron or --oncalendar");
}

Result<std::vector<TimeText>> dates_of(const Arguments& arguments, const std::string& flag) {
  std::vector<TimeText> out;
  const auto found = arguments.flags.find(flag);
  if (found == arguments.flags.end()) return out;
  for (const std::string& list : found->second) {
    std::string_view rest = list;
    while (true) {
      const std::size_t comma = rest.find(',');
      const auto time = parse_time(rest.substr(0, comma), "--" + flag);
      if (!time) return std::unexpected(time.error());
      out.push_back(*time);
      if (comma == std::string_view::npos) break;
      rest.remove_prefix(comma + 1);
    }
  }
  if (out.size() > most_dates) {
    return fail(ErrorCode::too_large, fmt::format("{} dates; at most {}", out.size(), most_dates),
                "--" + flag);
  }
  return out;
}

Result<ZonePtr> zone_of(Context& context, const Arguments& arguments, const std::string& written) {
  std::string name = arguments.flag("tz", arguments.flag("zone", "UTC"));
  if (!written.empty()) name = written;
  if (!context.hooks.read_zone) {
    return fail(ErrorCode::unsupported, "this build does not read time zones");
  }
  return context.hooks.read_zone(name);
}

Result<Recurrence> recurrence_of(const Arguments& arguments, const std::string& rule,
                                 const TimeText& otherwise) {
  Recurrence when;
  auto parsed = parse_rrule(rule);
  if (!parsed) return std::unexpected(parsed.error());
  when.rules.push_back(std::move(*parsed));
  when.start = otherwise;
  if (arguments.has("dtstart")) {
    auto start = parse_time(arguments.flag("dtstart"), "--dtstart");
    if (!start) return std::unexpected(start.error());
    when.start = *start;
  }
  auto dates = dates_of(arguments, "rdate");
  auto exceptions = dates_of(arguments, "exdate");
  if (!dates) return std::unexpected(dates.error());
  if (!exceptions) return std::unexpected(exceptions.error());
  when.dates = std::move(*dates);
  when.exceptions = std::move(*exceptions);
  return when;
}

Result<Question> question_of(Context& context, const Arguments& arguments) {
  const auto rule = rule_of(arguments);
  if (!rule) return std::unexpected(rule.error());
  Question out;
  std::string zone_in_rule;
  if (rule->first == Kind::on_calendar) {
    auto parsed = parse_on_calendar(rule->second);
    if (!parsed) return std::unexpected(parsed.error());
    zone_in_rule = parsed->zone;
    out.schedule.when = std::move(parsed->pattern);
  } else if (rule->first == Kind::cron) {
    auto parsed = parse_cron(rule->second);
    if (!parsed) return std::unexpected(parsed.error());
    out.schedule.when = std::move(*parsed);
  }
  auto zone = zone_of(context, arguments, zone_in_rule);
  if (!zone) return std::unexpected(zone.error());
  out.schedule.zone = *zone;
  TimeText now;
  now.instant = std::chrono::floor<std::chrono::seconds>(context.now());
  now.local = (*zone)->local(*now.instant);
  const bool asked_from = arguments.has("from");
  if (asked_from) {
    auto from = parse_time(arguments.flag("from"), "--from");
    if (!from) return std::unexpected(from.error());
    now = *from;
  }
  out.from = instant_of(now, **zone);
  if (rule->first == Kind::rrule) {
    auto when = recurrence_of(arguments, rule->second, now);
    if (!when) return std::unexpected(when.error());
    if (!asked_from) out.from = SysTime(seconds(day_of(first_year, 1, 3) * day_seconds));
    out.schedule.when = std::move(*when);
  } else {
    if (arguments.has("dtstart") || arguments.has("rdate") || arguments.has("exdate")) {
      return fail(ErrorCode::invalid_input,
                  "--dtstart, --rdate and --exdate belong to a recurrence rule", "--rrule",
                  "leave them out; --from says where to begin");
    }
    out.from += seconds(1);  // after that instant, as cron and systemd have it
  }
  out.schedule.gap = *from_word<GapRule>(arguments.flag("gap", "offset_before"));
  out.schedule.fold = *from_word<FoldRule>(arguments.flag("fold", "first"));
  return out;
}

// What a reader would stumble over: local times that a change of the clock skips or repeats.
void explain(Context& context, const Question& question, const Expansion& found) {
  int said = 0;
  for (const Occurrence& one : found.times) {
    const Zone& zone = *question.schedule.zone;
    if (one.in_gap && said++ < 5) {
      const auto offset = zone.span_at(one.at).offset;
      context.remark(fmt::format("{}: clocks in {} skip this time; they show {}", to_text(one),
                                 zone.name(), with_offset(zone.local(one.at), offset)));
    } else if (zone.resolve(one.nominal).kind == LocalKind::fold && said++ < 5) {
      context.remark(fmt::format("{}: clocks in {} show this time twice; this is the {}",
                                 to_text(one), zone.name(), one.second ? "second" : "first"));
    }
  }
}

Result<ExitCode> slot_next(Context& context, const Arguments& arguments) {
  const bool bounded = arguments.has("count");
  const auto wanted = read_whole_number(
      arguments, {.flag = "count", .usual = usual_most, .least = 1, .most = count_most});
  if (!wanted) return std::unexpected(wanted.error());
  const auto question = question_of(context, arguments);
  if (!question) return std::unexpected(question.error());
  const auto most = static_cast<std::size_t>(*wanted);
  auto found = occurrences(question->schedule, question->from, bounded ? most : most + 1);
  const bool cut = !bounded && found.times.size() > most;
  if (cut) found.times.resize(most);
  boost::json::array list;
  std::string lines;
  for (const Occurrence& one : found.times) {
    const std::string text = to_text(one);
    if (context.json) list.push_back(boost::json::value(text));
    if (!context.json) lines += text + '\n';
  }
  context.out << (context.json ? pretty(list) : lines);
  explain(context, *question, found);
  if (cut) {
    context.remark("stopped at 1,000: the rule goes on; --count N asks for another number");
  }
  if (found.stop == Stop::gave_up) {
    return fail(ErrorCode::too_large,
                fmt::format("after {} occurrences none was found within {} steps; there may be "
                            "more",
                            found.times.size(), most_steps),
                "RULE", "a rule that is easier to satisfy, or --from nearer to what is looked for");
  }
  if (found.times.empty()) {
    context.remark("this rule has no occurrence from there on", Ink::warn);
  } else if (found.stop == Stop::over && bounded) {
    context.remark(fmt::format("the rule ends here: {} in all", found.times.size()));
  }
  return ExitCode::ok;
}

}  // namespace

void add_slot_verbs(std::vector<Verb>& verbs) {
  verbs.push_back(
      {.words = "slot next",
       .group = Group::more,
       .summary = "When a rule recurs: its next times, without a daemon.",
       .example = "lazaret slot next '30 9 * * MON-FRI' --tz Europe/Berlin --count 5\n"
                  "lazaret slot next --rrule 'FREQ=MONTHLY;BYDAY=-1FR' --dtstart 20260101T090000 "
                  "--count 3\n"
                  "lazaret slot next --oncalendar 'weekdays 09:00' --from 2026-01-01T00:00:00Z "
                  "--count 5",
       .positionals = {{.name = "RULE",
                        .doc = "a recurrence rule, cron or OnCalendar expression",
                        .required = false}},
       .flags = {{.name = "rrule", .value = "RULE", .doc = "a recurrence rule (RFC 5545)"},
                 {.name = "cron", .value = "EXPR", .doc = "a cron expression, 5 or 6 fields"},
                 {.name = "oncalendar", .value = "EXPR", .doc = "a systemd OnCalendar expression"},
                 {.name = "dtstart", .value = "TIME", .doc = "where the rule begins; else now"},
                 {.name = "rdate", .value = "TIMES", .doc = "further dates", .repeated = true},
                 {.name = "exdate", .value = "TIMES", .doc = "dates left out", .repeated = true},
                 {.name = "tz", .value = "ZONE", .doc = "time zone, such as Europe/Berlin (UTC)"},
                 {.name = "zone", .value = "ZONE", .doc = "the same"},
                 {.name = "from",
                  .value = "TIME",
                  .doc = "a rule: from this time on; cron and OnCalendar: after it (now)"},
                 {.name = "count", .value = "N", .doc = "how many at most (1000)"},
                 {.name = "gap",
                  .value = "RULE",
                  .doc = "a local time that clocks skip",
                  .words = "offset_before|offset_after|skip"},
                 {.name = "fold",
                  .value = "RULE",
                  .doc = "a local time that clocks show twice",
                  .words = "first|second|both"}},
       .notes = "One instant a line, as the nominal local time with the offset that holds for it; "
                "with --json an array of them.",
       .carry_out = slot_next});
}

}  // namespace lazaret::cli
