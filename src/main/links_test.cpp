#include "main/links.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

namespace lazaret::main {
namespace {

struct ScriptedHttp final : ports::HttpClient {
  void send(ports::HttpRequest request, Duration, Done done) override {
    sent.push_back(std::move(request));
    done(next);
  }
  Result<ports::HttpAnswer> next = ports::HttpAnswer{204, {}, {}};
  std::vector<ports::HttpRequest> sent;
};

class LinksTest : public testing::Test {
 protected:
  LinksTest() {
    link.test = [this] { http.send({.method = "POST"}, 1s, [](const auto&) {}); };
    link.off = [this] { return off; };
  }
  std::string state() { return boost::json::serialize(links.json().at(0)); }
  Result<boost::json::object> tested(const std::string& name) {
    Result<boost::json::object> out = fail(ErrorCode::internal, "nobody answered");
    links.test(name, [&](Result<boost::json::object> outcome) { out = std::move(outcome); });
    return out;
  }
  boost::asio::io_context io;
  Links links{io, [] { return WallTime(60s); }};
  ScriptedHttp outside;
  Links::Link& link = links.add("webhook-1", "webhook", "https://h.example/T/secret?t=1", true);
  ports::HttpClient& http = links.watch(link, outside);
  std::string off;
};

TEST_F(LinksTest, EachExchangeIsSeenAndSecretsAreNot) {
  EXPECT_EQ(state(),
            R"({"link":"webhook-1","kind":"webhook","url":"https://h.example/…","state":"never",)"
            R"("last_at":null,"last_ok_at":null,"error":null,"sent":0,"waiting":0})");
  int status = 0;
  http.send({}, 1s, [&](const Result<ports::HttpAnswer>& answer) { status = answer->status; });
  EXPECT_EQ(status, 204);
  EXPECT_NE(state().find(R"("state":"ok","last_at":"1970-01-01T00:01:00.000Z")"), std::string::npos)
      << state();
  outside.next = ports::HttpAnswer{500, {}, {}};
  http.send({}, 1s, [](const auto&) {});
  EXPECT_NE(state().find(R"("state":"failing")"), std::string::npos);
  EXPECT_NE(state().find(R"("error":"HTTP 500","sent":1)"), std::string::npos) << state();
  off = "gone";
  EXPECT_NE(state().find(R"("state":"off")"), std::string::npos);
  EXPECT_NE(state().find(R"("error":"gone")"), std::string::npos);
  const auto& plain = links.add("fabric", "fabric", "http://c.example:7/login?x=1", false);
  EXPECT_EQ(plain.url, "http://c.example:7/login");
}

TEST_F(LinksTest, ATestSaysHowItWent) {
  EXPECT_EQ(tested("webhook-1")->at("detail").as_string(), "HTTP 204");
  outside.next = fail(ErrorCode::unavailable, "nobody listens");
  const auto failed = tested("webhook-1");
  EXPECT_FALSE(failed->at("ok").as_bool());
  EXPECT_EQ(failed->at("detail").as_string(), "nobody listens");
  EXPECT_EQ(outside.sent.size(), 2U);
  EXPECT_EQ(tested("webhook-2").error().code, ErrorCode::not_found);
  link.test = nullptr;
  EXPECT_EQ(tested("webhook-1").error().code, ErrorCode::unsupported);
}

TEST_F(LinksTest, WhoWaitsForATestIsBounded) {
  link.test = [] {};  // nothing is sent
  for (std::size_t i = 0; i < link_testers_most; ++i) tested("webhook-1");
  EXPECT_EQ(tested("webhook-1").error().code, ErrorCode::too_many);
}

}  // namespace
}  // namespace lazaret::main
