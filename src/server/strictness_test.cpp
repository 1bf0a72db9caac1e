// What arrives as bytes: refused where two readers could understand it differently, answered where
// not, and bounded in every direction.
#include <gtest/gtest.h>

#include "base/rng.h"
#include "server/server_rig.h"

namespace lazaret::server {
namespace {

constexpr std::string_view host = "Host: localhost\r\n";

struct Case {
  std::string_view name;
  std::string bytes;
  int status;
};

std::vector<Case> hostile() {
  const std::string h(host);
  const std::string post = "POST /api/v1/notes HTTP/1.1\r\n" + h;
  return {
      {"no host", "GET /health HTTP/1.1\r\n\r\n", 400},
      {"two hosts", "GET /health HTTP/1.1\r\n" + h + h + "\r\n", 400},
      {"http 1.0", "GET /health HTTP/1.0\r\n" + h + "\r\n", 400},
      {"http 2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
      {"http 1.2", "GET /health HTTP/1.2\r\n" + h + "\r\n", 400},
      {"bare lf", "GET /health HTTP/1.1\nHost: localhost\n\n", 400},
      {"bare lf in the middle", "GET /health HTTP/1.1\r\nHost: localhost\nX: y\r\n\r\n", 400},
      {"bare cr", "GET /health HTTP/1.1\rHost: localhost\r\n\r\n", 400},
      {"nul in a field", "GET /health HTTP/1.1\r\n" + h + std::string("X: a\0b\r\n\r\n", 11), 400},
      {"control in a field",
       "GET /health HTTP/1.1\r\n" + h +
           "X: a\x01"
           "b\r\n\r\n",
       400},
      {"control in the target", "GET /hea\x01lth HTTP/1.1\r\n" + h + "\r\n", 400},
      {"space in the target", "GET /hea lth HTTP/1.1\r\n" + h + "\r\n", 400},
      {"space before colon", "GET /health HTTP/1.1\r\n" + h + "X : y\r\n\r\n", 400},
      {"folded field", "GET /health HTTP/1.1\r\n" + h + "X: a\r\n b\r\n\r\n", 400},
      {"folded first", "GET /health HTTP/1.1\r\n X: a\r\n" + h + "\r\n", 400},
      {"no colon", "GET /health HTTP/1.1\r\n" + h + "nonsense\r\n\r\n", 400},
      {"absolute target", "GET http://localhost/health HTTP/1.1\r\n" + h + "\r\n", 400},
      {"length and coding",
       post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"coding and length",
       post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400},
      {"two lengths", post + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", 400},
      {"two equal lengths", post + "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", 400},
      {"list of lengths", post + "Content-Length: 2, 2\r\n\r\n{}", 400},
      {"negative length", post + "Content-Length: -1\r\n\r\n", 400},
      {"length with a sign", post + "Content-Length: +2\r\n\r\n{}", 400},
      {"length in hex", post + "Content-Length: 0x2\r\n\r\n{}", 400},
      {"length beyond 64 bits", post + "Content-Length: 99999999999999999999999\r\n\r\n", 400},
      {"coding that is not chunked", post + "Transfer-Encoding: gzip\r\n\r\n", 400},
      {"coding with a tail", post + "Transfer-Encoding: chunked, gzip\r\n\r\n", 400},
      {"coding twice", post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400},
      {"unknown expectation", post + "Expect: tea\r\nContent-Length: 2\r\n\r\n{}", 417},
      {"nothing there", "GET /nothing HTTP/1.1\r\n" + h + "\r\n", 404},
      {"bad escape", "GET /agent/%zz HTTP/1.1\r\n" + h + "\r\n", 400},
      {"nul escape", "GET /agent/a%00b HTTP/1.1\r\n" + h + "\r\n", 400},
      {"overlong utf-8", "GET /agent/%c0%af HTTP/1.1\r\n" + h + "\r\n", 400},
      {"wrong host", "GET /health HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421},
      {"host with a trick", "GET /health HTTP/1.1\r\nHost: localhost.evil.example\r\n\r\n", 421},
      {"foreign origin", "GET /health HTTP/1.1\r\n" + h + "Origin: http://evil.example\r\n\r\n",
       403},
      {"null origin", "GET /health HTTP/1.1\r\n" + h + "Origin: null\r\n\r\n", 403},
      {"cross site", "GET /health HTTP/1.1\r\n" + h + "Sec-Fetch-Site: cross-site\r\n\r\n", 403},
      {"foreign origin on a beat",
       "POST /heartbeat/x HTTP/1.1\r\n" + h + "Origin: http://evil.example\r\n\r\n", 403},
      {"not http at all", "\x16\x03\x01\x02\x00\x01\r\n\r\n", 400},
  };
}

TEST(Strictness, hostile_requests_are_refused_and_the_server_lives) {
  Rig rig;
  for (const Case& one : hostile()) {
    Wire wire(rig.port);
    wire.send(one.bytes);
    const Response response = wire.read();
    EXPECT_EQ(response.status, one.status) << one.name;
    EXPECT_EQ(response.headers.contains("content-type") ? response.headers.at("content-type") : "",
              "application/problem+json")
        << one.name;
    if (one.status == 400 && response.headers.contains("connection")) {
      EXPECT_TRUE(wire.closed()) << one.name;
    }
  }
  EXPECT_EQ(rig.call("GET", "/health").status, 200);
}

TEST(Strictness, what_cannot_be_framed_ends_the_connection) {
  Rig rig;
  Wire wire(rig.port);
  wire.send(
      "POST /heartbeat/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n"
      "Transfer-Encoding: chunked\r\n\r\nGET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(wire.read().status, 400);
  EXPECT_TRUE(wire.closed());  // the smuggled request was not answered
}

TEST(Strictness, chunked_bodies) {
  Rig rig;
  const std::string head =
      "POST /heartbeat/c HTTP/1.1\r\nHost: localhost\r\n"
      "Transfer-Encoding: chunked\r\n\r\n";
  Wire good(rig.port);
  good.send(head + "8\r\n{\"progre\r\n7;x=y\r\nss\": 3}\r\n0\r\nHost: evil\r\n\r\n");
  EXPECT_EQ(good.read().status, 200);
  good.send(head + "0\r\n\r\n");  // and the connection goes on
  EXPECT_EQ(good.read().status, 200);
  for (const std::string_view bad :
       {"zz\r\n{}\r\n0\r\n\r\n", "-1\r\n\r\n", "2\n{}\n0\n\n", "2\r\n{}X\r\n0\r\n\r\n",
        "ffffffffffffffffff\r\n{}\r\n", "2 \x01\r\n{}\r\n0\r\n\r\n"}) {
    Wire wire(rig.port);
    wire.send(head + std::string(bad));
    wire.end_sending();
    const int status = wire.read().status;
    EXPECT_TRUE(status == 400 || status == 413 || status == 0) << bad << " " << status;
  }
}

TEST(Strictness, one_byte_at_a_time_is_the_same_request) {
  Rig rig;
  Wire wire(rig.port);
  const std::string bytes = request("POST", "/heartbeat/slow", R"({"progress": 1})");
  for (const char c : bytes) wire.send({&c, 1});
  EXPECT_EQ(wire.read().status, 200);
}

TEST(Strictness, an_empty_line_before_a_request_is_passed_over) {
  Rig rig;
  Wire wire(rig.port);
  wire.send("\r\n" + request("GET", "/health"));
  EXPECT_EQ(wire.read().status, 200);
}

TEST(Bounds, head_body_and_depth) {
  Rig rig;
  {
    Wire wire(rig.port);
    wire.send(request("GET", "/health", {}, "X: " + std::string(20'000, 'x') + "\r\n"));
    const Response refused = wire.read();
    EXPECT_EQ(refused.status, 431);
    EXPECT_NE(refused.text("detail").find("larger than 16384 bytes"), std::string::npos);
    EXPECT_TRUE(wire.closed());
  }
  {
    Wire wire(rig.port);  // many small fields, and never an end
    std::string many = "GET /health HTTP/1.1\r\nHost: localhost\r\n";
    for (int i = 0; i < 3000; ++i) many += "X-" + std::to_string(i) + ": y\r\n";
    wire.send(many);
    EXPECT_EQ(wire.read().status, 431);
  }
  const std::string key = "Authorization: Bearer " + rig.admin_key + "\r\n";
  {
    Wire wire(rig.port);
    wire.send("POST /api/v1/notes HTTP/1.1\r\nHost: localhost\r\n" + key +
              "Content-Length: 2000000\r\n\r\n");
    const Response refused = wire.read();
    EXPECT_EQ(refused.status, 413);
    EXPECT_NE(refused.text("detail").find("larger than 1048576 bytes"), std::string::npos);
  }
  {
    Wire wire(rig.port);  // the same without saying so beforehand
    wire.send("POST /api/v1/notes HTTP/1.1\r\nHost: localhost\r\n" + key +
              "Transfer-Encoding: chunked\r\n\r\n");
    const std::string piece = "10000\r\n" + std::string(65536, ' ') + "\r\n";
    for (int i = 0; i < 20; ++i) wire.send(piece);
    EXPECT_EQ(wire.read().status, 413);
  }
  EXPECT_EQ(rig.as_admin("POST", "/api/v1/notes", std::string(1000, '[')).status, 400);
  EXPECT_EQ(rig.call("GET", "/health").status, 200);
}

TEST(Bounds, slow_senders_are_ended_and_hold_nobody_up) {
  Bounds bounds;
  bounds.header_time = std::chrono::milliseconds(300);
  bounds.body_time = std::chrono::milliseconds(300);
  bounds.idle_time = std::chrono::milliseconds(1500);  // we may be slow to send, too
  Rig rig(bounds);
  Wire head(rig.port);
  Wire body(rig.port);
  Wire idle(rig.port);
  head.send("GET /health HT");
  body.send("POST /heartbeat/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n{");
  EXPECT_EQ(rig.call("GET", "/health").status, 200);
  EXPECT_EQ(head.read().status, 408);
  EXPECT_TRUE(head.closed());
  EXPECT_EQ(body.read().status, 408);
  EXPECT_TRUE(idle.closed());
}

TEST(Bounds, a_peer_that_does_not_read_is_ended) {
  Bounds bounds;
  bounds.write_time = std::chrono::milliseconds(200);
  bounds.unsent_bytes = 64 * 1024;
  Rig rig(bounds);
  rig.make_cell(cell_a, {"lead"});
  Wire wire(rig.port);
  const std::string one = request("GET", "/openapi.json");
  std::string many;
  for (int i = 0; i < 400; ++i) many += one;  // some 20 MiB of answers
  wire.send(many);
  EXPECT_TRUE(rig.until([&] { return rig.server->counts().connections == 0; }));
}

TEST(Bounds, at_the_limit_idle_connections_give_way) {
  Bounds bounds;
  bounds.connections = 8;
  Rig rig(bounds);
  std::vector<std::unique_ptr<Wire>> idle;
  for (int i = 0; i < 20; ++i) idle.push_back(std::make_unique<Wire>(rig.port));
  EXPECT_EQ(rig.call("GET", "/health").status, 200);
  EXPECT_TRUE(idle.front()->closed());
  EXPECT_LE(rig.on_loop([&] { return rig.server->counts().connections; }), 8U);
}

TEST(Http, pipelined_requests_are_answered_in_order) {
  Rig rig;
  Wire wire(rig.port);
  std::string many;
  for (int i = 0; i < 200; ++i) {
    many += request("POST", "/heartbeat/p" + std::to_string(i % 7));
    many += request("GET", "/agent/nobody" + std::to_string(i));
  }
  wire.send(many);
  for (int i = 0; i < 200; ++i) {
    const Response beat = wire.read();
    ASSERT_EQ(beat.status, 200) << i;
    EXPECT_EQ(beat.text("agent_id"), "p" + std::to_string(i % 7));
    const Response missing = wire.read();
    ASSERT_EQ(missing.status, 404);
    EXPECT_NE(missing.body.find("nobody" + std::to_string(i)), std::string::npos);
  }
}

TEST(Http, half_closed_peers_get_their_answers) {
  Rig rig;
  Wire wire(rig.port);
  wire.send(request("POST", "/heartbeat/h") + request("GET", "/health"));
  wire.end_sending();
  EXPECT_EQ(wire.read().status, 200);
  EXPECT_EQ(wire.read().status, 200);
  EXPECT_TRUE(wire.closed());
}

TEST(Http, a_half_closed_peer_gets_an_answer_that_takes_its_time) {
  Rig rig;
  Wire wire(rig.port);
  rig.on_loop([&] { rig.journal.hold(); });
  wire.send(request("POST", "/api/v1/notes", R"({"text": "x"})",
                    "Authorization: Bearer " + rig.admin_key + "\r\n"));
  wire.end_sending();
  ASSERT_TRUE(rig.until([&] { return rig.journal.has_waiting(); }));
  for (int i = 0; i < 50; ++i) rig.on_loop([] {});  // the end of the input is seen meanwhile
  EXPECT_EQ(rig.on_loop([&] { return rig.server->counts().connections; }), 1U);
  rig.on_loop([&] { rig.journal.release(); });
  EXPECT_EQ(wire.read().status, 201);
  EXPECT_TRUE(wire.closed());
}

TEST(Http, expect_continue_head_and_options) {
  Rig rig;
  Wire wire(rig.port);
  wire.send(
      "POST /heartbeat/e HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
      "Content-Length: 2\r\n\r\n");
  EXPECT_EQ(wire.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  wire.send("{}");
  EXPECT_EQ(wire.read().status, 200);
  wire.send(request("HEAD", "/health"));
  const std::string head = wire.read_until("\r\n\r\n");
  EXPECT_TRUE(head.starts_with("HTTP/1.1 200"));
  EXPECT_NE(head.find("Content-Length: "), std::string::npos);
  wire.send(request("OPTIONS", "/health"));
  const std::string options = wire.read_until("\r\n\r\n");
  EXPECT_TRUE(options.starts_with("HTTP/1.1 204")) << options;
  EXPECT_NE(options.find("Allow: GET, HEAD\r\n"), std::string::npos);
  const Response wrong = rig.call("PUT", "/health");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.headers.at("allow"), "GET, HEAD");
}

TEST(Http, five_hundred_connections_of_one_request_each) {
  Rig rig;
  for (int round = 0; round < 4; ++round) {
    std::vector<std::unique_ptr<Wire>> wires;
    for (int i = 0; i < 128; ++i) wires.push_back(std::make_unique<Wire>(rig.port));
    for (auto& wire : wires) {
      wire->send(request("POST", "/heartbeat/many", {}, "Connection: close\r\n"));
    }
    for (auto& wire : wires) {
      ASSERT_EQ(wire->read().status, 200);
      EXPECT_TRUE(wire->closed());
    }
  }
}

// Pieces of real requests, put together at random: no answer but an HTTP one, and no harm.
TEST(Http, random_bytes_do_no_harm) {
  Rig rig;
  Rng rng(7);
  const std::vector<std::string> pieces = {"GET ",
                                           "POST ",
                                           "/heartbeat/x",
                                           "/api/v1/agents",
                                           " HTTP/1.1",
                                           "\r\n",
                                           "\r\n\r\n",
                                           "\n",
                                           "\r",
                                           "Host: localhost",
                                           "Content-Length: ",
                                           "5",
                                           "Transfer-Encoding: chunked",
                                           "{}",
                                           "{\"a\":",
                                           "\0\0",
                                           "%2e%2e/",
                                           "?limit=",
                                           "Connection: close",
                                           "Expect: 100-continue",
                                           ": ",
                                           "0\r\n\r\n",
                                           "ffffffff"};
  for (int i = 0; i < 400; ++i) {
    std::string bytes;
    if (rng.chance(0.5)) bytes = "GET /health HTTP/1.1\r\nHost: localhost\r\n";
    for (std::uint64_t n = rng.below(30); n > 0; --n) {
      if (rng.chance(0.2))
        bytes += static_cast<char>(rng.below(256));
      else
        bytes += pieces[rng.below(pieces.size())];
    }
    Wire wire(rig.port);
    wire.send(bytes);
    wire.end_sending();
    const std::string answer = wire.read_all();
    EXPECT_TRUE(answer.empty() || answer.starts_with("HTTP/1.1 ")) << answer;
  }
  EXPECT_EQ(rig.call("GET", "/health").status, 200);
}

}  // namespace
}  // namespace lazaret::server
