// Plans and slots out of an iCalendar file. All of it, or nothing: what cannot be taken is an error
// with its line.
#include <fmt/format.h>

#include <set>

#include "base/rng.h"
#include "base/utf8.h"
#include "calendar/icalendar.h"
#include "calendar/rrule_text.h"
#include "calendar/tzif.h"
#include "calendar/virtual_id.h"
#include "core/calendar_import.h"
#include "core/kept_time.h"
#include "core/plan_changes.h"
#include "server/calendar_inputs.h"
#include "server/calendar_views.h"
#include "wire/api_encode.h"
#include "wire/json_document.h"

namespace lazaret::server {
namespace {

using calendar::CalendarEvent;
using core::op::ImportedEvent;

constexpr std::size_t title_most = 200;
constexpr std::size_t name_most = 256;  // of a zone, and a UID
constexpr std::int64_t minutes_usual = 30;
constexpr std::int64_t steps_to_begin = 20'000;  // until a rule's first time

std::unexpected<Error> at_line(const CalendarEvent& event, Error error) {
  error.place = error.place.empty() ? fmt::format("line {}", event.line)
                                    : fmt::format("line {}, {}", event.line, error.place);
  return std::unexpected(std::move(error));
}

std::string text_of(const calendar::TimeText& time) {
  if (time.instant)
    return calendar::compact(calendar::LocalTime(time.instant->time_since_epoch())) + "Z";
  if (time.date_only) return calendar::compact_date(calendar::day_of(time.local));
  return calendar::compact(time.local);
}

// Of "stand-up (scout)", as we write it, the title.
std::string title_of(const CalendarEvent& event, const json::object* ours) {
  std::string title = event.summary;
  for (char& c : title) {
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  }
  const json::value* agent = ours ? ours->if_contains("agent") : nullptr;
  if (agent && agent->is_string()) {
    const std::string behind = fmt::format(" ({})", std::string_view(agent->get_string()));
    if (title.ends_with(behind)) title.resize(title.size() - behind.size());
    const bool none = ours->contains("title") && title.find(' ') == 4;
    if (none && (title.starts_with("plan ") || title.starts_with("slot "))) title.clear();
  }
  return std::string(utf8_cut(title, title_most));
}

class Reading {
 public:
  Reading(Context& context, Call& call) : context_(context), call_(call) {}

  Result<core::op::ImportCalendar> read() {
    const std::string text = call_.inputs.text("text");
    if (call_.inputs.has("agent")) {
      auto whose =
          calendar_agent_named(context_.fleet(), call_.inputs.text("agent"), call_.identity);
      if (!whose) return std::unexpected(whose.error());
    }
    const auto floating = read_zone(zone_name(text));
    if (!floating) return std::unexpected(floating.error());
    auto events = calendar::from_icalendar(
        text, [this](const std::string& name) { return read_zone(name); }, *floating, &others,
        &steps);
    if (!events) return std::unexpected(events.error());
    if (events->size() > core::most_imported) {
      return fail(ErrorCode::too_large,
                  fmt::format("{} events; at most {}", events->size(), core::most_imported), "text",
                  "import it in parts");
    }
    std::map<std::string, const CalendarEvent*> whole;
    for (const CalendarEvent& event : *events) {
      if (event.whole.empty()) whole[event.uid] = &event;
    }
    for (const CalendarEvent& event : *events) {
      const auto found = whole.find(event.whole);
      const CalendarEvent* series = found == whole.end() ? nullptr : found->second;
      const bool stays = series && is_plan_of_ours(*series);
      // Of others it is an exception, and no more.
      if (event.replaces && event.cancelled && !stays) continue;
      if (auto done = stays ? add_occurrence(event, *series) : add(event); !done) {
        return std::unexpected(done.error());
      }
      if (steps.spent()) return std::unexpected(core::no_steps_left(event.line));
    }
    return std::move(wish_);
  }
  std::vector<calendar::OtherPart> others;
  calendar::Budget steps{core::most_import_steps};

