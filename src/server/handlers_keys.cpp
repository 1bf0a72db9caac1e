#include "server/context.h"
#include "server/keys.h"
#include "server/names.h"
#include "wire/api_encode.h"

namespace lazaret::server {
namespace {

// Why it opens nothing any more; empty = it does.
std::string_view why_ended(const Context& context, const ports::KeyRecord& key) {
  if (key.expires_at != WallTime{} && key.expires_at <= context.loop.now().wall) return "expired";
  const auto identity = identity_of_scope(key.scope);
  // Agents that run elsewhere are known by their first beat only, which may need this key.
  if (!identity || !identity->agent || identity->agent->cell == external_cell) return {};
  if (core::find_cell(context.fleet(), identity->agent->cell) == nullptr) {
    return "its mission is gone";
  }
  if (core::find_agent(context.fleet(), *identity->agent) == nullptr) return "its agent is gone";
  return {};
}

json::object key_json(const Context& context, const ports::KeyRecord& key) {
  const std::string_view ended = why_ended(context, key);
  return {{"id", key.id},
          {"ended", ended.empty() ? json::value(nullptr) : json::value(json::string(ended))},
          {"name", key.name},
          {"scope", key.scope},
          {"created_at", wire::api_time(key.created_at)},
          {"expires_at", wire::api_time(key.expires_at)}};
}

void list(Context& context, Call& call) {
  json::array keys;
  for (const auto& key : context.keys.all()) keys.push_back(key_json(context, key));
  call.reply.ok(json::object{{"keys", std::move(keys)}});
}

// "agent:<mission>/<agent>" with the mission's id, so that the key fits who it was made for. Agents
// that run elsewhere are known only by their first beat, which may need this key.
Result<std::string> exact_scope(const Context& context, const std::string& scope,
                                const Identity& who) {
  const auto identity = identity_of_scope(scope);
  if (!identity || !identity->agent || identity->agent->cell == external_cell) return scope;
  auto cell = cell_named(context.fleet(), identity->agent->cell.value, who);
  if (!cell) {
    cell.error().place = "body /scope";
    return std::unexpected(cell.error());
  }
  const AgentRef agent{*cell, identity->agent->agent};
  if (core::find_agent(context.fleet(), agent) == nullptr) {
    return fail(ErrorCode::not_found,
                "no agent \"" + agent.agent.value + "\" in the mission " + cell->value,
                "body /scope", "lazaret agent ls --cell " + cell->value);
  }
  if (core::find_agent(context.fleet(), agent)->definition.run) {
    return fail(
        ErrorCode::conflict,
        "Lazaret starts " + agent.agent.value + " and gives each start a token of its own",
        "body /scope",
        "in the agent, use $LAZARET_TOKEN; for a program beside it, make a key of scope operator");
  }
  return "agent:" + agent.cell.value + "/" + agent.agent.value;
}

void add(Context& context, Call& call) {
  const auto scope = exact_scope(context, call.inputs.text("scope"), call.identity);
  if (!scope) return call.reply.fail(scope.error());
  const auto made = context.keys.make(call.inputs.text("name"), *scope, context.loop.now().wall);
  if (!made) return call.reply.fail(made.error());
  json::object out = key_json(context, made->record);
  out["key"] = made->key;
  call.reply.ok(out, call.operation.success);
}

void remove(Context& context, Call& call) {
  const auto removed = context.keys.remove(call.inputs.text("id"));
  if (!removed) return call.reply.fail(removed.error());
  call.reply.ok(json::object{{"status", "done"}});
}

}  // namespace

void add_key_handlers(Handlers& handlers) {
  handlers["key.list"] = list;
  handlers["key.add"] = add;
  handlers["key.remove"] = remove;
}

}  // namespace lazaret::server
