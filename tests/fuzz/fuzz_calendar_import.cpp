// A whole import: the text of a calendar file, and behind the first NUL the TZif bytes of the zone
// that it calls Fuzz/Zone. What becomes of it is decided, and the same file says nothing new then.
#include <algorithm>
#include <map>

#include "base/invariant.h"
#include "calendar/icalendar.h"
#include "calendar/rrule_text.h"
#include "calendar/tzif.h"
#include "calendar/virtual_id.h"
#include "core/calendar_import.h"
#include "core/decide.h"
#include "core/kept_time.h"
#include "core/plan_changes.h"
#include "fuzz.h"

using namespace lazaret;

namespace {

constexpr std::int64_t steps_most = 20'000;
const Stamp now{Instant(std::chrono::seconds(1'000)),
                WallTime(std::chrono::sys_days(std::chrono::year(2026) / 9 / 1))};

core::Answer ask(core::Fleet& fleet, core::Operation operation) {
  const core::Caller who{core::CallerKind::operator_, "fuzz", std::nullopt, {}};
  return *core::decide(fleet, {now, core::event::Requested{{1, who, std::move(operation)}}}).answer;
}

std::string text_of(const calendar::TimeText& time) {
  if (time.date_only) return calendar::compact_date(calendar::day_of(time.local));
  if (!time.instant) return calendar::compact(time.local);
  return calendar::compact(calendar::LocalTime(time.instant->time_since_epoch())) + "Z";
}

core::ImportedEvent wanted(const calendar::CalendarEvent& event,
                           const calendar::CalendarEvent* whole,
                           std::map<std::string, std::string>& zones) {
  const auto& when = std::get<calendar::Recurrence>(event.schedule.when);
  const calendar::Zone& zone = *event.schedule.zone;
  core::ImportedEvent out;
  out.line = event.line;
  out.uid = event.uid;
  out.whole = event.whole;
  out.cancelled = event.cancelled;
  out.plan.work.agent = "x";
  out.plan.work.title = event.summary;
  out.plan.work.prompt = event.description;
  out.at = core::wall_of(instant_of(when.start, zone));
  out.recurs = !when.rules.empty() || !when.dates.empty();
  out.plan.zone = zone.name();
  if (zone.name() != "UTC") zones[zone.name()] = core::hex_of(calendar::to_tzif(zone));
  out.plan.rule =
      when.rules.empty() ? "FREQ=DAILY;COUNT=1" : calendar::to_text(when.rules[0], zone);
  out.plan.start = text_of(when.start);
  for (const auto& date : when.dates) out.plan.dates.push_back(text_of(date));
  for (const auto& date : when.exceptions) out.plan.exceptions.push_back(text_of(date));
  // Every other plan is taken for one of ours: what replaces its occurrences stays one of them.
  if (!whole || event.whole.size() % 2 == 0) return out;
  const calendar::Zone& theirs = *whole->schedule.zone;
  const auto at = instant_of(*event.replaces, zone);
  out.occurrence = calendar::occurrence_name(theirs.local(at), false);
  out.recurs = false;
  return out;
}

bool is_news(const core::ImportStep& step) { return step.act == core::ImportAct::made; }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = fuzz::text_of(data, size);
  const std::size_t nul = std::min(input.find('\0'), input.size());
  const std::string bytes(input.substr(std::min(nul + 1, input.size())));
  const auto read_zone = [&](const std::string& name) -> Result<calendar::ZonePtr> {
    if (name != "Fuzz/Zone") return fail(ErrorCode::not_found, "no such zone");
    auto zone = calendar::Zone::from_tzif(name, bytes);
    if (!zone) return std::unexpected(zone.error());
    return std::make_shared<const calendar::Zone>(std::move(*zone));
  };
  calendar::Budget steps(steps_most);
  const auto utc = std::make_shared<const calendar::Zone>(calendar::Zone::utc());
  const auto read = calendar::from_icalendar(input.substr(0, nul), read_zone, utc, nullptr, &steps);
  if (!read) {
    LAZARET_ASSERT(!read.error().message.empty());
    return 0;
  }
  std::map<std::string, const calendar::CalendarEvent*> whole;
  for (const auto& event : *read) {
    if (event.whole.empty()) whole[event.uid] = &event;
  }
  core::op::ImportCalendar wish;
  for (const auto& event : *read) {
    const auto found = whole.find(event.whole);
    wish.events.push_back(
        wanted(event, found == whole.end() ? nullptr : found->second, wish.zones));
  }
  core::Fleet fleet;
  core::decide(fleet, {now, core::event::DaemonStarted{1, "boot", "fuzz"}});
  core::decide(fleet, {now, core::event::AdoptionFinished{}});
  LAZARET_ASSERT(ask(fleet, core::op::RegisterCalendarAgent{"x", "n", "UTC", ""}).has_value());
  const auto before = core::import_steps(fleet, wish, now.wall, steps);
  if (!before) {
    LAZARET_ASSERT(!before.error().message.empty());
    return 0;
  }
  const auto made = std::ranges::count_if(*before, is_news);
  LAZARET_ASSERT(ask(fleet, wish).has_value());  // what was looked at is what is done
  LAZARET_ASSERT(static_cast<std::size_t>(made) <=
                 fleet.calendar.plans.size() + fleet.calendar.slots.size());
  const auto after = core::import_steps(fleet, wish, now.wall);
  LAZARET_ASSERT(after.has_value() && std::ranges::none_of(*after, is_news));
  for (const auto& [plan, changes] : core::plan_changes(fleet.calendar)) {
    for (const core::PlanChange& change : changes) LAZARET_ASSERT(change.slot->plan == plan);
  }
  return 0;
}
