#include "adapters/http_client/http_client.h"

#include <gtest/gtest.h>

#include <future>
#include <latch>
#include <set>

#include "adapters/http_client/test_server.h"

namespace lazaret::http_client {
namespace {

using Got = Result<ports::HttpAnswer>;
using Clock = std::chrono::steady_clock;
constexpr Duration long_time = std::chrono::seconds(20);

struct Bed {
  explicit Bed(Bounds bounds = {}) : client(io, bounds) {}
  boost::asio::io_context io{1};
  HttpClient client;

  void send(const std::string& url, HttpClient::Done done, Duration deadline = long_time) {
    client.send({.url = url}, deadline, std::move(done));
  }
  Got call(ports::HttpRequest request, Duration deadline = long_time) {
    std::optional<Got> got;
    client.send(std::move(request), deadline, [&](Got answer) { got = std::move(answer); });
    EXPECT_FALSE(got) << "answered before send() had returned";
    run_until([&] { return got.has_value(); });
    return *got;
  }
  Got get(const std::string& url, Duration deadline = long_time) {
    return call({.url = url}, deadline);
  }
  void run_until(const std::function<bool()>& reached) {
    io.restart();
    while (!reached()) {
      if (io.run_one_for(std::chrono::milliseconds(50)) == 0) io.restart();
    }
  }
};

// The answers of a server that speaks once and closes.
Got against(const std::string& bytes, const std::string& method = "GET", Bounds bounds = {}) {
  TestServer server([&](Peer& peer) {
    if (!peer.request().empty()) peer.send(bytes);
  });
  Bed bed(bounds);
  return bed.call({.method = method, .url = server.url()});
}

void expect_error(const Got& got, ErrorCode code, const std::string& part) {
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, code) << got.error().message;
  EXPECT_NE(got.error().message.find(part), std::string::npos) << got.error().message;
}

TEST(HttpClient, SendsWhatItIsGivenAndGivesWhatItGets) {
  std::string seen;
  TestServer server([&](Peer& peer) {
    seen = peer.request();
    peer.answer("hello", "X-Echo:  Y \r\n");
    peer.wait_for_end();
  });
  Bed bed;
  const Got got = bed.call({.method = "PUT",
                            .url = server.url("/a?b=c"),
                            .headers = {{"X-API-Key", "k"}, {"Content-Type", "application/json"}},
                            .body = "{}"});
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->status, 200);
  EXPECT_EQ(got->body, "hello");
  EXPECT_EQ(got->headers[1], (std::pair<std::string, std::string>("x-echo", "Y")));
  EXPECT_TRUE(seen.starts_with("PUT /a?b=c HTTP/1.1\r\nHost: 127.0.0.1:")) << seen;
  for (const char* part : {"\r\nX-API-Key: k\r\n", "\r\nContent-Length: 2\r\n", "\r\n\r\n{}"}) {
    EXPECT_NE(seen.find(part), std::string::npos) << seen;
  }
}

TEST(HttpClient, AConnectionCarriesOneRequestAfterAnother) {
  TestServer server([](Peer& peer) {
    for (int i = 0; !peer.request().empty(); ++i) {
      if (i % 3 == 0) peer.answer(std::to_string(i));
      if (i % 3 == 1) peer.send("HTTP/1.1 204 No Content\r\n\r\n");
      if (i % 3 == 2)
        peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n2\r\n0\r\n\r\n");
    }
  });
  Bed bed;
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(bed.get(server.url()));
  EXPECT_EQ(server.connections(), 1);
  EXPECT_EQ(bed.client.figures().idle, 1U);
}

TEST(HttpClient, AHeadHasNoBody) {
  TestServer server([](Peer& peer) {
    while (!peer.request().empty()) peer.send("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n");
  });
  Bed bed;
  EXPECT_TRUE(bed.call({.method = "HEAD", .url = server.url()}));
  EXPECT_TRUE(bed.call({.method = "HEAD", .url = server.url()}));
  EXPECT_EQ(server.connections(), 1);
}

