#include "server/context.h"
#include "wire/api_encode.h"

namespace lazaret::server {
namespace {

json::object presence_json(const ports::PresenceEntry& entry) {
  return {{"fabric_user_id", entry.fabric_user_id},
          {"status", entry.status},
          {"source", entry.source.empty() ? json::value(nullptr) : json::value(entry.source)},
          {"updated_at", wire::api_time(entry.updated_at)}};
}

// Answered already where there is none.
ports::PresenceBoard* board_of(const Context& context, const Call& call) {
  if (!context.services.presences) {
    call.reply.fail({ErrorCode::unsupported, "this daemon keeps no board of presences", {}, {}});
  }
  return context.services.presences;
}

void get(Context& context, Call& call) {
  const ports::PresenceBoard* board = board_of(context, call);
  if (!board) return;
  const std::string user = call.inputs.text("user");
  const ports::PresenceEntry* entry = board->find(user);
  call.reply.ok(presence_json(entry ? *entry : ports::PresenceEntry{user, "unknown", {}, {}}));
}

void put(Context& context, Call& call) {
  ports::PresenceBoard* board = board_of(context, call);
  if (!board) return;
  const ports::PresenceEntry entry{call.inputs.text("user"), call.inputs.text("status"),
                                   call.inputs.text("source"), context.loop.now().wall};
  board->put(entry, [entry, reply = call.reply](const Result<void>& done) {
    if (!done) return reply.fail(done.error());
    reply.ok(presence_json(entry));
  });
}

}  // namespace

void add_presence_handlers(Handlers& handlers) {
  handlers["presence.get"] = get;
  handlers["presence.put"] = put;
}

}  // namespace lazaret::server
