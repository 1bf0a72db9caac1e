#include "mcp/session.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "mcp/schema.h"

namespace lazaret::mcp {
namespace {

constexpr std::string_view meta_text =
    R"("_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",)"
    R"("io.modelcontextprotocol/clientCapabilities":{}})";

json::object schema_of(std::string_view text) {
  return json::parse({text.data(), text.size()}).as_object();
}

Tool echo() {
  return {.name = "echo",
          .title = "Echo",
          .description = "Says it again.",
          .input = schema_of(R"({"type":"object","properties":{"text":{"type":"string",
                                 "maxLength":5}},"additionalProperties":false})"),
          .output = schema_of(R"({"type":"object"})"),
          .read_only = true,
          .call = [](const Request& request, Done done) {
            done(json::object(request.params, json::storage_ptr()));
          }};
}

class OfASession : public testing::Test {
 protected:
  OfASession() {
    server_.add(echo());
    Tool later = echo();
    later.name = "later";
    later.call = [this](const Request&, Done done) { waiting_.push_back(std::move(done)); };
    server_.add(std::move(later));
    Tool failing = echo();
    failing.name = "failing";
    failing.call = [](const Request&, Done done) {
      done(fail(ErrorCode::not_found, "no active slot for agent"));
    };
    server_.add(std::move(failing));
    server_.add(Method{.name = "x/poll",
                       .extension = "dev.example/x",
                       .input = schema_of(R"({"type":"object","required":["seq"]})"),
                       .call = [](const Request&, Done done) { done(json::object{{"a", 1}}); }});
    server_.declare("dev.example/x", {{"poll", true}});
  }

  // The only line that comes back; null when there is none.
  json::value take(std::string_view line) {
    lines_.clear();
    session_.take(line);
    EXPECT_LE(lines_.size(), 1U);
    if (lines_.empty()) return nullptr;
    EXPECT_EQ(lines_[0].find('\n'), std::string::npos);
    return json::parse(lines_[0]);
  }
  json::value ask(std::string_view method, std::string_view params = "{}") {
    return take(R"({"jsonrpc":"2.0","id":7,"method":")" + std::string(method) + R"(","params":)" +
                std::string(params) + "}");
  }
  json::value modern(std::string_view method, std::string_view params = "") {
    return ask(method, "{" + std::string(params) + (params.empty() ? "" : ",") +
                           std::string(meta_text) + "}");
  }
  static std::int64_t code(const json::value& answer) {
    return answer.at("error").at("code").as_int64();
  }
  static std::string said(const json::value& answer) {
    return std::string(answer.at("error").at("message").as_string());
  }
  json::value initialize(std::string_view version, std::string_view capabilities = "{}") {
    return ask("initialize", R"({"protocolVersion":")" + std::string(version) +
                                 R"(","clientInfo":{"name":"t","version":"1"},"capabilities":)" +
                                 std::string(capabilities) + "}");
  }

  Server server_{{.name = "t", .title = "T", .version = "1"}};
  std::vector<std::string> lines_;
  std::vector<Done> waiting_;
  Session session_{server_, [this](std::string_view line) { lines_.emplace_back(line); }};
};

TEST_F(OfASession, ALegacyVersionIsAgreedOn) {
  for (const std::string_view version : legacy_versions) {
    EXPECT_EQ(initialize(version).at("result").at("protocolVersion"), json::value(version));
  }
  const json::value newer = initialize("2099-01-01");
  EXPECT_EQ(newer.at("result").at("protocolVersion"), "2025-11-25");
  EXPECT_EQ(newer.at("result").at("capabilities").at("experimental").at("dev.example/x").at("poll"),
            true);
  EXPECT_EQ(code(ask("initialize")), invalid_params);
  EXPECT_TRUE(ask("ping").at("result").as_object().empty());
}

