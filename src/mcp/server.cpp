#include "mcp/server.h"

#include "base/invariant.h"
#include "wire/json_document.h"

namespace lazaret::mcp {
namespace {

json::object implementation(const Identity& identity) {
  json::object out = {{"name", identity.name}, {"version", identity.version}};
  if (!identity.title.empty()) out["title"] = identity.title;
  return out;
}

}  // namespace

json::object to_json(const Tool& tool) {
  return {{"name", tool.name},
          {"title", tool.title},
          {"description", tool.description},
          {"inputSchema", tool.input},
          {"outputSchema", tool.output},
          {"annotations", json::object{{"title", tool.title},
                                       {"readOnlyHint", tool.read_only},
                                       {"destructiveHint", tool.destructive},
                                       {"idempotentHint", tool.idempotent},
                                       {"openWorldHint", tool.open_world}}}};
}

Server::Server(Identity identity) : identity_(std::move(identity)) {
  modern_text_ = R"("resultType":"complete","_meta":{"io.modelcontextprotocol/serverInfo":)" +
                 wire::json_document(implementation(identity_)) + "}";
}

void Server::add(Tool tool) {
  const bool is_new = tool_places_.emplace(tool.name, tools_.size()).second;
  LAZARET_ASSERT(is_new && tool.call);
  tools_.push_back(std::move(tool));
  tools_text_.clear();
}

void Server::add(Method method) {
  LAZARET_ASSERT(method.call);
  const bool is_new = methods_.emplace(method.name, std::move(method)).second;
  LAZARET_ASSERT(is_new);
}

void Server::declare(const std::string& extension, json::object settings) {
  extensions_[extension] = std::move(settings);
}

const Tool* Server::tool(std::string_view name) const {
  const auto found = tool_places_.find(name);
  return found == tool_places_.end() ? nullptr : &tools_[found->second];
}

const Method* Server::method(std::string_view name) const {
  const auto found = methods_.find(name);
  return found == methods_.end() ? nullptr : &found->second;
}

json::object Server::capabilities(std::string_view extensions_member) const {
  json::object out = {{"tools", json::object{{"listChanged", false}}}};
  if (extensions_.empty()) return out;
  json::object declared;
  for (const auto& [name, settings] : extensions_) declared[name] = settings;
  out[extensions_member] = std::move(declared);
  return out;
}

json::object Server::initialized(std::string_view version) const {
  json::object out = {{"protocolVersion", version},
                      {"capabilities", capabilities("experimental")},
                      {"serverInfo", implementation(identity_)}};
  if (!identity_.instructions.empty()) out["instructions"] = identity_.instructions;
  return out;
}

json::object Server::discovered() const {
  json::array versions = {modern_version};
  for (const std::string_view version : legacy_versions) versions.emplace_back(version);
  json::object out = {{"supportedVersions", std::move(versions)},
                      {"capabilities", capabilities("extensions")},
                      {"ttlMs", list_lifetime / 1ms},
                      {"cacheScope", "private"}};
  if (!identity_.instructions.empty()) out["instructions"] = identity_.instructions;
  return out;
}

const std::string& Server::tools_text() const {
  if (tools_text_.empty()) {
    json::array list;
    for (const Tool& tool : tools_) list.push_back(to_json(tool));
    tools_text_ = "\"tools\":" + wire::json_document(list);
  }
  return tools_text_;
}

}  // namespace lazaret::mcp
