#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <span>

#include "calendar/ical_lines.h"
#include "calendar/ical_zone.h"
#include "calendar/icalendar.h"

namespace lazaret::calendar {
namespace {

std::string place(int line) { return fmt::format("line {}", line); }

std::unexpected<Error> wrong(int line, std::string what, std::string remedy = {}) {
  return fail(ErrorCode::invalid_input, std::move(what), place(line), std::move(remedy));
}

// P1W, P1DT2H30M, PT15M.
Result<seconds> duration_of(const ContentLine& line) {
  std::string_view rest = line.value;
  if (rest.starts_with('+')) rest.remove_prefix(1);
  std::int64_t total = 0;
  bool of_day = false;
  bool any = false;
  bool fine = rest.starts_with('P');
  if (fine) rest.remove_prefix(1);
  while (fine && !rest.empty()) {
    if (rest.starts_with('T')) {
      of_day = true;
      rest.remove_prefix(1);
      continue;
    }
    std::int64_t n = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), n);
    const auto digits = static_cast<std::size_t>(end - rest.data());
    fine = error == std::errc() && digits < rest.size() && n >= 0 && n <= longest_event.count();
    if (!fine) break;
    const char unit = rest[digits];
    const std::int64_t size = unit == 'W'             ? 7 * day_seconds
                              : unit == 'D'           ? day_seconds
                              : unit == 'H' && of_day ? 3600
                              : unit == 'M' && of_day ? 60
                              : unit == 'S' && of_day ? 1
                                                      : 0;
    fine = size != 0;
    any = true;
    total += n * size;
    if (total > longest_event.count()) return wrong(line.line, "an event that is too long");
    rest.remove_prefix(digits + 1);
  }
  if (!fine || !any) return wrong(line.line, "not a duration", "write one like PT1H30M or P1D");
  return seconds(total);
}

struct Draft {
  CalendarEvent event;
  Recurrence when;
  bool started = false;
  std::optional<TimeText> end;
  std::optional<TimeText> replaces;  // RECURRENCE-ID
  int line = 0;
};

class Importer {
 public:
  Importer(const ReadZone& read_zone, const ZonePtr& floating, Budget* steps)
      : zones_(read_zone, floating, steps), floating_(floating) {}

  Result<std::vector<CalendarEvent>> import(std::span<const ContentLine> lines) {
    // Zones first: an event may stand before the zone it names.
    for (const char* wanted : {"VTIMEZONE", "VEVENT"}) {
      for (std::size_t i = 0; i < lines.size(); ++i) {
        if (lines[i].name != "BEGIN" || lines[i].value != wanted) continue;
        const auto end = end_of(lines, i);
        if (!end) return std::unexpected(end.error());
        const auto part = lines.subspan(i, *end - i);
        const auto read = wanted[1] == 'T' ? zones_.add(part) : read_event(part);
        if (!read) return std::unexpected(read.error());
        i = *end;
      }
    }
    return finish();
  }

 private:
  static Result<std::size_t> end_of(std::span<const ContentLine> lines, std::size_t begin) {
    for (std::size_t i = begin + 1; i < lines.size(); ++i) {
      if (lines[i].name == "END" && lines[i].value == lines[begin].value) return i;
    }
    return wrong(lines[begin].line, fmt::format("{} has no END", lines[begin].value));
  }

  // A time in the event's zone; one in another zone, or UTC, becomes an instant.
  Result<TimeText> time_of(const ContentLine& line, std::string_view text, const Draft& draft) {
    const std::size_t slash = text.find('/');  // a PERIOD: its beginning counts
    auto time = parse_time(text.substr(0, slash), line.name);
    if (!time) {
      time.error().place = place(line.line);
      return time;
    }
    const std::string zone = line.parameter("TZID");
    if (time->instant || time->date_only || zone.empty()) return time;
    const auto found = zones_.find(zone, line.line);
    if (!found) return std::unexpected(found.error());
    if (*found != draft.event.schedule.zone) time->instant = instant_of(*time, **found);
    return time;
  }