TEST_F(OfASession, ReadinessIsToldOnce) {
  int ready = 0;
  session_.on_ready = [&] { ++ready; };
  initialize("2025-11-25");
  EXPECT_EQ(ready, 0);
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(take(R"({"jsonrpc":"2.0","method":"notifications/initialized"})").is_null());
  }
  EXPECT_EQ(ready, 1);
}

TEST_F(OfASession, ModernRequestsStandAlone) {
  const json::value found = modern("server/discover");
  EXPECT_EQ(found.at("result").at("supportedVersions").at(0), "2026-07-28");
  EXPECT_EQ(found.at("result").at("resultType"), "complete");
  EXPECT_TRUE(found.at("result").at("capabilities").at("extensions").is_object());
  EXPECT_EQ(found.at("result").at("_meta").at("io.modelcontextprotocol/serverInfo").at("name"),
            "t");
  const json::value list = modern("tools/list");
  EXPECT_EQ(list.at("result").at("resultType"), "complete");
  EXPECT_GT(list.at("result").at("ttlMs").as_int64(), 0);
  EXPECT_EQ(list.at("result").at("cacheScope"), "private");
  const json::value called = modern("tools/call", R"("name":"echo","arguments":{"text":"a"})");
  EXPECT_EQ(called.at("result").at("resultType"), "complete");
  EXPECT_EQ(called.at("result").at("structuredContent").at("text"), "a");
}

TEST_F(OfASession, TheErasAreNotMixed) {
  EXPECT_EQ(code(modern("initialize", R"("protocolVersion":"2025-11-25")")), method_not_found);
  EXPECT_EQ(code(modern("ping")), method_not_found);
  EXPECT_EQ(code(ask("server/discover")), invalid_params);
  const json::value old =
      ask("tools/list", R"({"_meta":{"io.modelcontextprotocol/protocolVersion":"1900-01-01"}})");
  EXPECT_EQ(code(old), unsupported_version);
  EXPECT_EQ(old.at("error").at("data").at("requested"), "1900-01-01");
  EXPECT_EQ(old.at("error").at("data").at("supported").at(0), "2026-07-28");
  EXPECT_EQ(code(ask("tools/list",
                     R"({"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}})")),
            invalid_params);
  EXPECT_EQ(code(ask("tools/list", R"({"_meta":{"io.modelcontextprotocol/protocolVersion":1}})")),
            invalid_params);
  EXPECT_FALSE(ask("tools/list").at("result").as_object().contains("resultType"));
}

TEST_F(OfASession, ToolsAreListedInTheirOrderWithSchemasAndAnnotations) {
  const json::array tools = ask("tools/list").at("result").at("tools").as_array();
  ASSERT_EQ(tools.size(), 3U);
  EXPECT_EQ(tools[0].at("name"), "echo");
  EXPECT_EQ(tools[1].at("name"), "later");
  EXPECT_EQ(tools[0].at("annotations").at("readOnlyHint"), true);
  EXPECT_TRUE(tools[0].at("outputSchema").is_object());
  EXPECT_EQ(code(ask("tools/list", R"({"cursor":"x"})")), invalid_params);
}

TEST_F(OfASession, WhatAToolAnswersIsThereTwice) {
  const json::value answer =
      ask("tools/call", R"({"name":"echo","arguments":{"text":"\"a\"\n"}})").at("result");
  EXPECT_EQ(answer.at("isError"), false);
  EXPECT_EQ(json::parse(answer.at("content").at(0).at("text").as_string()),
            answer.at("structuredContent"));
  EXPECT_EQ(answer.at("structuredContent").at("text"), "\"a\"\n");
}

TEST_F(OfASession, ArgumentsMayBeLeftOut) {
  for (const auto* params : {R"({"name":"echo"})", R"({"name":"echo","arguments":null})",
                             R"({"name":"echo","arguments":{}})"}) {
    EXPECT_EQ(ask("tools/call", params).at("result").at("isError"), false) << params;
  }
  EXPECT_EQ(code(ask("tools/call", R"({"name":"echo","arguments":[]})")), invalid_params);
}