 private:
  // Where times name no zone: as is said, as the file says, UTC.
  std::string zone_name(std::string_view text) const {
    if (call_.inputs.has("timezone")) return call_.inputs.text("timezone");
    constexpr std::string_view said = "\nX-WR-TIMEZONE:";
    const auto at = text.find(said);
    if (at == std::string_view::npos) return "UTC";
    const auto rest = text.substr(at + said.size());
    return std::string(rest.substr(0, std::min(rest.find_first_of("\r\n"), name_most)));
  }

  Result<calendar::ZonePtr> read_zone(const std::string& name) {
    if (name == "UTC" || name == "Etc/UTC") return core::zone_of("UTC", "");
    if (!context_.services.zone_bytes) {
      return fail(ErrorCode::unsupported, "this daemon reads no time zones");
    }
    auto bytes = context_.services.zone_bytes(name);
    if (!bytes) return std::unexpected(bytes.error());
    wish_.zones[name] = core::hex_of(*bytes);
    return core::zone_of(name, wish_.zones[name]);
  }

  // The name under which its bytes are known. Two files may call different zones the same.
  Result<std::string> known_zone(const CalendarEvent& event) {
    const calendar::Zone& zone = *event.schedule.zone;
    if (zone.name() == "UTC" || wish_.zones.contains(zone.name())) return zone.name();
    if (const auto told = told_.find(zone.name()); told != told_.end()) return told->second;
    if (zone.name().size() > name_most) {
      return at_line(event,
                     {ErrorCode::too_large, "the name of its time zone is too long", {}, {}});
    }
    std::string data = core::hex_of(calendar::to_tzif(zone));
    std::string name = zone.name();
    const auto& known = context_.fleet().calendar.zones;
    if (const auto found = known.find(name); found != known.end() && found->second != data) {
      name += fmt::format(" ({:08x})", hash_text(data) & 0xffffffff);
    }
    made_.emplace(name, std::move(data));
    told_.emplace(zone.name(), name);
    return name;
  }

  Result<void> read_times(const CalendarEvent& event, ImportedEvent& out) {
    const auto& when = std::get<calendar::Recurrence>(event.schedule.when);
    auto zone = known_zone(event);
    if (!zone) return std::unexpected(zone.error());
    core::PlanDefinition& plan = out.plan;
    plan.zone = std::move(*zone);
    const auto at = calendar::instant_of(when.start, *event.schedule.zone);
    out.at = core::wall_of(at);
    if (!out.recurs && !core::can_be_kept(at)) {
      return at_line(event, {ErrorCode::invalid_input,
                             "its time cannot be kept; expected a year from 1678 to 2261",
                             {},
                             {}});
    }
    if (!out.recurs) return {};
    if (when.rules.size() > 1) {
      return at_line(event,
                     {ErrorCode::unsupported,
                      fmt::format("it has {} recurrence rules; a plan has one", when.rules.size()),
                      {},
                      "make an event of each"});
    }
    // Only dates: the first of them, once, and the others.
    plan.rule = when.rules.empty() ? "FREQ=DAILY;COUNT=1"
                                   : calendar::to_text(when.rules[0], *event.schedule.zone);
    plan.start = text_of(when.start);
    const auto dates = when.dates.size() + when.exceptions.size();
    if (!steps.take(static_cast<std::int64_t>(dates) * core::steps_of_a_date)) {
      return std::unexpected(core::no_steps_left(event.line));
    }
    for (const auto& date : when.dates) plan.dates.push_back(text_of(date));
    for (const auto& date : when.exceptions) plan.exceptions.push_back(text_of(date));
    // Other programs begin with the start, also where the rule has another day.
    calendar::Schedule rule_only = event.schedule;
    auto& bare = std::get<calendar::Recurrence>(rule_only.when);
    bare.dates.clear();
    bare.exceptions.clear();
    const auto first = calendar::occurrences(rule_only, at, 1, one_look()).times;
    if (!first.empty() && first[0].at != at) plan.dates.push_back(plan.start);
    // Cut short before it began: how some programs delete a series.
    const auto until = when.rules.empty() ? std::nullopt : when.rules[0].until;
    const bool never = until && calendar::instant_of(*until, *event.schedule.zone) < at;
    if (never && when.dates.empty()) out.cancelled = true;
    return {};
  }

