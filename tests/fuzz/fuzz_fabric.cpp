// What a Fabric centre answers, and the file that says who is who there: a guild that is taken has
// all that is needed to speak to it, and what is wrong has a place.
#include "fuzz.h"
#include "presence/config.h"
#include "wire/fabric.h"
#include "wire/url.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lazaret;
  const std::string text(fuzz::text_of(data, size));
  if (const auto guilds = wire::read_fabric_login(text)) {
    for (const wire::FabricGuild& one : *guilds) {
      LAZARET_ASSERT(!one.node_id.empty() && !one.token.empty());
      LAZARET_ASSERT(wire::read_url(wire::presence_url(one.endpoint, text)).has_value());
    }
  }
  const auto config = presence::read_config("file", text);
  if (!config) {
    LAZARET_ASSERT(config.error().place.starts_with("file:") && !config.error().message.empty());
    return 0;
  }
  std::set<std::string> agents;
  for (const presence::Identity& one : config->identities) {
    LAZARET_ASSERT(!one.agent.empty() && agents.insert(one.agent).second);
  }
  for (const auto& [agent, guild] : config->bindings) {
    LAZARET_ASSERT(!agent.empty() && !guild.empty());
  }
  return 0;
}
