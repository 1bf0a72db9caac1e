#include "server/context.h"
#include "server/page.h"
#include "server/sign_in.h"
#include "wire/api_encode.h"

namespace lazaret::server {
namespace {

json::value scope_json(Right right) {
  if (right < Right::viewer) return nullptr;
  return right == Right::operator_ ? "operator" : json::string(to_word(right));
}

json::object session_json(const Identity& who, const std::optional<std::string>& key) {
  return {{"name", who.name.empty() ? json::value(nullptr) : json::value(who.name)},
          {"scope", scope_json(who.right)},
          {"until", wire::api_time(who.until)},
          {"key", key ? json::value(json::string(*key)) : json::value(nullptr)}};
}

// The key behind the browser's cookie, if it is one.
Result<void> remove_old(Context& context, const Call& call) {
  const auto key = context.keys.id_of(cookie_value(call.cookie, cookie_name(call.host)));
  return key ? context.keys.remove(*key) : Result<void>();
}

void link(Context& context, Call& call) {
  const auto token = context.sign_in_links.make(call.identity.name, context.loop.now().mono);
  if (!token) return call.reply.fail(token.error());
  const std::string base = context.services.url ? context.services.url() : "";
  call.reply.ok(
      json::object{{"url", base + "/sign-in?token=" + *token},
                   {"expires_at", wire::api_time(context.loop.now().wall + sign_in_link_valid)}},
      call.operation.success);
}

void sign_in(Context& context, Call& call) {
  const std::string token(call.inputs.text("token"));
  const Stamp now = context.loop.now();
  const auto by = context.sign_in_links.find(token, now.mono);
  if (!by) return call.reply.send(stale_link_page());
  (void)remove_old(context, call);  // what stays ends by itself
  const auto made = context.keys.make_session(*by, "admin", now.wall, sign_in_valid);
  if (!made) return call.reply.fail(made.error());
  context.sign_in_links.use_up(token);
  call.reply.send(
      {.status = 303,
       .body = {},
       .headers = "Location: /\r\n" + set_cookie_line(cookie_name(call.host), made->key)});
}

void show(Context& context, Call& call) {
  call.reply.ok(session_json(call.identity, context.keys.id_of(call.identity)));
}

// The new key ends with the one that it is made of, if not before.
void begin(Context& context, Call& call) {
  const WallTime now = context.loop.now().wall;
  const auto who = context.keys.check(call.inputs.text("key"), now);
  if (!who) {
    return call.reply.fail({ErrorCode::unauthenticated, "there is no such key", "body /key",
                            "lazaret token add NAME --scope operator"});
  }
  const json::value scope = scope_json(who->right);
  if (scope.is_null()) {
    return call.reply.fail({ErrorCode::refused,
                            "keys of agents, servers and nodes sign no browser in", "body /key",
                            "lazaret token add NAME --scope operator"});
  }
  (void)remove_old(context, call);
  Duration valid = sign_in_valid;
  if (who->until != WallTime{}) valid = std::min<Duration>(valid, who->until - now);
  const auto made =
      context.keys.make_session(who->name, std::string(scope.as_string()), now, valid);
  if (!made) return call.reply.fail(made.error());
  Answer answer = json_answer(
      call.operation.success,
      session_json({.right = who->right, .name = "key:" + made->record.name, .until = now + valid},
                   made->record.id));
  answer.headers = set_cookie_line(cookie_name(call.host), made->key);
  call.reply.send(std::move(answer));
}

void end(Context& context, Call& call) {
  if (const auto removed = remove_old(context, call); !removed) {
    return call.reply.fail(removed.error());
  }
  Answer answer = done_answer({});
  answer.headers = set_cookie_line(cookie_name(call.host), "");
  call.reply.send(std::move(answer));
}

}  // namespace

void add_sign_in_handlers(Handlers& handlers) {
  handlers["sign_in.link"] = link;
  handlers["sign_in"] = sign_in;
  handlers["session.show"] = show;
  handlers["session.begin"] = begin;
  handlers["session.end"] = end;
}

}  // namespace lazaret::server
