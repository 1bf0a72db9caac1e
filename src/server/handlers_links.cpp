#include "server/context.h"
#include "server/names.h"

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

void act_on_slot(Context& context, Call& call) {
  if (!context.services.act_on_slot) {
    return call.reply.fail({ErrorCode::unsupported,
                            "this daemon follows no HarborForge backend",
                            {},
                            "slots of its own calendar: lazaret slot set SLOT STATUS"});
  }
  std::optional<AgentRef> agent = call.identity.agent;
  const core::Agent* caller = agent ? core::find_agent(context.fleet(), *agent) : nullptr;
  if (caller && caller->definition.run && caller->incarnation != call.identity.incarnation) {
    return call.reply.fail({ErrorCode::fenced, "a later incarnation of this agent lives", {}, {}});
  }
  if (call.inputs.has("agent")) {
    const auto named = agent_named(context.fleet(), call.inputs.text("agent"), call.identity);
    if (!named) return call.reply.fail(named.error());
    if (agent && *named != *agent) {
      return call.reply.fail(
          {ErrorCode::refused, "an agent speaks of its own slot only", "body /agent", {}});
    }
    agent = *named;
  }
  context.services.act_on_slot(call.inputs.text("action"), agent, call.inputs.text("reason"),
                               [reply = call.reply](const Result<json::object>& acted) {
                                 if (!acted) return reply.fail(acted.error());
                                 reply.ok(*acted);
                               });
}

}  // namespace

void add_link_handlers(Handlers& handlers) {
  handlers["link.list"] = list;
  handlers["link.test"] = test;
  handlers["backend.act"] = act_on_slot;
}

}  // namespace lazaret::server
