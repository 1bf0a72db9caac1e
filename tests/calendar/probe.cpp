// Our calendar for the comparisons: one question a line on stdin, one answer a line on stdout.
//
//   KIND <tab> RULE <tab> START <tab> ZONE <tab> COUNT [<tab> RDATES <tab> EXDATES]
//
// KIND is rrule, cron, oncalendar or resolve (RULE is a local time then). An answer is times with
// offsets, spaces between, and how it stopped; "! " and a sentence for an error. With --time the
// slowest answer is told on stderr, in microseconds of CPU time.
#include <fmt/format.h>

#include <ctime>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "adapters/zones/zone_files.h"
#include "calendar/cron.h"
#include "calendar/on_calendar.h"
#include "calendar/schedule.h"

namespace lazaret::calendar {
namespace {

std::vector<std::string> split(const std::string& text, char by) {
  std::vector<std::string> out(1);
  for (char c : text) {
    if (c == by) {
      out.emplace_back();
    } else {
      out.back() += c;
    }
  }
  return out;
}

Result<ZonePtr> zone_of(const std::string& name) {
  static std::map<std::string, ZonePtr> known;
  if (!known.contains(name)) {
    auto zone = zones::read_zone(name);
    if (!zone) return std::unexpected(zone.error());
    known[name] = *zone;
  }
  return known[name];
}

Result<std::vector<TimeText>> times_of(const std::vector<std::string>& words, std::size_t index) {
  std::vector<TimeText> out;
  if (index >= words.size() || words[index].empty()) return out;
  for (const std::string& word : split(words[index], ',')) {
    auto time = parse_time(word, "time");
    if (!time) return std::unexpected(time.error());
    out.push_back(*time);
  }
  return out;
}

Result<void> read_when(const std::vector<std::string>& words, const TimeText& start,
                       Schedule& schedule, SysTime& from) {
  if (words[0] == "rrule") {
    auto rule = parse_rrule(words[1]);
    auto dates = times_of(words, 5);
    auto exceptions = times_of(words, 6);
    if (!rule) return std::unexpected(rule.error());
    if (!dates) return std::unexpected(dates.error());
    if (!exceptions) return std::unexpected(exceptions.error());
    schedule.when = Recurrence{start, {*rule}, *dates, *exceptions};
    return {};
  }
  from += seconds(1);
  if (words[0] == "cron") {
    auto pattern = parse_cron(words[1]);
    if (!pattern) return std::unexpected(pattern.error());
    schedule.when = *pattern;
    return {};
  }
  auto parsed = parse_on_calendar(words[1]);
  if (!parsed) return std::unexpected(parsed.error());
  schedule.when = parsed->pattern;
  return {};
}

Result<std::string> answer(const std::string& line) {
  const auto words = split(line, '\t');
  if (words.size() < 5) return fail(ErrorCode::invalid_input, "five words at least");
  auto zone = zone_of(words[3]);
  if (!zone) return std::unexpected(zone.error());
  auto start = parse_time(words[2], "start");
  if (!start) return std::unexpected(start.error());
  if (words[0] == "resolve") {
    const Resolved r = (*zone)->resolve(start->local);
    return fmt::format("{} {}", r.first.time_since_epoch().count(), to_word(r.kind));
  }
  Schedule schedule{*zone, {}};
  SysTime from = instant_of(*start, **zone);
  if (auto read = read_when(words, *start, schedule, from); !read) {
    return std::unexpected(read.error());
  }
  const auto found = occurrences(schedule, from, std::stoul(words[4]));
  std::string out;
  for (const Occurrence& one : found.times) out += to_text(one) + ' ';
  return out + std::string(to_word(found.stop));
}

}  // namespace
}  // namespace lazaret::calendar

int main(int argc, char**) {
  std::int64_t slowest = 0;
  std::string slowest_line;
  for (std::string line; std::getline(std::cin, line);) {
    const std::clock_t begin = std::clock();
    const auto answer = lazaret::calendar::answer(line);
    const std::int64_t took = (std::clock() - begin) * 1'000'000 / CLOCKS_PER_SEC;
    if (took > slowest) {
      slowest = took;
      slowest_line = line;
    }
    std::cout << (answer ? *answer : "! " + answer.error().message) << '\n';
  }
  if (argc > 1) std::cerr << slowest << '\t' << slowest_line << '\n';
}
