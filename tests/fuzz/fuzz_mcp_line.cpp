// Bytes of a client of the Model Context Protocol, in pieces: whatever comes, each line out is one
// JSON-RPC message, the session goes on, and answers what it is asked next.
#include <boost/json/parse.hpp>

#include "fuzz.h"
#include "mcp/lines.h"
#include "mcp/session.h"

namespace {

using namespace lazaret;
namespace json = boost::json;

mcp::Server make_server(std::vector<mcp::Done>& waiting) {
  mcp::Server server({.name = "fuzz", .title = "Fuzz", .version = "1"});
  const json::object schema = {{"type", "object"},
                               {"properties",
                                {{"text", {{"type", "string"}, {"maxLength", 9}}},
                                 {"list", {{"type", "array"}, {"items", {{"type", "integer"}}}}}}},
                               {"additionalProperties", false}};
  server.add(mcp::Tool{.name = "echo",
                       .input = schema,
                       .output = {{"type", "object"}},
                       .call = [](const mcp::Request& request, mcp::Done done) {
                         done(json::object(request.params, json::storage_ptr()));
                       }});
  server.add(mcp::Tool{.name = "wait",
                       .input = schema,
                       .output = {{"type", "object"}},
                       .call = [&](const mcp::Request&, mcp::Done done) {
                         if (waiting.size() < 100) waiting.push_back(std::move(done));
                       }});
  server.add(mcp::Method{.name = "x/poll",
                         .extension = "dev.example/x",
                         .input = schema,
                         .call = [](const mcp::Request&, mcp::Done done) {
                           done(fail(ErrorCode::unavailable, "later"));
                         }});
  server.declare("dev.example/x", {});
  return server;
}

void check_line(std::string_view line) {
  LAZARET_ASSERT(line.find('\n') == std::string_view::npos);
  const json::value value = json::parse({line.data(), line.size()});
  LAZARET_ASSERT(value.at("jsonrpc") == "2.0" && value.as_object().contains("id"));
  const bool result = value.as_object().contains("result");
  LAZARET_ASSERT(result != value.as_object().contains("error"));
  if (!result) LAZARET_ASSERT(!value.at("error").at("message").as_string().empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<mcp::Done> waiting;
  const mcp::Server server = make_server(waiting);
  std::size_t answers = 0;
  mcp::Session session(server, [&](std::string_view line) {
    check_line(line);
    ++answers;
  });
  mcp::Lines lines([&](std::string_view line) { session.take(line); },
                   [&] { session.refuse_long_line(256); }, 256);
  std::string_view text = fuzz::text_of(data, size);
  const std::size_t piece = 1 + fuzz::take_byte(text);
  for (; !text.empty(); text.remove_prefix(std::min(piece, text.size()))) {
    lines.take(text.substr(0, piece));
  }
  lines.end();
  for (auto& done : waiting) done(json::object{{"late", true}});
  answers = 0;
  session.take(R"({"jsonrpc":"2.0","id":1,"method":"ping"})");
  LAZARET_ASSERT(answers == 1);
  return 0;
}