  calendar::Budget one_look() { return calendar::Budget(steps_to_begin, &steps); }

  // We wrote it: what is said of single occurrences is said of its plan's.
  static bool is_plan_of_ours(const CalendarEvent& event) {
    return !event.extra.empty() ||
           (event.uid.starts_with("plan-") && event.uid.ends_with("@lazaret"));
  }

  // What we wrote beside the event, with whose it becomes.
  Result<std::optional<json::object>> ours_of(const CalendarEvent& event) const {
    if (event.extra.empty()) return std::nullopt;
    boost::system::error_code error;
    auto value = json::parse(event.extra, error);
    if (error || !value.is_object()) {
      return at_line(
          event,
          {ErrorCode::invalid_input, "X-LAZARET is not as we wrote it", {}, "leave that line out"});
    }
    return std::move(value.get_object());
  }

  Result<void> read_ours(const CalendarEvent& event, json::object ours, ImportedEvent& out) {
    std::string body = event.extra;
    const bool changed = ours.erase("called_off") != 0;
    if (call_.inputs.has("agent")) ours["agent"] = call_.inputs.text("agent");
    if (changed || call_.inputs.has("agent")) body = wire::json_document(ours);
    const auto inputs =
        wire::check_inputs(*wire::find_operation("plan.add"), {{}, {}, body, "application/json"});
    if (!inputs) return at_line(event, inputs.error().error);
    const core::PlanDefinition as_written = out.plan;
    const bool pattern = is_pattern(ours);
    if (pattern) {
      out.plan.rule = out.plan.start = "";
      out.plan.dates.clear();
      out.plan.exceptions.clear();
    }
    auto read = out.recurs ? read_plan(context_, *inputs, call_.identity, out.plan)
                           : read_work(context_, *inputs, call_.identity, out.plan.work);
    if (!read) return at_line(event, read.error());
    out.plan.work.title = as_written.work.title;
    out.is_ours = true;
    if (!out.recurs || !pattern) return {};
    const auto data = zone_data(context_, out.plan.zone);
    if (!data) return at_line(event, data.error());
    auto& zone = zones_[out.plan.zone];
    if (!zone) {
      auto made = core::zone_of(out.plan.zone, *data);
      if (!made) return at_line(event, made.error());
      zone = std::move(*made);
    }
    const auto schedule =
        core::checked_schedule(out.plan, zone, calendar::Budget(calendar::most_steps, &steps));
    if (steps.spent()) return std::unexpected(core::no_steps_left(event.line));
    if (!schedule) return at_line(event, schedule.error());
    if (core::same_times(event.schedule, *schedule, context_.loop.now().wall, &steps)) {
      wish_.zones[out.plan.zone] = *data;
    } else {
      core::take_times(out.plan, as_written);  // somebody has moved it
    }
    return {};
  }

  static bool is_pattern(const json::object& ours) {
    return ours.contains("cron") || ours.contains("oncalendar");
  }

