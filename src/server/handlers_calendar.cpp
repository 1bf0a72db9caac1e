// Plans, slots and the agents of the calendar.
#include <fmt/format.h>

#include "calendar/time_text.h"
#include "core/kept_time.h"
#include "core/slot_view.h"
#include "server/calendar_inputs.h"
#include "server/calendar_views.h"
#include "server/context.h"
#include "wire/api_encode.h"
#include "wire/json_document.h"

namespace lazaret::server {
namespace {

constexpr std::size_t next_in_lists = 1;
constexpr std::size_t next_of_one = 10;
constexpr std::size_t slots_usual = 500;

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
  if (auto read = read_plan(context, call.inputs, call.identity, plan); !read)
    return call.reply.fail(read.error());
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
  if (auto read = read_plan(context, call.inputs, call.identity, plan); !read)
    return call.reply.fail(read.error());
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
  auto stop = found.stop;
  for (const calendar::Occurrence& one : found.times) {
    if (!core::can_be_kept(one.at)) {
      stop = calendar::Stop::over;
      break;
    }
    const std::string note = note_of(**zone, one, before);
    times.push_back({{"at", wire::api_time(one.at)},
                     {"local_time", clock_text(one.nominal)},
                     {"offset", calendar::offset_text(one.offset, true)},
                     {"note", note.empty() ? json::value(nullptr) : json::value(note)}});
    before = one.offset;
  }
  call.reply.ok(
      json::object{{"times", std::move(times)}, {"timezone", plan.zone}, {"stop", to_word(stop)}});
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
  std::optional<core::SlotPlace> after;
  if (call.inputs.has("cursor")) {
    after = core::read_place(call.inputs.text("cursor"));
    if (!after) {
      return call.reply.fail({ErrorCode::invalid_input, "not a cursor of ours", "query cursor",
                              "give back `next` of the page before"});
    }
  }
  const auto found = core::slots_between(context.fleet().calendar, only ? only->agent : "", from,
                                         until, most, after);
  json::array out;
  for (const core::Slot& slot : found.slots) out.push_back(slot_json(context.fleet(), slot));
  const json::value next =
      found.next ? json::value(json::string(core::to_text(*found.next))) : json::value(nullptr);
  call.reply.ok(
      json::object{{"slots", std::move(out)}, {"more", found.next.has_value()}, {"next", next}});
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
  if (auto read = read_work(context, call.inputs, call.identity, define.work); !read) {
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
