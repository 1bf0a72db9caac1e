#include <charconv>

#include "server/context.h"
#include "server/event_streams.h"
#include "server/names.h"

namespace lazaret::server {
namespace {

// Things that are gone have a past all the same: an unknown name is taken as an id. Nothing =
// answered.
std::optional<ports::FactQuery> filter_of(Context& context, Call& call) {
  ports::FactQuery filter;
  const Identity& who = call.identity;
  filter.kind = call.inputs.text("kind");
  filter.task = call.inputs.text("task");
  if (call.inputs.has("cell")) {
    const auto cell = cell_named(context.fleet(), call.inputs.text("cell"), who);
    if (!cell && cell.error().code != ErrorCode::not_found) {
      call.reply.fail(cell.error());
      return std::nullopt;
    }
    filter.cell = cell ? cell->value : call.inputs.text("cell");
  }
  if (call.inputs.has("agent")) {
    const auto agent = agent_named(context.fleet(), call.inputs.text("agent"), who);
    if (!agent && agent.error().code != ErrorCode::not_found) {
      call.reply.fail(agent.error());
      return std::nullopt;
    }
    filter.agent = agent ? agent->agent.value : call.inputs.text("agent");
    if (agent && filter.cell.empty()) filter.cell = agent->cell.value;
  }
  if (who.right == Right::agent) {
    filter.cell = who.agent->cell.value;
    if (who.agent->cell == external_cell) filter.agent = who.agent->agent.value;
  }
  return filter;
}

void list(Context& context, Call& call) {
  auto query = filter_of(context, call);
  if (!query) return;
  if (!context.services.facts) {
    return call.reply.fail({ErrorCode::unsupported, "this daemon cannot read its journal", {}, {}});
  }
  query->since = call.inputs.whole("since").value_or(0);
  query->limit = call.inputs.whole("limit").value_or(page_usual);
  const std::uint64_t recorded = context.loop.recorded_facts();
  context.services.facts->read(
      *query, [reply = call.reply, query = *query, recorded](Result<ports::FactPage> page) {
        if (!page) return reply.fail(page.error());
        json::array events;
        std::uint64_t next = query.since;
        for (const ports::FactRow& row : page->rows) {
          events.push_back(event_of_row(row));
          next = row.number;
        }
        if (page->rows.size() < query.limit) next = std::max(next, recorded);
        reply.ok(json::object{
            {"events", std::move(events)}, {"next", next}, {"oldest_kept", page->oldest_kept}});
      });
}

void stream(Context& context, Call& call) {
  auto filter = filter_of(context, call);
  if (!filter) return;
  std::uint64_t after = call.inputs.whole("since").value_or(context.loop.recorded_facts());
  if (!call.last_event_id.empty()) {
    const char* end = call.last_event_id.data() + call.last_event_id.size();
    const auto read = std::from_chars(call.last_event_id.data(), end, after);
    if (read.ec != std::errc() || read.ptr != end) {
      return call.reply.fail(
          {ErrorCode::invalid_input, "Last-Event-ID is no number of an event", "Last-Event-ID", {}},
          400);
    }
  }
  const auto opened = context.streams.open(call.reply, std::move(*filter), after);
  if (!opened) call.reply.fail(opened.error());
}

void note(Context& context, Call& call) {
  CellId cell;
  if (call.identity.agent) cell = call.identity.agent->cell;
  if (call.inputs.has("cell")) {
    const auto named = named_cell(context, call);
    if (!named) return;
    cell = *named;
  }
  submit(context, call, core::op::RecordNote{cell, call.inputs.text("text")});
}

}  // namespace

void add_event_handlers(Handlers& handlers) {
  handlers["events.list"] = list;
  handlers["events.stream"] = stream;
  handlers["note.add"] = note;
}

}  // namespace lazaret::server