TEST(HttpClient, BadAnswersAreErrorsAndSayWhy) {
  expect_error(against("what?\r\n\r\n"), ErrorCode::unavailable, "no HTTP");
  expect_error(against(""), ErrorCode::unavailable, "before any answer");
  expect_error(against("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhell"), ErrorCode::unavailable,
               "broke off");
  expect_error(against("HTTP/1.1 200 OK\r\nContent-Le"), ErrorCode::unavailable, "broke off");
  const std::string head = "HTTP/1.1 200 OK\r\nA: ";
  expect_error(against(head + std::string(1 << 20, 'x')), ErrorCode::too_large, "head");
  const std::string body = "HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n";
  expect_error(against(body, "GET", {.body_bytes = 1000}), ErrorCode::too_large, "1000 bytes");
  const std::string endless = "HTTP/1.1 200 OK\r\n\r\n" + std::string(1 << 20, 'x');
  expect_error(against(endless, "GET", {.body_bytes = 1000}), ErrorCode::too_large, "1000 bytes");
  EXPECT_EQ(against("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\nx")->body, "x");
}

TEST(HttpClient, ARequestThatWouldBeAnotherIsNotSent) {
  TestServer server([](Peer& peer) { peer.wait_for_end(); });
  Bed bed;
  const auto refused = [&](ports::HttpRequest request) {
    const Got got = bed.call(std::move(request));
    EXPECT_TRUE(!got && got.error().code == ErrorCode::invalid_input);
    if (!got) EXPECT_EQ(got.error().message.find("secret"), std::string::npos);
  };
  refused({.url = "ftp://x/"});
  refused({.url = "http://x/ HTTP/1.1\r\nA: b"});
  refused({.method = "GET / HTTP/1.1\r\nX:", .url = server.url()});
  refused({.url = server.url(), .headers = {{"A", "secret\r\nB: c"}}});
  refused({.url = server.url(), .headers = {{"A\r\nB", "c"}}});
  refused({.url = server.url(), .headers = {{"content-length", "7"}}});
  EXPECT_EQ(server.connections(), 0);
}

