#include <charconv>

#include "server/context.h"
#include "server/event_streams.h"
#include "server/fact_filter.h"
#include "server/names.h"

namespace lazaret::server {
namespace {

FactWords words_of(const Call& call) {
  return {call.inputs.text("kind"), call.inputs.text("cell"), call.inputs.text("agent"),
          call.inputs.text("task"), call.inputs.text("text"), call.inputs.time("from"),
          call.inputs.time("until")};
}

// Nothing = answered.
std::optional<ports::FactQuery> filter_of(Context& context, Call& call) {
  auto filter = fact_filter(context.fleet(), words_of(call), call.identity);
  if (filter) return std::move(*filter);
  call.reply.fail(filter.error());
  return std::nullopt;
}

json::object page_of(const ports::FactPage& page, const ports::FactQuery& query,
                     std::uint64_t recorded) {
  json::array events;
  std::uint64_t next = query.since;
  for (const ports::FactRow& row : page.rows) {
    events.push_back(event_of_row(row));
    next = row.number;
  }
  if (page.searched_to > 0) {
    next = std::max(next, page.searched_to);  // there may be more
  } else if (page.rows.size() < query.limit) {
    next = std::max(next, recorded);
  }
  return {{"events", std::move(events)}, {"next", next}, {"oldest_kept", page.oldest_kept}};
}

// An empty answer about something that neither lives nor has a past is an error: `stranger`.
void list_or_fail(Context& context, const Reply& reply, ports::FactQuery query, Error stranger,
                  json::object empty) {
  query.kind.clear();
  query.text.clear();
  query.from = query.until = std::nullopt;
  query.newest = false;
  query.since = 0;
  query.limit = 1;
  context.services.facts->read(query, [reply, stranger = std::move(stranger),
                                       empty = std::move(empty)](Result<ports::FactPage> page) {
    if (!page) return reply.fail(page.error());
    if (page->rows.empty()) return reply.fail(stranger);
    reply.ok(empty);
  });
}

void list(Context& context, Call& call) {
  auto query = filter_of(context, call);
  if (!query) return;
  if (!context.services.facts) {
    return call.reply.fail({ErrorCode::unsupported, "this daemon cannot read its journal", {}, {}});
  }
  query->since = call.inputs.whole("since").value_or(0);
  query->limit = call.inputs.whole("limit").value_or(page_usual);
  query->newest = call.inputs.truth("newest").value_or(false);
  const std::uint64_t recorded = context.loop.recorded_facts();
  // A reader may have seen rows that were written a moment before the loop hears of it.
  const std::uint64_t decided = context.loop.last_fact();
  if (query->since > decided) return call.reply.fail(ahead_of_all(query->since, decided), 400);
  auto stranger = never_was(context.fleet(), words_of(call), *query);
  context.services.facts->read(*query,
                               [&context, reply = call.reply, query = *query, recorded,
                                stranger = std::move(stranger)](Result<ports::FactPage> page) {
                                 if (!page) return reply.fail(page.error());
                                 json::object answer = page_of(*page, query, recorded);
                                 if (!page->rows.empty() || !stranger) return reply.ok(answer);
                                 list_or_fail(context, reply, query, *stranger, std::move(answer));
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
