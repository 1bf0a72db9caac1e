#include "server/context.h"
#include "server/page.h"
#include "server/sign_in.h"
#include "wire/api_encode.h"

namespace lazaret::server {
namespace {

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
  if (!by) return call.reply.send(sign_in_answer(SignInOutcome::stale));
  const auto made = context.keys.make("sign-in of " + *by, "admin", now.wall, sign_in_valid);
  if (!made) return call.reply.fail(made.error());
  context.sign_in_links.use_up(token);
  Answer answer = sign_in_answer(SignInOutcome::in);
  answer.headers += set_cookie_line(cookie_name(call.host), made->key);
  call.reply.send(std::move(answer));
}

void sign_out(Context& context, Call& call) {
  const std::string name = cookie_name(call.host);
  const auto key = context.keys.id_of(cookie_value(call.cookie, name));
  if (key) {
    const auto removed = context.keys.remove(*key);
    if (!removed) return call.reply.fail(removed.error());
  }
  Answer answer = sign_in_answer(SignInOutcome::out);
  answer.headers += set_cookie_line(name, "");
  call.reply.send(std::move(answer));
}

}  // namespace

void add_sign_in_handlers(Handlers& handlers) {
  handlers["sign_in.link"] = link;
  handlers["sign_in"] = sign_in;
  handlers["sign_out"] = sign_out;
}

}  // namespace lazaret::server