  // One of ours as it was before single occurrences were taken out of it; those that were called
  // off are events of their own here, as others would say it.
  static Result<std::vector<ImportedEvent>> take_changes(CalendarEvent& event,
                                                         const json::object& ours) {
    auto& when = std::get<calendar::Recurrence>(event.schedule.when);
    when.exceptions.resize(when.exceptions.size() -
                           std::min(event.replaced, when.exceptions.size()));
    std::vector<ImportedEvent> out;
    const json::value* off = ours.if_contains("called_off");
    const json::array none;
    const json::array& names = off && off->is_array() ? off->get_array() : none;
    if (names.size() > core::changes_most) {
      return at_line(event, {ErrorCode::too_large, "too many occurrences were called off", {}, {}});
    }
    std::set<calendar::LocalTime> times;
    for (const json::value& one : names) {
      const auto which = calendar::parse_virtual_id(
          "plan-0-" + (one.is_string() ? std::string(one.get_string()) : std::string()));
      if (!which) return at_line(event, which.error());
      ImportedEvent gone;
      gone.line = event.line;
      gone.whole = event.uid;
      gone.occurrence = calendar::occurrence_name(which->nominal, which->second);
      gone.uid = gone.whole + '/' + gone.occurrence;
      gone.cancelled = true;
      out.push_back(std::move(gone));
      times.insert(which->nominal);
    }
    std::erase_if(when.exceptions, [&](const calendar::TimeText& other) {
      return times.contains(nominal_of(event, other));
    });
    return out;
  }

  // Of the series, as its plan names the occurrence that is meant.
  static calendar::LocalTime nominal_of(const CalendarEvent& series,
                                        const calendar::TimeText& which) {
    const auto& start = std::get<calendar::Recurrence>(series.schedule.when).start;
    if (!which.date_only) return calendar::local_of(which, *series.schedule.zone);
    return which.local + calendar::seconds(calendar::second_of_day(start.local));
  }

  Result<void> add_occurrence(const CalendarEvent& event, const CalendarEvent& series) {
    calendar::TimeText which = *event.replaces;
    if (!which.date_only && event.schedule.zone != series.schedule.zone) {
      which.instant = calendar::instant_of(which, *event.schedule.zone);
    }
    const auto nominal = nominal_of(series, which);
    const auto there = series.schedule.zone->resolve(nominal);
    const bool second =
        which.instant && there.kind == calendar::LocalKind::fold && *which.instant == there.second;
    ImportedEvent out;
    out.whole = event.whole;
    out.occurrence = calendar::occurrence_name(nominal, second);
    CalendarEvent one = event;
    one.uid = event.whole + '/' + out.occurrence;
    // Programs that know nothing of ours drop what we wrote beside it; whose it is they keep.
    auto ours = ours_of(event.extra.empty() ? series : event);
    if (!ours) return std::unexpected(ours.error());
    auto& when = std::get<calendar::Recurrence>(one.schedule.when);
    when.rules.clear();
    when.dates.clear();
    return add_read(one, *ours, std::move(out));
  }

  Result<void> add(const CalendarEvent& event) {
    auto ours = ours_of(event);
    if (!ours) return std::unexpected(ours.error());
    if (!is_plan_of_ours(event)) return add_read(event, *ours, {});
    CalendarEvent whole = event;
    auto called_off = take_changes(whole, ours->value_or(json::object()));
    if (!called_off) return std::unexpected(called_off.error());
    if (auto done = add_read(whole, *ours, {}); !done) return done;
    for (ImportedEvent& gone : *called_off) {
      gone.plan.work = wish_.events.back().plan.work;
      gone.plan.zone = "UTC";
      wish_.events.push_back(std::move(gone));
    }
    return {};
  }

  // Whose it is: as the request says, else as we wrote it.
  Result<void> read_agent(const CalendarEvent& event, const json::object* ours,
                          core::SlotWork& work) const {
    std::string name = call_.inputs.text("agent");
    const json::value* said = ours ? ours->if_contains("agent") : nullptr;
    if (name.empty() && said && said->is_string()) name = std::string(said->get_string());
    if (name.empty()) {
      return at_line(
          event,
          {ErrorCode::invalid_input, "it does not say whose it is", {}, "name the agent: --agent"});
    }
    const auto whose = calendar_agent_named(context_.fleet(), name, call_.identity);
    if (!whose) return std::unexpected(whose.error());
    work.agent = whose->agent;
    work.own = whose->own;
    return {};
  }

