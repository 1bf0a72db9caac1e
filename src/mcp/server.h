// What an MCP server offers: its name, its tools, methods of extensions. Built once, then only
// read; any number of sessions (session.h) answer from it.
//
// Two eras of the protocol are spoken on the same door:
//   legacy   2025-06-18, 2025-11-25: `initialize` first, the version holds for the session
//   modern   2026-07-28: stateless; version and capabilities stand in the _meta of each request
#pragma once

#include <boost/json/object.hpp>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "base/result.h"
#include "mcp/message.h"

namespace lazaret::mcp {

LAZARET_ENUM(Era, legacy, modern)

inline constexpr std::string_view modern_version = "2026-07-28";
// The newest first: what a client gets that asks for another one.
inline constexpr std::string_view legacy_versions[] = {"2025-11-25", "2025-06-18"};

// What a tool or a method is asked. The references live as long as the call that hands it over.
struct Request {
  Era era = Era::legacy;
  const json::object& params;  // of a tool: its arguments, checked against the schema
  const json::object& meta;    // params._meta; empty where it was left out
  // Settings that the client declared for an extension; null = not declared.
  std::function<const json::object*(std::string_view extension)> declared;
};

// Called once, during the call or later; also when the session is gone.
using Done = std::function<void(Result<json::object>)>;

struct Tool {
  std::string name;
  std::string title;
  std::string description;
  json::object input;   // JSON Schema of the arguments, an object
  json::object output;  // JSON Schema of what it answers, an object
  bool read_only = false;
  bool destructive = false;
  bool idempotent = false;
  bool open_world = false;  // acts on more than this machine
  // An Error becomes a result with isError: the model is told, and may do better.
  std::function<void(const Request&, Done)> call;
};

// A method beyond the protocol's own, of an extension that both sides have to declare.
struct Method {
  std::string name;
  std::string extension;
  json::object input;  // JSON Schema of params, without _meta
  std::function<void(const Request&, Done)> call;
};

struct Identity {
  std::string name;
  std::string title;
  std::string version;
  std::string instructions;  // for the model; may be empty
};

class Server {
 public:
  explicit Server(Identity identity);

  // Names are unique. The tools are listed in the order in which they were added.
  void add(Tool tool);
  void add(Method method);
  // Declared to every client, with these settings.
  void declare(const std::string& extension, json::object settings);

  std::span<const Tool> tools() const { return tools_; }
  const Tool* tool(std::string_view name) const;
  const Method* method(std::string_view name) const;

  json::object initialized(std::string_view version) const;  // the result of `initialize`
  json::object discovered() const;                           // the result of `server/discover`
  const std::string& tools_text() const;                     // `"tools":[…]`, made once
  // `"resultType":"complete","_meta":{…}`: the members that every modern result has.
  const std::string& modern_text() const { return modern_text_; }

  static constexpr Duration list_lifetime = std::chrono::hours(1);  // the list never changes

 private:
  json::object capabilities(std::string_view extensions_member) const;

  Identity identity_;
  std::vector<Tool> tools_;
  std::map<std::string, std::size_t, std::less<>> tool_places_;
  std::map<std::string, Method, std::less<>> methods_;
  std::map<std::string, json::object> extensions_;
  mutable std::string tools_text_;
  std::string modern_text_;
};

// As tools/list shows it.
json::object to_json(const Tool& tool);

}  // namespace lazaret::mcp