TEST_F(OfASession, WrongArgumentsAreExplainedToTheModel) {
  const auto text = [&](const char* arguments) {
    const json::value answer =
        ask("tools/call", R"({"name":"echo","arguments":)" + std::string(arguments) + "}");
    EXPECT_EQ(answer.at("result").at("isError"), true);
    return std::string(answer.at("result").at("content").at(0).at("text").as_string());
  };
  EXPECT_EQ(text(R"({"text":5})"), "text is 5; expected string (arguments/text)");
  EXPECT_NE(text(R"({"tex":"a"})").find("did you mean text?"), std::string::npos);
  EXPECT_NE(text(R"({"text":"äöüäöü"})").find("at most 5 characters"), std::string::npos);
}

TEST_F(OfASession, WhatIsNotThereIsNamed) {
  EXPECT_EQ(code(ask("tools/cal")), method_not_found);
  EXPECT_NE(said(ask("tools/cal")).find("tools/cal"), std::string::npos);
  EXPECT_EQ(said(ask("tools/call", R"({"name":"ecko"})")),
            "Unknown tool: ecko; did you mean echo?");
  EXPECT_EQ(code(ask("tools/call", R"({"name":"ecko"})")), invalid_params);
  EXPECT_EQ(code(ask("tools/call", "{}")), invalid_params);
  EXPECT_EQ(code(ask("prompts/list")), method_not_found);
  EXPECT_EQ(code(ask("resources/list")), method_not_found);
  const json::value failed = ask("tools/call", R"({"name":"failing"})");
  EXPECT_EQ(failed.at("result").at("isError"), true);
  EXPECT_EQ(failed.at("result").at("content").at(0).at("text"), "no active slot for agent");
}

TEST_F(OfASession, IdsComeBackAsTheyWere) {
  for (const auto* id : {"1", "\"a\\u0000b\"", "-3", "18446744073709551615", "1.5"}) {
    const json::value answer =
        take(R"({"jsonrpc":"2.0","method":"ping","id":)" + std::string(id) + "}");
    EXPECT_EQ(answer.at("id"), json::parse(id));
    EXPECT_TRUE(answer.at("result").is_object());
  }
}

TEST_F(OfASession, NoLineEndsIt) {
  const std::pair<std::string, int> lines[] = {
      {"{", parse_error},
      {"hello", parse_error},
      {"{\"a\":\"\xff\"}", parse_error},
      {std::string(100'000, '['), parse_error},
      {"[]", invalid_request},
      {R"([{"jsonrpc":"2.0","id":1,"method":"ping"}])", invalid_request},
      {"1", invalid_request},
      {"null", invalid_request},
      {"{}", invalid_request},
      {R"({"jsonrpc":"1.0","id":1,"method":"ping"})", invalid_request},
      {R"({"jsonrpc":"2.0","id":null,"method":"ping"})", invalid_request},
      {R"({"jsonrpc":"2.0","id":{},"method":"ping"})", invalid_request},
      {R"({"jsonrpc":"2.0","id":1,"method":5})", invalid_request},
      {R"({"jsonrpc":"2.0","id":1,"method":"ping","params":[]})", invalid_params},
      {R"({"jsonrpc":"2.0","id":1,"method":"ping","params":{"_meta":3}})", invalid_params},
      {R"({"jsonrpc":"2.0","id":1,"result":1,"error":{}})", invalid_request}};
  for (const auto& [line, expected] : lines) EXPECT_EQ(code(take(line)), expected) << line;
  for (const auto* line :
       {"", " ", "\r", R"({"jsonrpc":"2.0","method":"no/such"})",
        R"({"jsonrpc":"2.0","id":99,"result":{}})", R"({"jsonrpc":"2.0","id":"x","error":{}})"}) {
    EXPECT_TRUE(take(line).is_null()) << line;
  }
  EXPECT_TRUE(ask("ping").at("result").is_object());
}

TEST_F(OfASession, ACallCanBeAnsweredLaterOrCancelled) {
  EXPECT_TRUE(ask("tools/call", R"({"name":"later"})").is_null());
  EXPECT_EQ(session_.calls(), 1U);
  waiting_[0](json::object{{"done", true}});
  ASSERT_EQ(lines_.size(), 1U);
  EXPECT_EQ(json::parse(lines_[0]).at("result").at("structuredContent").at("done"), true);

  const auto* cancel =
      R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7}})";
  EXPECT_TRUE(take(cancel).is_null());  // a finished one
  EXPECT_TRUE(ask("tools/call", R"({"name":"later"})").is_null());
  EXPECT_TRUE(take(cancel).is_null());
  waiting_[1](json::object{});
  EXPECT_TRUE(lines_.empty());
  EXPECT_EQ(session_.calls(), 0U);
}