  Result<void> add_read(const CalendarEvent& event, const std::optional<json::object>& ours,
                        ImportedEvent out) {
    if (event.uid.size() > name_most) {
      return at_line(event, {ErrorCode::too_large, "its UID is too long", {}, {}});
    }
    out.line = event.line;
    out.uid = event.uid;
    out.whole = event.whole;
    out.cancelled = event.cancelled;
    core::SlotWork& work = out.plan.work;
    work.title = title_of(event, ours ? &*ours : nullptr);
    work.prompt = event.description;
    const auto& when = std::get<calendar::Recurrence>(event.schedule.when);
    work.minutes = (event.duration.count() + 59) / 60;
    if (work.minutes == 0) work.minutes = when.start.date_only ? 24 * 60 : minutes_usual;
    // What was left of a pattern may be a single date.
    out.recurs = !when.rules.empty() || !when.dates.empty() ||
                 (ours && is_pattern(*ours) && out.occurrence.empty());
    if (auto done = read_times(event, out); !done) return done;
    if (ours && !event.extra.empty()) {
      if (auto done = read_ours(event, *ours, out); !done) return done;
    } else if (auto done = read_agent(event, ours ? &*ours : nullptr, work); !done) {
      return done;
    }
    if (const auto made = made_.find(out.plan.zone); made != made_.end()) {
      wish_.zones.insert(*made);
    }
    wish_.events.push_back(std::move(out));
    return {};
  }

  Context& context_;
  Call& call_;
  core::op::ImportCalendar wish_;
  std::map<std::string, std::string> made_;         // zones that no file on this machine describes
  std::map<std::string, calendar::ZonePtr> zones_;  // of patterns
  std::map<std::string, std::string> told_;         // what the file calls these
};

json::object step_json(const core::ImportStep& step) {
  const bool is_slot = !step.is_plan;
  return {{"line", step.event->line},
          {"uid", step.event->uid},
          {"title", step.event->plan.work.title},
          {"agent", step.event->plan.work.agent},
          {"what", step.is_plan ? "plan" : "slot"},
          {"became", to_word(step.act)},
          {"id", step.id == 0 ? json::value(nullptr) : json::value(step.id)},
          {"at", is_slot ? wire::api_time(step.event->at) : json::value(nullptr)},
          {"reason", step.reason.empty() ? json::value(nullptr) : json::value(step.reason)}};
}

json::object import_json(const std::vector<core::ImportStep>& steps,
                         const std::vector<calendar::OtherPart>& others, bool dry) {
  std::map<std::string_view, int> counts;
  for (const auto word : enum_words(core::ImportAct{})) counts[word] = 0;
  json::array list;
  for (const core::ImportStep& step : steps) {
    ++counts[to_word(step.act)];
    list.push_back(step_json(step));
  }
  for (const calendar::OtherPart& other : others) {
    ++counts["left_out"];
    list.push_back({{"line", other.line},
                    {"uid", ""},
                    {"title", ""},
                    {"agent", ""},
                    {"what", other.name},
                    {"became", "left_out"},
                    {"id", nullptr},
                    {"at", nullptr},
                    {"reason", "it is no event"}});
  }
  json::object out{{"dry_run", dry}, {"events", std::move(list)}};
  for (const auto& [word, count] : counts) out[word] = count;
  return out;
}

void import_calendar(Context& context, Call& call) {
  Reading reading(context, call);
  auto wish = reading.read();
  if (!wish) return call.reply.fail(wish.error());
  const auto steps =
      core::import_steps(context.fleet(), *wish, context.loop.now().wall, reading.steps);
  if (!steps) return call.reply.fail(steps.error());
  const bool dry = call.inputs.truth("dry_run").value_or(false);
  json::object answer = import_json(*steps, reading.others, dry);
  if (dry) return call.reply.ok(answer);
  // Decided at once, on this fleet: what it says is what becomes of it.
  submit(context, call, std::move(*wish),
         [answer](Context&, const core::Granted&) { return json_answer(200, answer); });
}

}  // namespace

void add_calendar_import_handlers(Handlers& handlers) {
  handlers["calendar.import"] = import_calendar;
}

}  // namespace lazaret::server
