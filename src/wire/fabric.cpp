#include "wire/fabric.h"

#include <array>

#include "wire/json_document.h"
#include "wire/json_text.h"
#include "wire/operations.h"
#include "wire/url.h"

namespace lazaret::wire {
namespace {

constexpr std::size_t guilds_most = 1000;

// The first of these members that is a text.
std::string text_of(const JsonValue& value, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    const JsonMember* member = value.find(name);
    if (member && member->value.kind == JsonKind::string) return member->value.text;
  }
  return {};
}

}  // namespace

std::string fabric_login_body(const std::string& api_key) {
  return json_document(boost::json::object{{"api_key", api_key}});
}

Result<std::vector<FabricGuild>> read_fabric_login(const std::string& body) {
  const auto document = read_json(body);
  if (!document) return fail(ErrorCode::unavailable, "the answer to the login is no JSON");
  const JsonValue* list = &document->root;
  if (const JsonMember* wrapped = list->find("guilds")) list = &wrapped->value;
  if (list->kind != JsonKind::array) {
    return fail(ErrorCode::unavailable, "the answer to the login has no list of guilds");
  }
  std::vector<FabricGuild> guilds;
  for (const JsonValue& one : list->items) {
    FabricGuild guild{text_of(one, {"node_id", "nodeId", "guild_id", "guildId", "id"}),
                      text_of(one, {"endpoint", "url"}),
                      text_of(one, {"token", "access_token", "accessToken"})};
    while (guild.endpoint.ends_with('/')) guild.endpoint.pop_back();
    const auto url = read_url(guild.endpoint);
    if (!url || url->target.find('?') != std::string::npos) continue;
    if (guild.node_id.empty() || guild.token.empty() || guilds.size() >= guilds_most) continue;
    guilds.push_back(std::move(guild));
  }
  return guilds;
}

std::string presence_body(PresenceStatus status) {
  return json_document(
      boost::json::object{{"status", to_word(status)}, {"source", presence_source}});
}

std::string presence_url(const std::string& endpoint, const std::string& fabric_user_id) {
  return endpoint + fill_path("/api/agents/{fabric_user_id}/presence", std::array{fabric_user_id});
}

}  // namespace lazaret::wire
