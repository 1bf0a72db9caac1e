#include "server/context.h"
#include "server/idempotency.h"
#include "server/names.h"

namespace lazaret::server {
namespace {

void list(Context& context, Call& call) {
  send_page(call, "cells",
            [&](const std::string& after, const Take& take) {
              for (const auto& [id, cell] : context.fleet().cells) {
                if (!may_see(call.identity, id) || (!after.empty() && id.value <= after)) continue;
                if (!take(id.value, wire::cell_json(context.fleet(), cell))) return;
              }
            },
            {{"troubled", troubled_json(context, call.identity)}});
}

void show(Context& context, Call& call) {
  const auto id = named_cell(context, call);
  if (!id) return;
  const core::BudgetPlace place{core::BudgetScope::mission, *id, {}, {}};
  send_tagged(call, wire::cell_json(context.fleet(), *core::find_cell(context.fleet(), *id)),
              {{"spend", wire::spend_json(context.fleet(), place, context.loop.now().mono)}});
}

void graph(Context& context, Call& call) {
  const auto id = named_cell(context, call);
  if (id) send_tagged(call, wire::graph_json(*core::find_cell(context.fleet(), *id)));
}

void add(Context& context, Call& call) {
  if (!context.services.create_cell) {
    return call.reply.fail({ErrorCode::unsupported, "this daemon makes no cells", {}, {}});
  }
  if (context.loop.trouble()) return call.reply.fail(*context.loop.trouble());
  const auto made = [&context, reply = call.reply](const Result<CellId>& id) {
    if (!id) return reply.fail(id.error());
    const core::Cell* cell = core::find_cell(context.fleet(), *id);
    if (cell) return reply.ok(wire::cell_json(context.fleet(), *cell), 201);
    reply.fail({ErrorCode::internal,
                "the cell was made but is not known yet",
                {},
                "lazaret mission show " + id->value});
  };
  context.services.create_cell({.body = std::string(call.inputs.body()),
                                .by = call.identity.name,
                                .once = call.once ? call.once->name() : "",
                                .unique_agent = call.inputs.text("unique_agent")},
                               made);
}

void remove(Context& context, Call& call) {
  const auto id = named_cell(context, call);
  if (!id) return;
  if (*id == external_cell) {
    return call.reply.fail(
        {ErrorCode::refused, "the built-in cell of external agents stays", {}, {}});
  }
  if (!context.services.destroy_cell) {
    return submit(context, call, core::op::RemoveMission{*id, call.inputs.text("reason")});
  }
  context.services.destroy_cell(*id, call.inputs.text("reason"), call.identity.name,
                                [reply = call.reply, id = *id](Result<void> done) {
                                  if (!done) return reply.fail(done.error());
                                  reply.ok(json::object{{"status", "done"}, {"id", id.value}});
                                });
}

void status(Context& context, Call& call) {
  const auto id = named_cell(context, call);
  if (!id) return;
  const auto word = from_word<core::MissionStatus>(call.inputs.text("status"));
  submit(context, call, core::op::SetMission{*id, *word, call.inputs.text("reason")});
}

void lint(Context& context, Call& call) {
  const auto id = named_cell(context, call);
  if (!id) return;
  if (!context.services.lint_cell) {
    return call.reply.fail({ErrorCode::unsupported, "this daemon reads no cell files", {}, {}});
  }
  const auto problems = context.services.lint_cell(*id);
  if (!problems) return call.reply.fail(problems.error());
  call.reply.ok(json::object{{"faults", wire::faults_json(*problems)}});
}

}  // namespace

void add_cell_handlers(Handlers& handlers) {
  handlers["cell.list"] = list;
  handlers["cell.show"] = show;
  handlers["cell.graph"] = graph;
  handlers["cell.add"] = add;
  handlers["cell.remove"] = remove;
  handlers["cell.status"] = status;
  handlers["cell.lint"] = lint;
}

}  // namespace lazaret::server
