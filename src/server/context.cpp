#include "server/context.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/rng.h"
#include "server/idempotency.h"
#include "server/names.h"

namespace lazaret::server {
namespace {

constexpr std::string_view any_tag = "*";

bool tag_is_listed(std::string_view list, std::string_view tag) {
  if (list == any_tag) return true;
  while (!list.empty()) {
    const auto comma = list.find(',');
    std::string_view one = list.substr(0, comma);
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    if (one.starts_with("W/")) one.remove_prefix(2);
    if (one == tag) return true;
    list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
  }
  return false;
}

bool changes(const Call& call) { return call.operation.method != wire::Method::GET; }

}  // namespace

Handlers all_handlers() {
  Handlers handlers;
  add_health_handlers(handlers);
  add_fleet_handlers(handlers);
  add_event_handlers(handlers);
  add_why_handlers(handlers);
  add_link_handlers(handlers);
  add_key_handlers(handlers);
  add_sign_in_handlers(handlers);
  add_agent_handlers(handlers);
  add_inbox_handlers(handlers);
  add_cell_handlers(handlers);
  add_artifact_handlers(handlers);
  add_checkpoint_handlers(handlers);
  add_presence_handlers(handlers);
  add_task_handlers(handlers);
  add_calendar_handlers(handlers);
  add_icalendar_handlers(handlers);
  add_calendar_import_handlers(handlers);
  add_server_handlers(handlers);
  add_harborforge_handlers(handlers);
  return handlers;
}

Answer done_answer(const core::Granted& granted, int status) {
  json::object out{{"status", "done"}};
  if (!granted.id.empty()) out["id"] = granted.id;
  return json_answer(status, out);
}

void submit(Context& context, Call& call, core::Operation operation, Granted granted) {
  const auto render = [&context, granted = std::move(granted), foreign = call.reply.foreign,
                       status = call.operation.success](const core::Answer& answer) {
    if (!answer) return foreign ? detail_answer(answer.error()) : problem_answer(answer.error());
    return granted ? granted(context, *answer) : done_answer(*answer, status);
  };
  // With a key, the answer is made when it is decided, so that it can be recorded too.
  const auto made = std::make_shared<std::optional<Answer>>();
  runtime::Loop::Sealed sealed;
  if (call.once) {
    sealed = [once = call.once, made, render](const core::Answer& answer) {
      *made = render(answer);
      return once->receipt(**made);
    };
  }
  context.loop.request(
      call.identity.caller(), std::move(operation),
      [reply = call.reply, made, render](const core::Answer& answer) {
        reply.send(*made ? std::move(**made) : render(answer));
      },
      std::move(sealed),
      [reply = call.reply, once = call.once](const Error& error) {
        reply.delay(error);
        if (once) once->delay(error);
      });
}

std::string etag_of(const json::object& value) {
  constexpr std::string_view hex = "0123456789abcdef";
  std::uint64_t hash = hash_text(json::serialize(value));
  std::string tag = "\"";
  for (int i = 0; i < 16; ++i, hash >>= 4) tag += hex[hash & 15];
  return tag + '"';
}

void send_tagged(Call& call, const json::object& value, json::object more) {
  const std::string tag = etag_of(value);
  const std::string header = "ETag: " + tag + "\r\n";
  if (!call.if_none_match.empty() && tag_is_listed(call.if_none_match, tag)) {
    return call.reply.send({.status = 304, .body = {}, .headers = header});
  }
  json::object whole = value;
  for (auto& [name, one] : more) whole[name] = std::move(one);
  Answer answer = json_answer(200, whole);
  answer.headers = header;
  call.reply.send(std::move(answer));
}

bool passes_if_match(Call& call, const json::object& current) {
  if (call.if_match.empty() || tag_is_listed(call.if_match, etag_of(current))) return true;
  call.reply.fail({ErrorCode::conflict, "it has changed since you looked at it", "If-Match",
                   "get it again and decide anew"},
                  412);
  return false;
}

std::optional<AgentRef> named_agent(Context& context, Call& call) {
  const auto ref = agent_named(context.fleet(), call.inputs.text("agent"), call.identity);
  if (!ref) {
    call.reply.fail(ref.error());
    return std::nullopt;
  }
  if (changes(call) && !call.if_match.empty()) {
    const core::Agent& agent = *core::find_agent(context.fleet(), *ref);
    const auto current = wire::agent_json(
        context.fleet(), *ref, agent, Addresses(context.fleet()).of(*ref), context.loop.now().wall);
    if (!passes_if_match(call, current)) return std::nullopt;
  }
  return *ref;
}

json::array troubled_json(const Context& context, const Identity& who) {
  json::array out;
  if (!context.services.troubled_directories || !may_see(who, CellId())) return out;
  for (const TroubledDirectory& one : context.services.troubled_directories()) {
    if (out.size() == troubled_most) break;
    // An error before what is only a warning: it is why the state is what it is.
    auto first = std::ranges::find(one.problems, wire::Severity::error, &wire::Problem::severity);
    if (first == one.problems.end()) first = one.problems.begin();
    const bool said = !one.problems.empty();
    out.push_back({{"directory", one.name},
                   {"path", one.path},
                   {"state", one.state},
                   {"problems", one.problems.size()},
                   {"first", said ? json::value(to_text(*first)) : nullptr}});
  }
  return out;
}

namespace {

// Who asks for a mission that has a directory, but never was valid, learns why.
std::optional<Error> about_directory(const Context& context, const Call& call) {
  if (!context.services.troubled_directories || !may_see(call.identity, CellId())) return {};
  const std::string name = call.inputs.text("cell");
  for (const TroubledDirectory& one : context.services.troubled_directories()) {
    if (one.name != name) continue;
    const std::string why = one.problems.empty() ? "" : ": " + to_text(one.problems.front());
    return Error{ErrorCode::not_found, fmt::format("\"{}\" is {}{}", name, one.state, why),
                 one.path, "lazaret cell lint " + one.path};
  }
  return {};
}

}  // namespace

std::optional<CellId> named_cell(Context& context, Call& call) {
  const auto cell = cell_named(context.fleet(), call.inputs.text("cell"), call.identity);
  if (!cell) {
    call.reply.fail(about_directory(context, call).value_or(cell.error()));
    return std::nullopt;
  }
  const bool has_task = call.operation.path.find("{task}") != std::string_view::npos;
  const bool conditional = changes(call) && !has_task && !call.if_match.empty();
  const core::Fleet& fleet = context.fleet();
  if (conditional && !passes_if_match(call, wire::cell_json(fleet, fleet.cells.at(*cell)))) {
    return std::nullopt;
  }
  return *cell;
}

std::optional<TaskRef> named_task(Context& context, Call& call) {
  const auto cell = named_cell(context, call);
  if (!cell) return std::nullopt;
  const TaskRef ref{*cell, TaskId(call.inputs.text("task"))};
  const core::Task* task = core::find_task(context.fleet(), ref);
  if (!task) {
    call.reply.fail({ErrorCode::not_found, "no task \"" + ref.task.value + "\" in this mission",
                     "path task", "lazaret task ls " + cell->value});
    return std::nullopt;
  }
  if (changes(call) && !passes_if_match(call, wire::task_json(*cell, *task))) return std::nullopt;
  return ref;
}

void send_page(Call& call, std::string_view member, const Each& each, json::object page) {
  const std::size_t limit = call.inputs.whole("limit").value_or(page_usual);
  json::array items;
  std::string last;
  bool more = false;
  std::string after = call.inputs.text("cursor");
  const std::string ours = std::string(member) + ":";  // so that no other list's is taken for it
  if (!after.empty()) {
    if (!after.starts_with(ours)) {
      return call.reply.fail(
          {ErrorCode::invalid_input, fmt::format("\"{}\" is no cursor of these {}", after, member),
           "query cursor", "`next` of the page before, as it is; none for the first page"},
          400);
    }
    after.erase(0, ours.size());
  }
  each(after, [&](const std::string& key, json::object value) {
    if (items.size() >= limit) {
      more = true;
      return false;
    }
    last = key;
    items.push_back(std::move(value));
    return true;
  });
  page[member] = std::move(items);
  page["next"] = more ? json::value(json::string(ours + last)) : json::value(nullptr);
  call.reply.ok(page);
}

}  // namespace lazaret::server
