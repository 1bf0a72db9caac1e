#include "server/context.h"
#include "wire/api_encode.h"

namespace lazaret::server {
namespace {

json::object key_json(const ports::KeyRecord& key) {
  return {{"id", key.id},
          {"name", key.name},
          {"scope", key.scope},
          {"created_at", wire::api_time(key.created_at)},
          {"expires_at", wire::api_time(key.expires_at)}};
}

void list(Context& context, Call& call) {
  json::array keys;
  for (const auto& key : context.keys.all()) keys.push_back(key_json(key));
  call.reply.ok(json::object{{"keys", std::move(keys)}});
}

void add(Context& context, Call& call) {
  const auto made = context.keys.make(call.inputs.text("name"), call.inputs.text("scope"),
                                      context.loop.now().wall);
  if (!made) return call.reply.fail(made.error());
  json::object out = key_json(made->record);
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
