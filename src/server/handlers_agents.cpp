#include <fmt/format.h>

#include <cmath>

#include "core/decision.h"
#include "core/why.h"
#include "server/context.h"
#include "server/names.h"
#include "wire/api_encode.h"
#include "wire/cell_file.h"

namespace lazaret::server {
namespace {

constexpr std::size_t tail_usual = 100;
constexpr std::size_t lines_most = 10'000;

// What moves with each beat, and so has no part in the ETag.
json::object beat_json(const runtime::BeatEntry* beat) {
  json::array recent;
  if (!beat) return {{"last_beat", nullptr}, {"beats", 0}, {"progress", 0}, {"recent", recent}};
  // The bar's oldest bucket comes first.
  const std::size_t length = beat->recent.size();
  for (std::size_t i = 1; i <= length; ++i) {
    recent.push_back(beat->recent[(beat->bucket_minute + i) % length]);
  }
  return {{"last_beat", wire::api_time(beat->last_beat_wall)},
          {"beats", beat->beats},
          {"progress", beat->progress},
          {"beat_interval_seconds", in_seconds(beat->interval)},
          {"recent", std::move(recent)}};
}

void add_usage(json::object& out, const ports::AgentUsage& usage) {
  if (usage.cpu_percent) out["cpu_percent"] = *usage.cpu_percent;
  out["memory_bytes"] = usage.memory_bytes;
  out["processes"] = usage.processes;
  out["io_bytes"] = usage.io_bytes;
}

std::map<AgentRef, ports::AgentUsage> usages(Context& context) {
  std::map<AgentRef, ports::AgentUsage> by_agent;
  if (!context.services.telemetry) return by_agent;
  for (auto& usage : context.services.telemetry->agents()) by_agent[usage.agent] = usage;
  return by_agent;
}

json::object agent_spend(Context& context, const AgentRef& ref) {
  return wire::spend_json(context.fleet(), {core::BudgetScope::agent, ref.cell, ref.agent, {}},
                          context.loop.now().mono);
}

// Pages go in the order of cell, then agent: the cursor is "<cell>/<agent>".
void list(Context& context, Call& call) {
  std::optional<CellId> only;
  if (call.inputs.has("cell")) {
    only = named_cell(context, call);
    if (!only) return;
  }
  const Addresses addresses(context.fleet());
  const auto usage = usages(context);
  const WallTime now = context.loop.now().wall;
  send_page(call, "agents", [&](const std::string& after, const Take& take) {
    for (const auto& [cell_id, cell] : context.fleet().cells) {
      if (only && cell_id != *only) continue;
      for (const auto& [id, agent] : cell.agents) {
        const AgentRef ref{cell_id, id};
        const std::string key = cell_id.value + "/" + id.value;
        if (!may_see(call.identity, ref) || (!after.empty() && key <= after)) continue;
        auto out = wire::agent_json(context.fleet(), ref, agent, addresses.of(ref), now);
        for (auto& [name, one] : beat_json(context.loop.beats().find(ref))) out[name] = one;
        out["spend"] = agent_spend(context, ref);
        if (const auto found = usage.find(ref); found != usage.end()) add_usage(out, found->second);
        if (!take(key, std::move(out))) return;
      }
    }
  });
}

void show(Context& context, Call& call) {
  const auto ref = named_agent(context, call);
  if (!ref) return;
  const core::Agent& agent = *core::find_agent(context.fleet(), *ref);
  json::object more = beat_json(context.loop.beats().find(*ref));
  more["spend"] = agent_spend(context, *ref);
  const auto usage = usages(context);
  if (const auto found = usage.find(*ref); found != usage.end()) add_usage(more, found->second);
  send_tagged(call,
              wire::agent_json(context.fleet(), *ref, agent, Addresses(context.fleet()).of(*ref),
                               context.loop.now().wall),
              std::move(more));
}

void logs(Context& context, Call& call) {
  const auto ref = named_agent(context, call);
  if (!ref) return;
  if (!context.services.logs) {
    return call.reply.fail({ErrorCode::unsupported, "this daemon keeps no logs", {}, {}});
  }
  const auto from = call.inputs.whole("from");
  const std::size_t tail = call.inputs.whole("tail").value_or(from ? lines_most : tail_usual);
  if (const auto hold = call.inputs.whole("hold"); hold && from) {
    if (call.identity.right == Right::viewer) {
      return call.reply.fail({ErrorCode::refused, "who only looks makes no agent wait", {}, {}});
    }
    const auto held = context.services.logs->hold(*ref, *from, std::chrono::seconds(*hold));
    if (!held) return call.reply.fail(held.error());
  }
  const auto read = from ? context.services.logs->from(*ref, *from, tail)
                         : context.services.logs->tail(*ref, tail);
  if (!read) return call.reply.fail(read.error());
  json::array lines;
  for (const auto& line : read->lines) lines.push_back(json::string(line));
  json::object answer{{"lines", std::move(lines)},
                      {"next", read->next},
                      {"gap", read->gap},
                      {"continues", read->continues}};
  if (from) answer["first"] = read->first;
  call.reply.ok(answer);
}

// The verbs that take an agent and a reason: one handler for each operation of the core.
template <class Op>
void verb(Context& context, Call& call) {
  const auto ref = named_agent(context, call);
  if (!ref) return;
  Op operation{};
  operation.agent = *ref;
  if constexpr (requires { operation.reason; }) operation.reason = call.inputs.text("reason");
  submit(context, call, std::move(operation));
}

// What an agent that does not live waits for after a start was asked for.
std::string waits_for(const core::Fleet& fleet, const AgentRef& ref, const core::Agent& agent,
                      const Stamp& now) {
  const std::string& name = ref.agent.value;
  if (fleet.stopping) return name + " waits for the next daemon: this one is going down";
  if (fleet.frozen) return name + " waits: the fleet is frozen; lazaret resume --all";
  const core::Explanation why = core::explain(fleet, ref, now);
  const std::string next = why.next.empty() ? "" : "; next: " + why.next;
  if (agent.turn_in_line != 0) return fmt::format("{} {}{}", name, why.rule, next);
  if (agent.definition.run->adapter == core::AdapterKind::turn) {
    return name + " waits for a wake, each of which starts it: lazaret agent wake " + name;
  }
  return "not started: " + why.sentence + next;
}

// Done is not started: what it still waits for is said.
void start(Context& context, Call& call) {
  const auto ref = named_agent(context, call);
  if (!ref) return;
  submit(context, call, core::op::StartAgent{*ref}, [ref = *ref](Context& ctx, const auto&) {
    json::object out{{"status", "done"}};
    const core::Agent* agent = core::find_agent(ctx.fleet(), ref);
    if (agent && !core::is_live(agent->process)) {
      out["detail"] = waits_for(ctx.fleet(), ref, *agent, ctx.loop.now());
    }
    return json_answer(200, out);
  });
}

void wake(Context& context, Call& call) {
  const auto ref = named_agent(context, call);
  if (!ref) return;
  std::string source = call.inputs.text("source");
  if (source.empty()) source = call.identity.name;
  submit(context, call, core::op::WakeAgent{*ref, call.inputs.text("message"), std::move(source)},
         [](Context& ctx, const core::Granted& granted) {
           const auto found = ctx.fleet().wakes.find(WakeId(granted.id));
           const bool known = found != ctx.fleet().wakes.end();
           const auto fate = known ? found->second.fate : core::WakeFate::waiting;
           return json_answer(202, json::object{{"wake", granted.id}, {"fate", to_word(fate)}});
         });
}

void handoff(Context& context, Call& call) {
  const auto ref = named_agent(context, call);
  if (!ref) return;
  const auto task = core::find_agent(context.fleet(), *ref)->task;
  if (!task) {
    return call.reply.fail({ErrorCode::conflict,
                            "agent \"" + ref->agent.value + "\" has no task in hand", "path agent",
                            "lazaret task handoff hands over a task that is only assigned to it"});
  }
  submit_handoff(context, call, {ref->cell, *task});
}

core::BudgetPlace budget_of(const AgentRef& ref) {
  return {core::BudgetScope::agent, ref.cell, ref.agent, {}};
}

void spend(Context& context, Call& call) {
  const auto ref = named_agent(context, call);
  if (!ref) return;
  core::op::ReportSpend report{
      *ref, {}, call.inputs.truth("reserve").value_or(false), call.inputs.text("reservation")};
  report.amounts.tokens = static_cast<std::int64_t>(call.inputs.whole("tokens").value_or(0));
  report.amounts.usd = std::llround(call.inputs.number("usd").value_or(0) * 1e6);
  if (!call.inputs.has("tokens") && !call.inputs.has("usd") && report.reservation.empty()) {
    return call.reply.fail({ErrorCode::invalid_input, "neither tokens nor usd are given", "body",
                            "lazaret agent spend AGENT --tokens N --usd N"});
  }
  if (report.reserve && !report.reservation.empty()) {
    return call.reply.fail({ErrorCode::invalid_input, "reserve and reservation exclude each other",
                            "body", "either set something aside, or settle what was"});
  }
  submit(context, call, std::move(report),
         [ref = *ref](Context& ctx, const core::Granted& granted) {
           json::object out = wire::spend_json(ctx.fleet(), budget_of(ref), ctx.loop.now().mono);
           out["reservation"] =
               granted.id.empty() ? json::value(nullptr) : json::value(json::string(granted.id));
           return json_answer(200, out);
         });
}

void activity(Context& context, Call& call) {
  const auto ref = named_agent(context, call);
  if (!ref) return;
  submit(context, call,
         core::op::ReportActivity{*ref, call.inputs.time("rate_limited_until"),
                                  call.inputs.text("reason")});
}

void add(Context& context, Call& call) {
  const auto cell = named_cell(context, call);
  if (!cell) return;
  auto definition = wire::read_agent(call.inputs.body(), "body");
  if (!definition) return call.reply.fail(definition.error());
  const AgentRef ref{*cell, definition->id};
  submit(context, call, core::op::DefineAgent{*cell, std::move(*definition)},
         [ref](Context& ctx, const core::Granted& granted) {
           const core::Agent* agent = core::find_agent(ctx.fleet(), ref);
           if (!agent) return done_answer(granted, 201);
           return json_answer(
               201, wire::agent_json(ctx.fleet(), ref, *agent, Addresses(ctx.fleet()).of(ref),
                                     ctx.loop.now().wall));
         });
}

}  // namespace

void add_agent_handlers(Handlers& handlers) {
  handlers["agent.list"] = list;
  handlers["agent.show"] = show;
  handlers["agent.logs"] = logs;
  handlers["agent.start"] = start;
  handlers["agent.stop"] = verb<core::op::StopAgent>;
  handlers["agent.kill"] = verb<core::op::KillAgent>;
  handlers["agent.pause"] = verb<core::op::PauseAgent>;
  handlers["agent.resume"] = verb<core::op::ResumeAgent>;
  handlers["agent.freeze"] = verb<core::op::FreezeAgent>;
  handlers["agent.thaw"] = verb<core::op::ThawAgent>;
  handlers["agent.wake"] = wake;
  handlers["agent.activity"] = activity;
  handlers["agent.handoff"] = handoff;
  handlers["agent.spend"] = spend;
  handlers["agent.add"] = add;
}

}  // namespace lazaret::server
