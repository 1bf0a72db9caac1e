#include "calendar/zone.h"

#include <algorithm>

#include "base/invariant.h"
#include "base/rng.h"
#include "calendar/posix_tz.h"
#include "calendar/tzif.h"

namespace lazaret::calendar {
namespace {

// Before and after everything, with room for sums.
constexpr SysTime beginning_of_time{seconds(-(std::int64_t{1} << 55))};
constexpr SysTime end_of_time{seconds(std::int64_t{1} << 55)};
constexpr seconds cycle{gregorian_cycle * day_seconds};
constexpr seconds widest = std::chrono::hours(26);  // no offset is further from UTC

int year_of(SysTime t) {
  return date_of(floor_div(t.time_since_epoch().count(), day_seconds)).year;
}

}  // namespace

Zone Zone::utc() {
  Zone zone;
  zone.name_ = "UTC";
  zone.changes_.push_back({beginning_of_time, seconds(0), false, "UTC"});
  zone.hash_ = hash_text("UTC");
  return zone;
}

Zone Zone::of_changes(std::string name, std::vector<Change> changes) {
  LAZARET_ASSERT(!changes.empty());
  Zone zone;
  zone.name_ = std::move(name);
  zone.hash_ = hash_text(zone.name_);
  for (const Change& change : changes) {
    zone.hash_ = mix(zone.hash_ ^ static_cast<std::uint64_t>(change.at.time_since_epoch().count()));
    zone.hash_ = mix(zone.hash_ ^ static_cast<std::uint64_t>(change.offset.count()));
  }
  zone.changes_ = std::move(changes);
  zone.changes_.front().at = beginning_of_time;
  return zone;
}

Result<Zone> Zone::from_tzif(std::string name, std::string_view bytes) {
  auto read = read_tzif(bytes);
  if (!read) {
    read.error().place = name + (read.error().place.empty() ? "" : ":" + read.error().place);
    return std::unexpected(read.error());
  }
  Zone zone;
  zone.name_ = std::move(name);
  zone.hash_ = hash_text(bytes);
  zone.changes_ = std::move(read->changes);
  zone.changes_.front().at = beginning_of_time;
  if (!read->footer.empty()) {
    const auto rule = parse_posix_tz(read->footer);
    if (!rule) return std::unexpected(rule.error());
    const bool listed = zone.changes_.size() > 1;
    zone.go_on_by(*rule, listed ? zone.changes_.back().at : beginning_of_time);
  }
  return zone;
}

void Zone::go_on_by(const PosixTz& rule, SysTime after) {
  if (!rule.daylight) return;  // the last change of the file says the same
  const auto& daylight = *rule.daylight;
  const int from = after == beginning_of_time ? 1900 : year_of(after);
  for (int year = from; year <= from + 403; ++year) {
    Change on{SysTime((daylight.begins.in(year)-rule.standard_offset).time_since_epoch()),
              daylight.offset, true, daylight.name};
    Change off{SysTime((daylight.ends.in(year)-daylight.offset).time_since_epoch()),
               rule.standard_offset, false, rule.standard_name};
    if (off.at < on.at) std::swap(on, off);
    for (Change& change : {std::ref(on), std::ref(off)}) {
      if (change.at > after && change.at > changes_.back().at) {
        changes_.push_back(std::move(change));
      }
    }
  }
  repeats_ = true;
  repeats_from_ = SysTime(seconds(day_of(from + 402, 1, 1) * day_seconds));
}

std::pair<std::size_t, std::int64_t> Zone::find(SysTime t) const {
  std::int64_t cycles = 0;
  if (repeats_ && t >= repeats_from_) {
    cycles = (t - repeats_from_) / cycle + 1;
    t -= cycles * cycle;
  }
  const auto after = std::ranges::upper_bound(changes_, t, {}, &Change::at);
  const auto index = after == changes_.begin() ? 0 : after - changes_.begin() - 1;
  return {static_cast<std::size_t>(index), cycles};
}

Span Zone::span_at(SysTime t) const {
  const auto [index, cycles] = find(t);
  const Change& change = changes_[index];
  const bool last = index + 1 == changes_.size();
  return {index == 0 ? beginning_of_time : change.at + cycles * cycle,
          last ? end_of_time : changes_[index + 1].at + cycles * cycle, change.offset,
          change.daylight};
}

const std::string& Zone::abbreviation_at(SysTime t) const {
  return changes_[find(t).first].abbreviation;
}

Resolved Zone::resolve(LocalTime t) const {
  const SysTime as_utc(t.time_since_epoch());
  Span span = span_at(as_utc - widest);
  if (span.end > as_utc + widest) return {LocalKind::unique, as_utc - span.offset, {}, {}};
  Resolved gap;
  Resolved found;
  int candidates = 0;
  for (;;) {
    const SysTime at = as_utc - span.offset;
    if (at >= span.begin && at < span.end) {
      (candidates == 0 ? found.first : found.second) = at;
      ++candidates;
    }
    if (span.end > as_utc + widest) break;
    const Span next = span_at(span.end);
    if (at >= span.end && as_utc - next.offset < span.end) {
      gap = {LocalKind::gap, at, as_utc - next.offset, span.end};
    }
    span = next;
  }
  if (candidates == 0) return gap;
  found.kind = candidates == 1 ? LocalKind::unique : LocalKind::fold;
  return found;
}

}  // namespace lazaret::calendar
