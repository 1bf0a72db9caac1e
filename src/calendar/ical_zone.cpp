#include "calendar/ical_zone.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

namespace lazaret::calendar {
namespace {

std::unexpected<Error> wrong(int line, std::string what) {
  return fail(ErrorCode::invalid_input, std::move(what), fmt::format("line {}", line));
}

Result<seconds> offset_of(const ContentLine& line) {
  const std::string& text = line.value;
  const bool digits = std::all_of(text.begin() + (text.empty() ? 0 : 1), text.end(),
                                  [](char c) { return c >= '0' && c <= '9'; });
  if ((text.size() != 5 && text.size() != 7) || (text[0] != '+' && text[0] != '-') || !digits) {
    return wrong(line.line, fmt::format("{} is not an offset like +0100", line.name));
  }
  const int hours = std::stoi(text.substr(1, 2));
  const int minutes = std::stoi(text.substr(3, 2));
  const int secs = text.size() == 7 ? std::stoi(text.substr(5, 2)) : 0;
  if (hours > 23 || minutes > 59 || secs > 59) {
    return wrong(line.line, fmt::format("{} is not an offset within a day", line.name));
  }
  const seconds size(hours * 3600 + minutes * 60 + secs);
  return text[0] == '-' ? -size : size;
}

// When an observance begins, again and again: local times by the offset before.
Result<std::vector<Change>> onsets_of(const Observance& one, Budget* steps) {
  const auto start = parse_time(one.start.value, "DTSTART");
  if (!start || start->instant) {
    return wrong(one.start.line, "DTSTART of a time zone's part is not a local time");
  }
  Recurrence when{*start, {}, {*start}, {}};
  for (const ContentLine& line : one.repeats) {
    if (line.name == "RRULE") {
      auto rule = parse_rrule(line.value);
      if (!rule) {
        rule.error().place = fmt::format("line {}", line.line);
        return std::unexpected(rule.error());
      }
      if (when.rules.size() == most_rules) return wrong(line.line, "too many rules");
      when.rules.push_back(std::move(*rule));
      continue;
    }
    std::string_view rest = line.value;
    while (!rest.empty()) {
      const std::size_t comma = std::min(rest.find(','), rest.size());
      const auto date = parse_time(rest.substr(0, comma), "RDATE");
      if (!date || when.dates.size() == most_dates) return wrong(line.line, "not a list of times");
      when.dates.push_back(*date);
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
  }
  const Schedule schedule{std::make_shared<const Zone>(Zone::utc()), std::move(when)};
  constexpr SysTime beginning{seconds(day_of(1, 1, 3) * day_seconds)};
  std::vector<Change> out;
  const auto found = occurrences(schedule, beginning, most_onsets, Budget(most_steps, steps));
  const auto count = static_cast<std::int64_t>(found.times.size());
  if (steps && !steps->take(count * steps_of_an_onset)) {
    return fail(ErrorCode::too_large, "its time zones take too many steps to work out",
                fmt::format("line {}", one.start.line),
                "use names of time zones that this machine knows, or import it in parts");
  }
  for (const Occurrence& onset : found.times) {
    out.push_back({onset.at - one.before, one.after, one.daylight, one.name});
  }
  return out;
}

Result<ZonePtr> zone_of(const std::string& name, const std::vector<Observance>& parts, int line,
                        Budget* steps) {
  std::vector<Change> changes;
  const Observance* first = nullptr;
  SysTime earliest = SysTime::max();
  for (const Observance& part : parts) {
    auto onsets = onsets_of(part, steps);
    if (!onsets) return std::unexpected(onsets.error());
    for (Change& onset : *onsets) {
      if (onset.at < earliest) {
        earliest = onset.at;
        first = &part;
      }
      changes.push_back(std::move(onset));
    }
  }
  std::set<std::tuple<seconds, bool, std::string>> kinds;
  for (const Change& change : changes)
    kinds.emplace(change.offset, change.daylight, change.abbreviation);
  if (kinds.size() > most_kinds_of_time) {
    return wrong(line, fmt::format("the time zone \"{}\" has {} kinds of time; at most {}", name,
                                   kinds.size(), most_kinds_of_time));
  }
  if (first == nullptr) return wrong(line, fmt::format("the time zone \"{}\" is empty", name));
  std::ranges::sort(changes, {}, &Change::at);
  const auto same = std::ranges::unique(changes, {}, &Change::at);
  changes.erase(same.begin(), same.end());
  if (changes.size() > most_zone_changes) changes.resize(most_zone_changes);
  changes.insert(changes.begin(), Change{{}, first->before, false, ""});
  return std::make_shared<const Zone>(Zone::of_changes(name, std::move(changes)));
}

}  // namespace

Result<void> IcalZones::add(std::span<const ContentLine> lines) {
  std::string name;
  std::vector<Observance> parts;
  for (const ContentLine& line : lines) {
    if (line.name == "TZID") name = line.value;
    if (line.name == "BEGIN" && line.value != "VTIMEZONE") {
      if (parts.size() == most_observances) return wrong(line.line, "too many parts of a zone");
      parts.push_back({});
      parts.back().daylight = line.value == "DAYLIGHT";
      parts.back().start.line = line.line;
    }
    if (parts.empty()) continue;
    Observance& part = parts.back();
    if (line.name == "DTSTART") part.start = line;
    if (line.name == "RRULE" || line.name == "RDATE") part.repeats.push_back(line);
    if (line.name == "TZNAME") part.name = unescaped(line.value);
    if (line.name != "TZOFFSETFROM" && line.name != "TZOFFSETTO") continue;
    const auto offset = offset_of(line);
    if (!offset) return std::unexpected(offset.error());
    (line.name == "TZOFFSETFROM" ? part.before : part.after) = *offset;
  }
  if (!name.empty()) described_[name] = std::move(parts);
  return {};
}

Result<ZonePtr> IcalZones::find(const std::string& name, int line) {
  if (name.empty()) return floating_;
  if (const auto found = known_.find(name); found != known_.end()) return found->second;
  // "/citadel.org/20250101_1/Europe/Berlin": the name is behind the vendor's prefix.
  std::vector<std::string> names = {name};
  if (name.starts_with('/')) {
    for (std::size_t slash = name.find('/', 1); slash != std::string::npos;
         slash = name.find('/', slash + 1)) {
      names.push_back(name.substr(slash + 1));
    }
  }
  for (const std::string& one : names) {
    if (auto zone = read_zone_(one)) return known_[name] = *zone;
  }
  const auto described = described_.find(name);
  if (described == described_.end()) {
    return wrong(line, fmt::format("the time zone \"{}\" is not known, and no VTIMEZONE says what "
                                   "it is",
                                   name.substr(0, 64)));
  }
  auto zone = zone_of(name, described->second, line, steps_);
  if (!zone) return zone;
  return known_[name] = *zone;
}

}  // namespace lazaret::calendar