TEST_F(OfASession, CallsThatWaitAreBounded) {
  for (std::size_t i = 0; i < Session::most_calls; ++i) {
    EXPECT_TRUE(ask("tools/call", R"({"name":"later"})").is_null());
  }
  EXPECT_EQ(code(ask("tools/call", R"({"name":"later"})")), too_many_calls);
  waiting_[5](json::object{});
  EXPECT_TRUE(ask("tools/call", R"({"name":"later"})").is_null());
}

TEST_F(OfASession, AnAnswerThatComesAfterItsEndIsDropped) {
  Done late;
  Server server({.name = "t", .title = "T", .version = "1"});
  Tool tool = echo();
  tool.call = [&](const Request&, Done done) { late = std::move(done); };
  server.add(std::move(tool));
  {
    Session other(server, [](std::string_view) { FAIL() << "nobody is there"; });
    other.take(R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo"}})");
  }
  late(json::object{});
}

TEST_F(OfASession, MethodsOfAnExtensionNeedItsDeclaration) {
  EXPECT_EQ(code(ask("x/poll", R"({"seq":1})")), method_not_found);
  const json::value undeclared = modern("x/poll", R"("seq":1)");
  EXPECT_EQ(code(undeclared), missing_client_capability);
  EXPECT_TRUE(undeclared.at("error")
                  .at("data")
                  .at("requiredCapabilities")
                  .at("extensions")
                  .as_object()
                  .contains("dev.example/x"));
  initialize("2025-11-25", R"({"experimental":{"dev.example/x":{"push":true}}})");
  EXPECT_EQ(session_.declared("dev.example/x")->at("push"), true);
  EXPECT_EQ(ask("x/poll", R"({"seq":1})").at("result").at("a"), 1);
  EXPECT_EQ(code(ask("x/poll", "{}")), invalid_params);
  const json::value answer =
      ask("x/poll", R"({"seq":1,"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",
      "io.modelcontextprotocol/clientCapabilities":{"extensions":{"dev.example/x":{}}}}})");
  EXPECT_EQ(answer.at("result").at("a"), 1);
  EXPECT_EQ(answer.at("result").at("resultType"), "complete");
}

TEST_F(OfASession, TheClientCanBeAsked) {
  std::vector<Result<json::value>> answers;
  const auto keep = [&](Result<json::value> answer) { answers.push_back(std::move(answer)); };
  session_.request("x/wake", {{"agentId", "a"}}, keep);
  const json::value sent = json::parse(lines_.at(0));
  EXPECT_EQ(sent.at("method"), "x/wake");
  take(R"({"jsonrpc":"2.0","id":1,"result":{"outcome":"started"}})");
  take(R"({"jsonrpc":"2.0","id":1,"result":{"outcome":"twice"}})");
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0]->at("outcome"), "started");
  session_.request("x/wake", {}, keep);
  take(R"({"jsonrpc":"2.0","id":2,"error":{"code":-32010,"message":"offline"}})");
  EXPECT_EQ(answers.at(1).error().message, "-32010 offline");
  session_.give_up(session_.request("x/wake", {}, keep));
  EXPECT_EQ(answers.at(2).error().code, ErrorCode::unavailable);
}

}  // namespace
}  // namespace lazaret::mcp
