// Plans, slots and the agents of the calendar.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "calendar/time_text.h"
#include "core/slot_view.h"
#include "server/calendar_views.h"
#include "server/context.h"
#include "wire/api_encode.h"
#include "wire/json_document.h"

namespace lazaret::server {
namespace {

constexpr std::size_t next_in_lists = 1;
constexpr std::size_t next_of_one = 10;
constexpr std::size_t slots_usual = 500;

// The bytes of the zone in hex, as operations carry them; UTC needs none.
Result<std::string> zone_data(Context& context, const std::string& name) {
  if (name == "UTC") return std::string();
  if (!context.services.zone_bytes) {
    return fail(ErrorCode::unsupported, "this daemon reads no time zones");
  }
  auto bytes = context.services.zone_bytes(name);
  if (bytes) return core::hex_of(*bytes);
  bytes.error().place = "body /timezone";
  return std::unexpected(bytes.error());
}

// What is said takes the place of what was there.
struct Reader {
  const wire::Inputs& inputs;

  void text(std::string_view name, std::string& out) const {
    if (inputs.has(name)) out = inputs.text(name);
  }
  template <class E>
  void word(std::string_view name, E& out) const {
    if (inputs.has(name)) out = *from_word<E>(inputs.text(name));
  }
  void whole(std::string_view name, std::int64_t& out) const {
    if (const auto number = inputs.number(name)) out = static_cast<std::int64_t>(*number);
  }
  Result<void> dates(std::string_view name, std::vector<std::string>& out) const {
    if (!inputs.has(name)) return {};
    out.clear();
    for (const json::value& one : wire::json_of(inputs.raw(name)).as_array()) {
      if (!one.is_string()) {
        return fail(ErrorCode::invalid_input,
                    fmt::format("\"{}\" holds something else than texts", name),
                    fmt::format("body /{}", name), "[\"20260101T090000\"]");
      }
      out.emplace_back(one.as_string());
    }
    return {};
  }
};

Result<void> read_work(Context& context, const Call& call, core::SlotWork& work) {
  const Reader read{call.inputs};
  if (call.inputs.has("agent")) {
    const auto whose =
        calendar_agent_named(context.fleet(), call.inputs.text("agent"), call.identity);
    if (!whose) return std::unexpected(whose.error());
    work.agent = whose->agent;
    work.own = whose->own;
  }
  read.text("title", work.title);
  read.text("prompt", work.prompt);
  read.word("slot_type", work.type);
  read.whole("estimated_duration", work.minutes);
  read.whole("priority", work.priority);
  read.word("event_type", work.event);
  if (call.inputs.has("event_data")) {
    work.event_data = call.inputs.raw("event_data");
    if (work.event_data.size() > wire::event_data_most) {
      return fail(
          ErrorCode::too_large,
          fmt::format("{} bytes; at most {}", work.event_data.size(), wire::event_data_most),
          "body /event_data");
    }
  }
  return {};
}

Result<void> read_rule(Context& context, const Call& call, core::PlanDefinition& plan) {
  constexpr std::pair<std::string_view, core::RuleKind> kinds[] = {
      {"rrule", core::RuleKind::rrule},
      {"cron", core::RuleKind::cron},
      {"oncalendar", core::RuleKind::on_calendar}};
  int said = 0;
  for (const auto& [name, kind] : kinds) {
    if (!call.inputs.has(name)) continue;
    ++said;
    plan.kind = kind;
    plan.rule = call.inputs.text(name);
  }
  if (said > 1 || plan.rule.empty()) {
    return fail(ErrorCode::invalid_input,
                said > 1 ? "there is more than one rule" : "there is no rule", "body",
                "say one of rrule, cron and oncalendar");
  }
  if (plan.kind == core::RuleKind::rrule && plan.start.empty()) {
    const auto now = std::chrono::floor<std::chrono::seconds>(context.loop.now().wall);
    const auto data = zone_data(context, plan.zone);
    if (!data) return std::unexpected(data.error());
    const auto zone = core::zone_of(plan.zone, *data);
    if (!zone) return std::unexpected(zone.error());
    plan.start = calendar::compact((*zone)->local(now));
  }
  return {};
}

Result<void> read_plan(Context& context, const Call& call, core::PlanDefinition& plan) {
  const Reader read{call.inputs};
  if (auto done = read_work(context, call, plan.work); !done) return done;
  read.text("start", plan.start);
  read.text("timezone", plan.zone);
  if (auto done = read.dates("dates", plan.dates); !done) return done;
  if (auto done = read.dates("exceptions", plan.exceptions); !done) return done;
  read.word("gap", plan.gap);
  read.word("fold", plan.fold);
  read.word("missed", plan.missed);
  read.whole("within_seconds", plan.within_seconds);
  read.word("overlap", plan.overlap);
  read.whole("jitter_seconds", plan.jitter_seconds);
  read.whole("pause_after_failures", plan.pause_after_failures);
  return read_rule(context, call, plan);
}

const core::Plan* named_plan(Context& context, Call& call) {
  const auto id = static_cast<std::int64_t>(call.inputs.whole("plan").value_or(0));
  const auto found = context.fleet().calendar.plans.find(id);
  if (found != context.fleet().calendar.plans.end()) return &found->second;
  call.reply.fail(
      {ErrorCode::not_found, fmt::format("no plan {}", id), "path plan", "lazaret plan ls"});
  return nullptr;
}

bool is_of(const core::SlotWork& work, const std::optional<Whose>& only) {
  return !only || work.agent == only->agent;
}

// The agent that the query names; false: it is not known, and that is said.
bool only_agent(Context& context, Call& call, std::optional<Whose>& only) {
  if (!call.inputs.has("agent")) return true;
  auto whose = calendar_agent_named(context.fleet(), call.inputs.text("agent"), call.identity);
  if (!whose) {
    call.reply.fail(whose.error());
    return false;
  }
  only = std::move(*whose);
  return true;
}

void list_plans(Context& context, Call& call) {
  std::optional<Whose> only;
  if (!only_agent(context, call, only)) return;
  const WallTime now = context.loop.now().wall;
  send_page(call, "plans", [&](const std::string& after, const Take& take) {
    for (const auto& [id, plan] : context.fleet().calendar.plans) {
      const std::string key = fmt::format("{:012}", id);
      if (!is_of(plan.definition.work, only) || (!after.empty() && key <= after)) continue;
      if (!take(key, plan_json(context.fleet(), plan, now, next_in_lists))) return;
    }
  });
}

void show_plan(Context& context, Call& call) {
  const core::Plan* plan = named_plan(context, call);
  if (!plan) return;
  call.reply.ok(plan_json(context.fleet(), *plan, context.loop.now().wall, next_of_one));
}

Answer plan_answer(Context& context, const core::Granted& granted, int status) {
  const auto found = context.fleet().calendar.plans.find(std::stoll(granted.id));
  if (found == context.fleet().calendar.plans.end()) return done_answer(granted, status);
  return json_answer(
      status, plan_json(context.fleet(), found->second, context.loop.now().wall, next_of_one));
}

void define_plan(Context& context, Call& call, std::int64_t id, core::PlanDefinition plan) {
  if (auto read = read_plan(context, call, plan); !read) return call.reply.fail(read.error());
  auto data = zone_data(context, plan.zone);
  if (!data) return call.reply.fail(data.error());
  submit(context, call, core::op::DefinePlan{id, std::move(plan), std::move(*data)},
         [status = call.operation.success](Context& ctx, const core::Granted& granted) {
           return plan_answer(ctx, granted, status);
         });
}

std::string clock_text(calendar::LocalTime t) {
  return calendar::with_offset(t, {}).substr(0, 19);  // 2026-03-29T02:30:00
}

// What a reader would stumble over; empty = nothing.
std::string note_of(const calendar::Zone& zone, const calendar::Occurrence& one,
                    std::optional<calendar::seconds> before) {
  if (one.in_gap) {
    return fmt::format("clocks skip this time; they show {} then",
                       clock_text(zone.local(one.at)).substr(11, 5));
  }
  if (zone.resolve(one.nominal).kind == calendar::LocalKind::fold) {
    return fmt::format("clocks show this time twice; this is the {}",
                       one.second ? "second" : "first");
  }
  if (!before || *before == one.offset) return {};
  return fmt::format("the clocks were changed: {} now, {} before",
                     calendar::offset_text(one.offset, true), calendar::offset_text(*before, true));
}

void preview_plan(Context& context, Call& call) {
  core::PlanDefinition plan;
  if (auto read = read_plan(context, call, plan); !read) return call.reply.fail(read.error());
  const auto data = zone_data(context, plan.zone);
  if (!data) return call.reply.fail(data.error());
  const auto zone = core::zone_of(plan.zone, *data);
  if (!zone) return call.reply.fail(zone.error());
  const auto schedule = core::schedule_of(plan, *zone);
  if (!schedule) return call.reply.fail(schedule.error());
  const auto from = std::chrono::ceil<std::chrono::seconds>(context.loop.now().wall);
  const auto found =
      calendar::occurrences(*schedule, from, call.inputs.whole("count").value_or(next_of_one));
  json::array times;
  std::optional<calendar::seconds> before;
  for (const calendar::Occurrence& one : found.times) {
    const std::string note = note_of(**zone, one, before);
    times.push_back({{"at", wire::api_time(one.at)},
                     {"local_time", clock_text(one.nominal)},
                     {"offset", calendar::offset_text(one.offset, true)},
                     {"note", note.empty() ? json::value(nullptr) : json::value(note)}});
    before = one.offset;
  }
  call.reply.ok(json::object{
      {"times", std::move(times)}, {"timezone", plan.zone}, {"stop", to_word(found.stop)}});
}

void add_plan(Context& context, Call& call) { define_plan(context, call, 0, {}); }

void edit_plan(Context& context, Call& call) {
  const core::Plan* plan = named_plan(context, call);
  if (plan) define_plan(context, call, plan->id, plan->definition);
}

void pause_plan(Context& context, Call& call) {
  const core::Plan* plan = named_plan(context, call);
  if (!plan) return;
  submit(context, call,
         core::op::PausePlan{plan->id, call.operation.name == "plan.pause",
                             call.inputs.text("reason")});
}

void remove_plan(Context& context, Call& call) {
  const core::Plan* plan = named_plan(context, call);
  if (plan) submit(context, call, core::op::RemovePlan{plan->id, ""});
}

void list_slots(Context& context, Call& call) {
  std::optional<Whose> only;
  if (!only_agent(context, call, only)) return;
  const WallTime now = context.loop.now().wall;
  const WallTime from = call.inputs.time("from").value_or(now - std::chrono::hours(24));
  const WallTime until = call.inputs.time("until").value_or(now + std::chrono::hours(24 * 7));
  const std::size_t most = call.inputs.whole("limit").value_or(slots_usual);
  const core::Calendar& calendar = context.fleet().calendar;
  std::set<std::string> agents;
  if (only) agents.insert(only->agent);
  if (!only) {
    for (const auto& [agent, ids] : calendar.of_agent) agents.insert(agent);
    for (const auto& [agent, ids] : calendar.plans_of_agent) agents.insert(agent);
  }
  std::vector<core::Slot> slots;
  for (const std::string& agent : agents) {
    for (auto& slot : core::slots_between(calendar, agent, from, until, most)) {
      slots.push_back(std::move(slot));
    }
  }
  std::ranges::sort(slots, {},
                    [](const core::Slot& one) { return std::tie(one.at, one.id, one.virtual_id); });
  const bool cut = slots.size() > most;
  if (cut) slots.resize(most);
  json::array out;
  for (const core::Slot& slot : slots) out.push_back(slot_json(context.fleet(), slot));
  call.reply.ok(json::object{{"slots", std::move(out)}, {"more", cut}});
}

std::optional<core::Slot> named_slot(Context& context, Call& call) {
  const std::string ident = call.inputs.text("slot");
  const core::Calendar& calendar = context.fleet().calendar;
  if (const core::Slot* known = core::find_slot(calendar, ident)) return *known;
  auto virtual_one = core::find_virtual_slot(calendar, ident);
  if (virtual_one) return std::move(*virtual_one);
  call.reply.fail(virtual_one.error());
  return std::nullopt;
}

void show_slot(Context& context, Call& call) {
  if (const auto slot = named_slot(context, call)) {
    call.reply.ok(slot_json(context.fleet(), *slot));
  }
}

Granted slot_answer(int status) {
  return [status](Context& ctx, const core::Granted& granted) {
    const core::Slot* slot = core::find_slot(ctx.fleet().calendar, granted.id);
    if (!slot) return done_answer(granted, status);
    return json_answer(status, slot_json(ctx.fleet(), *slot));
  };
}

void define_slot(Context& context, Call& call, core::op::DefineSlot define) {
  if (auto read = read_work(context, call, define.work); !read) {
    return call.reply.fail(read.error());
  }
  if (const auto at = call.inputs.time("at")) define.at = *at;
  submit(context, call, std::move(define), slot_answer(call.operation.success));
}

void add_slot(Context& context, Call& call) { define_slot(context, call, {}); }

void edit_slot(Context& context, Call& call) {
  const auto slot = named_slot(context, call);
  if (slot) define_slot(context, call, {call.inputs.text("slot"), slot->work, slot->at});
}

void set_slot(Context& context, Call& call) {
  core::op::ChangeSlot change{.ident = call.inputs.text("slot"),
                              .by_agent = {},
                              .status = *from_word<core::SlotStatus>(call.inputs.text("status")),
                              .started_at = {},
                              .reason = call.inputs.text("reason")};
  if (call.identity.agent) change.by_agent = calendar_name(*call.identity.agent);
  submit(context, call, std::move(change), slot_answer(200));
}

WallTime heard_at(Context& context, const std::string& agent) {
  const auto* entry = context.loop.beats().find({core::calendar_cell, AgentId(agent)});
  return entry ? entry->last_beat_wall : WallTime{};
}

void list_agents(Context& context, Call& call) {
  send_page(call, "agents", [&](const std::string& after, const Take& take) {
    for (const auto& [id, agent] : context.fleet().calendar.agents) {
      if (!after.empty() && id <= after) continue;
      if (!take(id, calendar_agent_json(agent, heard_at(context, id)))) return;
    }
  });
}

void register_agent(Context& context, Call& call) {
  std::string zone = call.inputs.has("timezone") ? call.inputs.text("timezone") : "UTC";
  auto data = zone_data(context, zone);
  if (!data) return call.reply.fail(data.error());
  submit(context, call,
         core::op::RegisterCalendarAgent{call.inputs.text("agent"),
                                         call.inputs.text("claw_identifier"), std::move(zone),
                                         std::move(*data)},
         [](Context& ctx, const core::Granted& granted) {
           const auto& agents = ctx.fleet().calendar.agents;
           return json_answer(
               201, calendar_agent_json(agents.at(granted.id), heard_at(ctx, granted.id)));
         });
}

void remove_agent(Context& context, Call& call) {
  submit(context, call, core::op::RemoveCalendarAgent{call.inputs.text("agent")});
}

}  // namespace

void add_calendar_handlers(Handlers& handlers) {
  handlers["plan.list"] = list_plans;
  handlers["plan.add"] = add_plan;
  handlers["plan.preview"] = preview_plan;
  handlers["plan.show"] = show_plan;
  handlers["plan.edit"] = edit_plan;
  handlers["plan.pause"] = pause_plan;
  handlers["plan.resume"] = pause_plan;
  handlers["plan.remove"] = remove_plan;
  handlers["slot.list"] = list_slots;
  handlers["slot.add"] = add_slot;
  handlers["slot.show"] = show_slot;
  handlers["slot.edit"] = edit_slot;
  handlers["slot.status"] = set_slot;
  handlers["calendar.agents"] = list_agents;
  handlers["calendar.register"] = register_agent;
  handlers["calendar.unregister"] = remove_agent;
}

}  // namespace lazaret::server
