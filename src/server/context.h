// What handlers work with. A handler reads the fleet, or puts a request to the loop; it changes
// nothing.
#pragma once

#include <map>
#include <string_view>

#include "runtime/loop.h"
#include "server/bounds.h"
#include "server/call.h"
#include "server/door.h"
#include "server/server.h"
#include "server/services.h"
#include "wire/api_render.h"

namespace lazaret::server {

class EventStreams;
class SignInLinks;
class SyncChanges;
class WorkWaiters;

struct Context {
  runtime::Loop& loop;
  const Services& services;
  const Bounds& bounds;
  Keys& keys;
  Door& door;
  EventStreams& streams;
  WorkWaiters& waiters;
  SignInLinks& sign_in_links;
  SyncChanges& changes;
  std::function<ServerCounts()> counts;

  const core::Fleet& fleet() const { return loop.fleet(); }
};

using Handler = std::function<void(Context&, Call&)>;
using Handlers = std::map<std::string_view, Handler>;  // by the operation's name

void add_health_handlers(Handlers& handlers);
void add_fleet_handlers(Handlers& handlers);
void add_event_handlers(Handlers& handlers);
void add_why_handlers(Handlers& handlers);
void add_link_handlers(Handlers& handlers);
void add_key_handlers(Handlers& handlers);
void add_sign_in_handlers(Handlers& handlers);
void add_agent_handlers(Handlers& handlers);
void add_inbox_handlers(Handlers& handlers);
void add_cell_handlers(Handlers& handlers);
void add_artifact_handlers(Handlers& handlers);
void add_checkpoint_handlers(Handlers& handlers);
void add_presence_handlers(Handlers& handlers);
void add_task_handlers(Handlers& handlers);
void add_calendar_handlers(Handlers& handlers);
void add_icalendar_handlers(Handlers& handlers);
void add_calendar_import_handlers(Handlers& handlers);
void add_server_handlers(Handlers& handlers);
void add_harborforge_handlers(Handlers& handlers);
// All of them: one for each operation of the table but `heartbeat`, which has a road of its own.
Handlers all_handlers();

// Puts a request to the loop; `granted` makes the answer of what was granted.
using Granted = std::function<Answer(Context&, const core::Granted&)>;
void submit_handoff(Context& context, Call& call, const TaskRef& ref);
void submit(Context& context, Call& call, core::Operation operation, Granted granted = {});
// {"status": "done"} and the id of what was made, if any.
Answer done_answer(const core::Granted& granted, int status = 200);

// Answers with an ETag, and 304 where the caller has it already.
void send_tagged(Call& call, const json::object& value, json::object more = {});
std::string etag_of(const json::object& value);
// 412 unless If-Match is absent, "*" or the tag of `current`. false: it was answered.
bool passes_if_match(Call& call, const json::object& current);

// The named thing; or nothing, and the call is answered. Checks If-Match on calls that change it.
std::optional<AgentRef> named_agent(Context& context, Call& call);
std::optional<CellId> named_cell(Context& context, Call& call);
std::optional<TaskRef> named_task(Context& context, Call& call);

// What is wrong below the missions path, at most `troubled_most`; empty for callers that see one
// cell only.
json::array troubled_json(const Context& context, const Identity& who);
inline constexpr std::size_t troubled_most = 20;

// {"<member>": [...], "next": cursor | null}: a page of what `each` lists in ascending order of
// key, beginning after the cursor. `each(after, take)`: calls take(key, value) until it returns
// false. `page`: what else belongs into the answer.
using Take = std::function<bool(const std::string& key, json::object value)>;
using Each = std::function<void(const std::string& after, const Take& take)>;
void send_page(Call& call, std::string_view member, const Each& each, json::object page = {});
inline constexpr std::size_t page_usual = 500;

}  // namespace lazaret::server