TEST(HttpClient, TheDeadlineIsKeptWhereverItStays) {
  TestServer mute([](Peer& peer) { peer.wait_for_end(); });
  TestServer slow([](Peer& peer) {  // always something, never all
    peer.request();
    peer.send("HTTP/1.1 200 OK\r\n");
    while (peer.send("A: b\r\n")) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  });
  const int full = socket(AF_INET, SOCK_STREAM, 0);  // takes connections and never looks at them
  sockaddr_in at{
      .sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
  socklen_t size = sizeof at;
  bind(full, reinterpret_cast<sockaddr*>(&at), size);
  listen(full, 0);
  getsockname(full, reinterpret_cast<sockaddr*>(&at), &size);
  const std::string port = std::to_string(ntohs(at.sin_port));
  Bed bed({.of_origin = 4, .head_bytes = 1 << 30});
  std::vector<double> took;
  std::set<std::string> stages;
  const auto begin = Clock::now();
  constexpr Duration deadline = std::chrono::milliseconds(300);
  for (const std::string& url : {mute.url(), slow.url(), "http://127.0.0.1:" + port + "/"}) {
    for (int i = 0; i < 8; ++i) {
      bed.send(
          url,
          [&](const Got& got) {
            took.push_back(std::chrono::duration<double>(Clock::now() - begin).count());
            expect_error(got, ErrorCode::unavailable, "within 300 ms: ");
            if (got) return;
            const std::string& text = got.error().message;
            stages.insert(text.substr(text.find("ms: ") + 4));
          },
          deadline);
    }
  }
  bed.run_until([&] { return took.size() == 24; });
  close(full);
  for (const double one : took) {
    EXPECT_GE(one, 0.3);
    EXPECT_LT(one, 5);  // a loaded machine; a lost deadline would be for ever
  }
  EXPECT_TRUE(stages.contains("all connections are taken"));
  EXPECT_TRUE(stages.contains("there is no answer yet"));
  EXPECT_TRUE(stages.contains("the answer is not whole"));
  EXPECT_EQ(bed.client.figures().connections, 0U);
  EXPECT_EQ(bed.client.figures().waiting, 0U);
}

TEST(HttpClient, NobodyThereIsSaidAtOnce) {
  Bed bed;
  expect_error(bed.get("http://127.0.0.1:1/"), ErrorCode::unavailable, "Connection refused");
  expect_error(bed.get("http://localhost:1/"), ErrorCode::unavailable, "http://localhost:1");
  expect_error(bed.get("http://no-such-name.invalid/"), ErrorCode::unavailable, "not found");
}

TEST(HttpClient, HundredsAtOnceShareABoundedNumberOfConnections) {
  std::atomic<int> at_once = 0;
  std::atomic<int> most = 0;
  std::atomic<int> served = 0;
  TestServer server([&](Peer& peer) {
    for (std::string request; !(request = peer.request()).empty(); ++served) {
      most = std::max(most.load(), ++at_once);
      --at_once;
      peer.answer(request.substr(5, request.find(' ', 5) - 5));
    }
  });
  Bed bed({.of_origin = 8});
  int right = 0;
  int done = 0;
  constexpr int all = 800;
  for (int i = 0; i < all; ++i) {
    bed.send(server.url("/" + std::to_string(i)), [&, i](const Got& got) {
      ++done;
      if (got && got->body == std::to_string(i)) ++right;
    });
  }
  EXPECT_EQ(bed.client.figures().connections, 8U);
  EXPECT_EQ(bed.client.figures().waiting, 792U);
  bed.run_until([&] { return done == all; });
  EXPECT_EQ(right, all);
  EXPECT_EQ(served, all);  // none twice
  EXPECT_LE(most, 8);
  EXPECT_EQ(server.connections(), 8);
}

TEST(HttpClient, ManyOriginsShareAllConnections) {
  const auto serve = [](Peer& peer) {
    while (!peer.request().empty()) peer.answer("x");
  };
  TestServer one(serve), two(serve), three(serve);
  Bed bed({.of_origin = 2, .in_all = 2});
  int done = 0;
  for (int i = 0; i < 90; ++i) {
    const TestServer& server = i % 3 == 0 ? one : i % 3 == 1 ? two : three;
    bed.send(server.url(), [&](const Got& got) { done += got ? 1 : 1000; });
    EXPECT_LE(bed.client.figures().connections, 2U);
  }
  bed.run_until([&] { return done >= 90; });
  EXPECT_EQ(done, 90);
}

TEST(HttpClient, ALongQueueForOneOriginStarvesNoOther) {
  const auto serve = [](Peer& peer) {
    while (!peer.request().empty()) peer.answer("x");
  };
  TestServer busy(serve), other(serve);
  Bed bed({.of_origin = 2, .in_all = 2});
  int done = 0;
  for (int i = 0; i < 1000; ++i) bed.send(busy.url(), [&](const Got&) { ++done; });
  EXPECT_TRUE(bed.get(other.url()));
  EXPECT_LT(done, 900);
  bed.run_until([&] { return done == 1000; });
}

TEST(HttpClient, ADeadOriginDelaysNoOther) {
  TestServer dead([](Peer& peer) { peer.wait_for_end(); });
  TestServer good([](Peer& peer) {
    while (!peer.request().empty()) peer.answer("x");
  });
  Bed bed({.of_origin = 4, .in_all = 8});
  for (int i = 0; i < 100; ++i) bed.send(dead.url(), [](const Got&) {});
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(bed.get(good.url()));
  EXPECT_EQ(bed.client.figures().waiting, 96U);
}

TEST(HttpClient, NothingIsSentTwice) {
  // Takes each request, and closes without a word: whatever the client does then, it may have been
  // carried out.
  std::atomic<int> taken = 0;
  TestServer server([&](Peer& peer) {
    peer.request();
    peer.answer("x");
    if (!peer.request().empty()) ++taken;
    if (peer.number % 2 == 0) peer.reset();
  });
  Bed bed;
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(bed.get(server.url()));
    expect_error(bed.get(server.url()), ErrorCode::unavailable, "127.0.0.1");
  }
  EXPECT_EQ(taken, 10);
  EXPECT_EQ(server.connections(), 10);
}

