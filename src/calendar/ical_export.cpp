#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <span>

#include "calendar/ical_lines.h"
#include "calendar/icalendar.h"
#include "calendar/rrule_text.h"

namespace lazaret::calendar {
namespace {

// How far a VTIMEZONE says when clocks change.
constexpr seconds zone_future = std::chrono::hours(24 * 366 * 12);
constexpr SysTime zone_past{seconds(0)};
constexpr std::size_t dates_of_a_line = 500;

std::string utc_text(SysTime t) { return compact(LocalTime(t.time_since_epoch())) + "Z"; }

std::string duration_value(seconds duration) {
  const auto s = duration.count();
  return fmt::format("PT{}H{}M{}S", s / 3600, s / 60 % 60, s % 60);
}

bool is_utc(const Zone& zone) { return zone.name() == "UTC"; }

// A parameter's value is quoted where it would end too early; it has no quotes of its own.
std::string parameter_value(const std::string& text) {
  return text.find_first_of(",;:") == std::string::npos ? text : '"' + text + '"';
}

// DTSTART;TZID=Europe/Berlin:20260101T090000, several values with commas.
void add_times(std::string& out, std::string_view name, const Zone& zone,
               const std::vector<LocalTime>& times, bool dates) {
  std::vector<std::string> texts;
  for (LocalTime t : times) {
    texts.push_back(dates ? compact_date(day_of(t)) : compact(t) + (is_utc(zone) ? "Z" : ""));
  }
  if (texts.empty()) return;
  std::string head(name);
  if (dates) {
    head += ";VALUE=DATE";
  } else if (!is_utc(zone)) {
    head += ";TZID=" + parameter_value(zone.name());
  }
  const std::span all(texts);
  for (std::size_t i = 0; i < all.size(); i += dates_of_a_line) {
    const auto some = all.subspan(i, std::min(dates_of_a_line, all.size() - i));
    add_line(out, head, fmt::format("{}", fmt::join(some, ",")));
  }
}

// One STANDARD or DAYLIGHT for each kind of change, with its dates.
void add_zone(std::string& out, const Zone& zone, SysTime from, SysTime until) {
  add_line(out, "BEGIN", "VTIMEZONE");
  add_line(out, "TZID", zone.name());
  using Kind = std::tuple<seconds, seconds, bool, std::string>;  // from, to, daylight, name
  std::map<Kind, std::vector<LocalTime>> kinds;
  Span span = zone.span_at(from);
  const auto onset = [](SysTime at, seconds offset) {
    return LocalTime((at + offset).time_since_epoch());
  };
  const SysTime first = std::max(span.begin, zone_past);
  kinds[{span.offset, span.offset, span.daylight, zone.abbreviation_at(from)}].push_back(
      onset(first, span.offset));
  while (span.end < until) {
    const Span next = zone.span_at(span.end);
    kinds[{span.offset, next.offset, next.daylight, zone.abbreviation_at(span.end)}].push_back(
        onset(span.end, span.offset));
    span = next;
  }
  for (const auto& [kind, onsets] : kinds) {
    const auto& [before, after, daylight, name] = kind;
    const char* component = daylight ? "DAYLIGHT" : "STANDARD";
    add_line(out, "BEGIN", component);
    add_line(out, "DTSTART", compact(onsets.front()));
    for (std::size_t i = 1; i < onsets.size(); ++i) add_line(out, "RDATE", compact(onsets[i]));
    add_line(out, "TZOFFSETFROM", offset_text(before, false));
    add_line(out, "TZOFFSETTO", offset_text(after, false));
    if (!name.empty()) add_line(out, "TZNAME", escaped(name));
    add_line(out, "END", component);
  }
  add_line(out, "END", "VTIMEZONE");
}

// The times of an event as properties; false when it has none and is not worth a VEVENT. What other
// events take out of it is said by them.
bool add_recurrence(std::string& out, const CalendarEvent& event, const Recurrence& when) {
  const Schedule& schedule = event.schedule;
  const Zone& zone = *schedule.zone;
  const bool dates = when.start.date_only;
  constexpr SysTime beginning{seconds(day_of(1, 1, 3) * day_seconds)};
  const auto locals = [&](const std::vector<TimeText>& times) {
    std::vector<LocalTime> list;
    for (const TimeText& time : times) {
      // Of whole days, a time within one is none.
      if (dates && !time.date_only && second_of_day(local_of(time, zone)) != 0) continue;
      // A date takes out or adds the time of that day, as we read it.
      const bool whole_day = time.date_only && !dates;
      list.push_back(local_of(time, zone) +
                     seconds(whole_day ? second_of_day(local_of(when.start, zone)) : 0));
    }
    return list;
  };
  std::vector<LocalTime> further = locals(when.dates);
  Schedule rule_only = schedule;
  std::get<Recurrence>(rule_only.when).dates.clear();
  std::get<Recurrence>(rule_only.when).exceptions.clear();
  const auto first = occurrences(rule_only, beginning, 1);
  LocalTime start;
  if (!first.times.empty()) {
    start = first.times[0].nominal;
  } else if (!further.empty()) {
    std::ranges::sort(further);
    start = further.front();
    further.erase(further.begin());
  } else {
    return false;
  }
  add_times(out, "DTSTART", zone, {start}, dates);
  for (const Rrule& rule : when.rules) {
    if (!first.times.empty()) add_line(out, "RRULE", to_text(rule, zone));
  }
  add_times(out, "RDATE", zone, further, dates);
  std::vector<TimeText> off = when.exceptions;
  off.resize(off.size() - std::min(event.replaced, off.size()));
  add_times(out, "EXDATE", zone, locals(off), dates);
  add_times(out, "EXDATE", zone, event.called_off, dates);
  return true;
}

bool add_pattern(std::string& out, const CalendarEvent& event, SysTime now) {
  const Schedule& schedule = event.schedule;
  const auto found = occurrences(schedule, now, most_dates_of_a_pattern);
  if (found.times.empty()) return false;
  std::vector<LocalTime> times;
  for (const Occurrence& one : found.times) times.push_back(one.nominal);
  add_times(out, "DTSTART", *schedule.zone, {times.front()}, false);
  times.erase(times.begin());
  add_times(out, "RDATE", *schedule.zone, times, false);
  add_times(out, "EXDATE", *schedule.zone, event.called_off, false);
  return true;
}

// Which occurrence it takes the place of; an instant says it by itself.
void add_replaces(std::string& out, const CalendarEvent& event) {
  const TimeText& which = *event.replaces;
  if (which.instant && !which.date_only) {
    add_line(out, "RECURRENCE-ID", utc_text(*which.instant));
  } else {
    add_times(out, "RECURRENCE-ID", *event.schedule.zone, {which.local}, which.date_only);
  }
}

}  // namespace

std::string to_icalendar(const std::vector<CalendarEvent>& events, const ExportSettings& settings) {
  std::string body;
  std::map<std::string, ZonePtr> zones;
  SysTime earliest = settings.now;
  for (const CalendarEvent& event : events) {
    std::string times;
    bool any = false;
    if (const auto* when = std::get_if<Recurrence>(&event.schedule.when)) {
      any = add_recurrence(times, event, *when);
      earliest = std::min(earliest, instant_of(when->start, *event.schedule.zone));
    } else {
      any = add_pattern(times, event, settings.now);
    }
    if (!any) continue;
    if (!is_utc(*event.schedule.zone)) zones[event.schedule.zone->name()] = event.schedule.zone;
    add_line(body, "BEGIN", "VEVENT");
    add_line(body, "UID", escaped(event.replaces ? event.whole : event.uid));
    add_line(body, "DTSTAMP", utc_text(settings.now));
    if (event.replaces) add_replaces(body, event);
    body += times;
    if (event.duration > seconds(0)) add_line(body, "DURATION", duration_value(event.duration));
    add_line(body, "SUMMARY", escaped(event.summary));
    if (!event.description.empty()) add_line(body, "DESCRIPTION", escaped(event.description));
    if (event.cancelled) add_line(body, "STATUS", "CANCELLED");
    if (!event.extra.empty()) add_line(body, "X-LAZARET", escaped(event.extra));
    add_line(body, "END", "VEVENT");
  }
  std::string out;
  add_line(out, "BEGIN", "VCALENDAR");
  add_line(out, "VERSION", "2.0");
  add_line(out, "PRODID", "-//Lazaret//Calendar//EN");
  add_line(out, "CALSCALE", "GREGORIAN");
  if (!settings.name.empty()) add_line(out, "X-WR-CALNAME", escaped(settings.name));
  for (const auto& [name, zone] : zones) {
    add_zone(out, *zone, std::max(earliest - std::chrono::hours(24 * 366), zone_past),
             settings.now + zone_future);
  }
  out += body;
  add_line(out, "END", "VCALENDAR");
  return out;
}

}  // namespace lazaret::calendar
