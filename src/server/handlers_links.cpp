#include "server/context.h"

namespace lazaret::server {
namespace {

void list(Context& context, Call& call) {
  if (!context.services.list_links) return call.reply.ok(json::object{{"links", json::array()}});
  context.services.list_links([reply = call.reply](json::array links) {
    reply.ok(json::object{{"links", std::move(links)}});
  });
}

void test(Context& context, Call& call) {
  if (!context.services.test_link) {
    return call.reply.fail({ErrorCode::unsupported, "this daemon talks to nobody", {}, {}});
  }
  context.services.test_link(call.inputs.text("link"),
                             [reply = call.reply](const Result<json::object>& outcome) {
                               if (!outcome) return reply.fail(outcome.error());
                               reply.ok(*outcome);
                             });
}

}  // namespace

void add_link_handlers(Handlers& handlers) {
  handlers["link.list"] = list;
  handlers["link.test"] = test;
}

}  // namespace lazaret::server