TEST(HttpClient, AKeptConnectionThatTheServerClosedIsNotUsed) {
  std::atomic<int> ended = 0;
  TestServer server([&](Peer& peer) {
    peer.request();
    peer.answer("x");
    peer.end_sending();
    ++ended;
    peer.wait_for_end();
  });
  Bed bed;
  for (int i = 1; i <= 10; ++i) {
    ASSERT_TRUE(bed.get(server.url()));
    while (ended < i) std::this_thread::yield();
    // Half of the time the loop hears of it, else only the next request can see it.
    if (i % 2 == 0) bed.run_until([&] { return bed.client.figures().connections == 0; });
  }
  EXPECT_EQ(server.connections(), 10);
}

TEST(HttpClient, IdleConnectionsEnd) {
  TestServer server([](Peer& peer) {
    while (!peer.request().empty()) peer.answer("x");
  });
  Bed bed({.idle = std::chrono::milliseconds(50)});
  ASSERT_TRUE(bed.get(server.url()));
  EXPECT_EQ(bed.client.figures().idle, 1U);
  bed.run_until([&] { return bed.client.figures().connections == 0; });
  ASSERT_TRUE(bed.get(server.url()));
  EXPECT_EQ(server.connections(), 2);
}

TEST(HttpClient, TooManyWaitingAreRefused) {
  TestServer server([](Peer& peer) { peer.wait_for_end(); });
  Bed bed({.of_origin = 1, .waiting = 3});
  for (int i = 0; i < 4; ++i) bed.send(server.url(), [](const Got&) {});
  expect_error(bed.get(server.url()), ErrorCode::unavailable, "wait already");
}

TEST(HttpClient, AServerMayAnswerBeforeItHasReadEverything) {
  TestServer server([](Peer& peer) {
    peer.send("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
    peer.request();
  });
  Bed bed;
  const Got got =
      bed.call({.method = "POST", .url = server.url(), .body = std::string(1 << 20, 'x')});
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->status, 413);
  EXPECT_EQ(got->body, "no");
}

TEST(HttpClient, LargeThingsGoBothWays) {
  TestServer server([](Peer& peer) {
    for (std::string request; !(request = peer.request()).empty();) {
      peer.answer(request.substr(request.find("\r\n\r\n") + 4));
    }
  });
  Bed bed;
  std::string body(5 << 20, 'x');
  for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>('a' + i % 23);
  const Got got = bed.call({.method = "POST", .url = server.url(), .body = body});
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_TRUE(got->body == body);
}

TEST(HttpClient, ItsEndForgetsWhatIsUnderWay) {
  TestServer server([](Peer& peer) { peer.wait_for_end(); });
  boost::asio::io_context io;
  auto token = std::make_shared<int>(1);
  {
    HttpClient client(io, {.of_origin = 2});
    for (int i = 0; i < 5; ++i) {
      client.send({.url = server.url()}, long_time, [token](const Got&) { ADD_FAILURE(); });
    }
    io.poll();
    client.send({.url = "http://no-such-name.invalid/"}, long_time,
                [token](const Got&) { ADD_FAILURE(); });
  }
  EXPECT_EQ(token.use_count(), 1);
  io.restart();
  io.run();
}

}  // namespace
}  // namespace lazaret::http_client