  Result<void> add_times(const ContentLine& line, const Draft& draft, std::vector<TimeText>& out) {
    std::string_view rest = line.value;
    while (!rest.empty()) {
      const std::size_t comma = std::min(rest.find(','), rest.size());
      auto time = time_of(line, rest.substr(0, comma), draft);
      if (!time) return std::unexpected(time.error());
      if (out.size() == most_dates) return wrong(line.line, "too many dates");
      out.push_back(*time);
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
    return {};
  }

  // DTSTART first: it says which zone the other times are in.
  Result<void> read_start(std::span<const ContentLine> lines, Draft& draft) {
    for (const ContentLine& line : lines) {
      if (line.name != "DTSTART") continue;
      const auto zone = zones_.find(line.parameter("TZID"), line.line);
      if (!zone) return std::unexpected(zone.error());
      draft.event.schedule.zone = *zone;
      auto start = time_of(line, line.value, draft);
      if (!start) return std::unexpected(start.error());
      if (start->instant) {
        draft.event.schedule.zone = utc_;
        start->instant.reset();
      }
      draft.when.start = *start;
      draft.started = true;
      return {};
    }
    return wrong(draft.line, "an event without DTSTART");
  }

  static std::string* text_of(CalendarEvent& event, std::string_view name) {
    return name == "UID"           ? &event.uid
           : name == "SUMMARY"     ? &event.summary
           : name == "DESCRIPTION" ? &event.description
           : name == "X-LAZARET"   ? &event.extra
                                   : nullptr;
  }

  Result<void> read_property(const ContentLine& line, Draft& draft) {
    if (std::string* text = text_of(draft.event, line.name)) {
      *text = unescaped(line.value);
      if (text->size() > most_event_text_bytes) return wrong(line.line, "a text that is too long");
      return {};
    }
    if (line.name == "STATUS") draft.event.cancelled = line.value == "CANCELLED";
    if (line.name == "RDATE") return add_times(line, draft, draft.when.dates);
    if (line.name == "EXDATE") return add_times(line, draft, draft.when.exceptions);
    if (line.name == "EXRULE") {
      return wrong(line.line, "EXRULE is no longer part of iCalendar", "write EXDATE (RFC 5545)");
    }
    if (line.name == "RRULE") {
      auto rule = parse_rrule(line.value);
      if (!rule) {
        rule.error().place = fmt::format("line {}, {}", line.line, rule.error().place);
        return std::unexpected(rule.error());
      }
      if (draft.when.rules.size() == most_rules) return wrong(line.line, "too many rules");
      draft.when.rules.push_back(std::move(*rule));
    }
    if (line.name == "DURATION") {
      const auto duration = duration_of(line);
      if (!duration) return std::unexpected(duration.error());
      draft.event.duration = *duration;
    }
    if (line.name != "DTEND" && line.name != "RECURRENCE-ID") return {};
    if (line.name == "RECURRENCE-ID" && !line.parameter("RANGE").empty()) {
      return wrong(line.line, "a change of this and all future occurrences is not understood",
                   "end the first event with UNTIL and begin another one");
    }
    const auto time = time_of(line, line.value, draft);
    if (!time) return std::unexpected(time.error());
    (line.name == "DTEND" ? draft.end : draft.replaces) = *time;
    return {};
  }

  Result<void> read_event(std::span<const ContentLine> lines) {
    Draft draft;
    draft.event.line = draft.line = lines.front().line;
    if (drafts_.size() == most_events) return wrong(draft.line, "too many events");
    if (auto start = read_start(lines, draft); !start) return start;
    int depth = 0;  // within a VALARM nothing concerns us
    for (const ContentLine& line : lines.subspan(1)) {
      depth += line.name == "BEGIN" ? 1 : line.name == "END" ? -1 : 0;
      if (depth > 0) continue;
      if (auto read = read_property(line, draft); !read) return read;
    }
    if (draft.event.uid.empty()) draft.event.uid = fmt::format("line-{}", draft.line);
    if (draft.end) {
      const Zone& zone = *draft.event.schedule.zone;
      const seconds length = instant_of(*draft.end, zone) - instant_of(draft.when.start, zone);
      if (length < seconds(0)) return wrong(draft.line, "an event that ends before it begins");
      draft.event.duration = length;
    }
    drafts_.push_back(std::move(draft));
    return {};
  }

  Result<std::vector<CalendarEvent>> finish() {
    std::map<std::string, Draft*> masters;
    for (Draft& draft : drafts_) {
      if (!draft.replaces) masters[draft.event.uid] = &draft;
    }
    std::vector<CalendarEvent> out;
    for (Draft& draft : drafts_) {
      if (!draft.replaces) continue;
      const auto master = masters.find(draft.event.uid);
      if (master == masters.end()) continue;
      ++master->second->event.replaced;
      std::vector<TimeText>& exceptions = master->second->when.exceptions;
      if (exceptions.size() == most_dates) return wrong(draft.line, "too many dates");
      exceptions.push_back(*draft.replaces);
      // It was read by the zone of the one that comes instead.
      const Zone& zone = *draft.event.schedule.zone;
      const bool elsewhere = draft.event.schedule.zone != master->second->event.schedule.zone;
      TimeText& taken_out = exceptions.back();
      if (elsewhere && !taken_out.date_only) taken_out.instant = instant_of(taken_out, zone);
    }
    for (Draft& draft : drafts_) {
      if (draft.replaces) {
        const LocalTime which = local_of(*draft.replaces, *draft.event.schedule.zone);
        draft.event.whole = draft.event.uid;
        draft.event.uid += "/" + compact(which);
        draft.event.replaces = draft.replaces;
      }
      draft.event.schedule.when = std::move(draft.when);
      out.push_back(std::move(draft.event));
    }
    return out;
  }

  IcalZones zones_;
  ZonePtr floating_;
  ZonePtr utc_ = std::make_shared<const Zone>(Zone::utc());
  std::vector<Draft> drafts_;
};

}  // namespace

Result<std::vector<CalendarEvent>> from_icalendar(std::string_view text, const ReadZone& read_zone,
                                                  const ZonePtr& floating,
                                                  std::vector<OtherPart>* others, Budget* steps) {
  const auto lines = read_lines(text);
  if (!lines) return std::unexpected(lines.error());
  if (lines->empty() || lines->front().name != "BEGIN" || lines->front().value != "VCALENDAR") {
    return wrong(1, "not an iCalendar file", "expected BEGIN:VCALENDAR first");
  }
  int depth = 0;
  for (const ContentLine& line : *lines) {
    depth += line.name == "BEGIN" ? 1 : line.name == "END" ? -1 : 0;
    const bool part = line.name == "BEGIN" && depth == 2;
    if (!others || !part || line.value == "VEVENT" || line.value == "VTIMEZONE") continue;
    others->push_back({line.line, line.value.substr(0, 64)});
  }
  return Importer(read_zone, floating, steps).import(*lines);
}

}  // namespace lazaret::calendar
