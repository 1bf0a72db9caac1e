// Rules of every kind: an answer in order, within the steps allowed, that goes on where it stopped.
#include "calendar/cron.h"
#include "calendar/on_calendar.h"
#include "calendar/rrule_text.h"
#include "calendar/schedule.h"
#include "calendar/virtual_id.h"
#include "fuzz.h"

using namespace lazaret;
using namespace lazaret::calendar;

namespace {

// 00:00 to 01:00 and back each year at the ends of March and October, from a file of our own.
ZonePtr zone_of(unsigned choice) {
  static const ZonePtr utc = std::make_shared<const Zone>(Zone::utc());
  std::vector<Change> changes;
  for (int year = 1970; year < 2400; ++year) {
    const SysTime on(seconds(day_of(year, 3, 31) * day_seconds));
    const SysTime off(seconds(day_of(year, 10, 31) * day_seconds));
    changes.push_back({on, seconds(3600), true, "ON"});
    changes.push_back({off, seconds(0), false, "OFF"});
  }
  changes.insert(changes.begin(), Change{{}, seconds(0), false, "OFF"});
  static const ZonePtr changing =
      std::make_shared<const Zone>(Zone::of_changes("Fuzz/Changing", std::move(changes)));
  return choice % 2 == 0 ? utc : changing;
}

void check(const Schedule& schedule, SysTime from) {
  const auto found = occurrences(schedule, from, 20);
  SysTime before = from;
  for (const Occurrence& one : found.times) {
    LAZARET_ASSERT(one.at >= before);
    LAZARET_ASSERT(SysTime(one.nominal.time_since_epoch()) - one.offset == one.at);
    const auto id = parse_virtual_id(virtual_id("7", one));
    LAZARET_ASSERT(id && id->nominal == one.nominal && id->second == one.second);
    before = one.at;
  }
  LAZARET_ASSERT((found.stop == Stop::enough) == (found.times.size() == 20));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text = fuzz::text_of(data, size);
  const unsigned choice = fuzz::take_byte(text);
  const auto parts = fuzz::parts_of(text);
  Schedule schedule{zone_of(choice),
                    {},
                    static_cast<GapRule>(choice / 2 % 3),
                    static_cast<FoldRule>(choice / 8 % 3)};
  const TimeText usual{local_at(day_of(2026, 3, 30), 5400), false, {}};
  const auto start = parts.size() > 1 ? parse_time(parts[1], "start") : Result<TimeText>(usual);
  if (!start) return 0;
  const SysTime from = instant_of(*start, *schedule.zone);
  if (const auto rule = parse_rrule(parts[0])) {
    const std::string written = to_text(*rule, *schedule.zone);
    const auto again = parse_rrule(written);
    LAZARET_ASSERT(again && to_text(*again, *schedule.zone) == written);
    schedule.when = Recurrence{*start, {*rule}, {}, {}};
    check(schedule, from);
  }
  if (const auto cron = parse_cron(parts[0])) {
    schedule.when = *cron;
    check(schedule, from);
  }
  if (const auto on_calendar = parse_on_calendar(parts[0])) {
    schedule.when = on_calendar->pattern;
    check(schedule, from);
  }
  if (const auto id = parse_virtual_id(parts[0])) LAZARET_ASSERT(to_text(*id) == parts[0]);
  return 0;
}
