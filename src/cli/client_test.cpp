#include "cli/client.h"

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "cli/answering_daemon.h"

namespace lazaret::cli {
namespace {

using std::chrono::milliseconds;

ClientTimes quick() {
  return {.answer = milliseconds(5'000),
          .restart = milliseconds(3'000),
          .maybe_restart = milliseconds(3'000),
          .stream_silence = milliseconds(5'000)};
}

TEST(Client, SendsAndReadsJsonOverAUnixSocketAndKeepsTheConnection) {
  AnsweringDaemon daemon([](const SeenRequest& request) {
    return json_answer(request.method == "GET" ? R"({"a":[1,2]})" : request.body, "201 Created");
  });
  Client client(daemon.endpoint(), quick());
  auto got = client.call("GET", "/api/v1/status");
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(boost::json::serialize(*got), R"({"a":[1,2]})");
  auto echoed = client.call("POST", "/api/v1/notes", boost::json::object{{"text", "é"}});
  ASSERT_TRUE(echoed);
  EXPECT_EQ(boost::json::serialize(*echoed), "{\"text\":\"é\"}");
  const auto seen = daemon.seen();
  ASSERT_EQ(seen.size(), 2u);
  EXPECT_TRUE(seen[0].head.contains("Host: localhost\r\n"));
  EXPECT_FALSE(seen[0].head.contains("Idempotency-Key"));
  EXPECT_TRUE(seen[1].head.contains("Idempotency-Key: "));
}

TEST(Client, ReadsChunkedAndUnboundedBodies) {
  AnsweringDaemon daemon([](const SeenRequest& request) -> std::string {
    if (request.target == "/chunked") {
      return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
             "3\r\n[1,\r\n2\r\n2]\r\n0\r\n\r\n";
    }
    return "CLOSEHTTP/1.1 200 OK\r\nConnection: close\r\n\r\n[3]";
  });
  Client client(daemon.endpoint(), quick());
  EXPECT_EQ(boost::json::serialize(client.call("GET", "/chunked").value()), "[1,2]");
  EXPECT_EQ(boost::json::serialize(client.call("GET", "/until-close").value()), "[3]");
  EXPECT_EQ(boost::json::serialize(client.call("GET", "/chunked").value()), "[1,2]");
}

TEST(Client, ProblemsBecomeErrors) {
  AnsweringDaemon daemon([](const SeenRequest& request) -> std::string {
    if (request.target == "/fenced") {
      return json_answer(R"({"type":"urn:lazaret:fenced","title":"Conflict","detail":"too old",)"
                         R"("place":"token","remedy":"use the new one"})",
                         "409 Conflict");
    }
    if (request.target == "/list") {
      return json_answer(R"({"detail":[{"msg":"a"},{"msg":"b"}]})", "422 Unprocessable Entity");
    }
    return json_answer("oops", "404 Not Found");
  });
  Client client(daemon.endpoint(), quick());
  const Error fenced = client.call("POST", "/fenced").error();
  EXPECT_EQ(fenced, (Error{ErrorCode::fenced, "too old", "token", "use the new one"}));
  EXPECT_EQ(client.call("GET", "/list").error().message, "a; b");
  EXPECT_EQ(client.call("GET", "/list").error().code, ErrorCode::invalid_input);
  EXPECT_EQ(client.call("GET", "/other").error().code, ErrorCode::not_found);
  EXPECT_EQ(client.call("GET", "/with space").error().code, ErrorCode::invalid_input);
}

TEST(Client, ABrokenConnectionIsTriedAgainWithTheSameKey) {
  int calls = 0;
  AnsweringDaemon daemon([&](const SeenRequest&) -> std::string {
    ++calls;
    if (calls == 1) return "";
    if (calls == 2) return "CLOSEHTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{\"half\":";
    return json_answer("{}");
  });
  Client client(daemon.endpoint(), quick());
  EXPECT_TRUE(client.call("POST", "/x", boost::json::object{}));
  const auto seen = daemon.seen();
  ASSERT_EQ(seen.size(), 3u);
  EXPECT_EQ(seen[0].head, seen[2].head);  // the key included
}

TEST(Client, WaitsForADaemonThatRestarts) {
  AnsweringDaemon daemon([](const SeenRequest&) { return json_answer("1"); });
  Client client(daemon.endpoint(), quick());
  ASSERT_TRUE(client.call("GET", "/"));
  daemon.stop();  // the socket's file stays: it refuses
  std::thread restart([&] {
    std::this_thread::sleep_for(milliseconds(150));
    daemon.start();
  });
  EXPECT_TRUE(client.call("GET", "/"));
  restart.join();
}

TEST(Client, NoDaemonIsSaidAtOnceAndPlainly) {
  Endpoint endpoint;
  endpoint.socket_path = "/tmp/lazaret-cli-test-none/api.sock";
  endpoint.run_directory = "/tmp/lazaret-cli-test-none";
  Client client(endpoint);
  const auto began = std::chrono::steady_clock::now();
  const Error error = client.call("GET", "/").error();
  EXPECT_LT(std::chrono::steady_clock::now() - began, milliseconds(1'000));
  EXPECT_TRUE(is_daemon_away(error));
  EXPECT_EQ(error.message, "no daemon on /tmp/lazaret-cli-test-none/api.sock");
  EXPECT_EQ(error.remedy, "start one with `lazaret up`");
}

TEST(Client, GivesUpOnADaemonThatDoesNotAnswer) {
  std::atomic<bool> released{false};
  AnsweringDaemon daemon([&](const SeenRequest&) -> std::string {
    while (!released) std::this_thread::sleep_for(milliseconds(5));
    return "";
  });
  ClientTimes times = quick();
  times.answer = milliseconds(100);
  Client client(daemon.endpoint(), times);
  const Error error = client.call("GET", "/").error();
  released = true;
  EXPECT_EQ(error.code, ErrorCode::unavailable);
  EXPECT_FALSE(is_daemon_away(error));
  EXPECT_TRUE(error.message.ends_with("does not answer")) << error.message;
}

TEST(Client, ARunDirectoryThatOthersMayWriteIsNotTrusted) {
  AnsweringDaemon daemon([](const SeenRequest&) { return json_answer("1"); });
  chmod(daemon.directory().c_str(), 0777);
  Client client(daemon.endpoint(), quick());
  EXPECT_EQ(client.call("GET", "/").error().code, ErrorCode::refused);
  EXPECT_TRUE(daemon.seen().empty());
}

TEST(Client, AnswersThatAreNoHttpAreNamed) {
  AnsweringDaemon daemon([](const SeenRequest&) { return "CLOSESSH-2.0-OpenSSH\r\n\r\n"; });
  Client client(daemon.endpoint(), quick());
  EXPECT_TRUE(client.call("GET", "/").error().message.starts_with("the answer is no HTTP"));
}

TEST(Client, AStreamGoesOnAfterARestartFromTheLastId) {
  int connections = 0;
  AnsweringDaemon daemon([&](const SeenRequest& request) -> std::string {
    const std::string head = "CLOSEHTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
    if (++connections == 1) return head + "id: 7\nevent: fact\ndata: {\"n\":1}\n\nid: 8\ndata: cut";
    EXPECT_TRUE(request.head.contains("Last-Event-ID: 7\r\n"));
    return head + ": remark\n\nid: 8\ndata: a\ndata: b\n\nid: 9\ndata: never seen\n\n";
  });
  Client client(daemon.endpoint(), quick());
  std::vector<StreamEvent> events;
  auto done = client.stream("/stream", [&](const StreamEvent& event) {
    events.push_back(event);
    return events.size() < 2;
  });
  ASSERT_TRUE(done) << done.error().message;
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].kind, "fact");
  EXPECT_EQ(events[0].id, "7");
  EXPECT_EQ(events[1].data, "a\nb");
  EXPECT_EQ(events[1].id, "8");
}

TEST(Client, AStreamThatIsRefusedIsAnError) {
  AnsweringDaemon daemon(
      [](const SeenRequest&) { return json_answer(R"({"detail":"no key"})", "401 Unauthorized"); });
  Client client(daemon.endpoint(), quick());
  auto done = client.stream("/stream", [](const StreamEvent&) { return true; });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::unauthenticated);
}

TEST(Sse, PiecesMayBeCutAnywhere) {
  const std::string text = "id: 1\r\ndata:x\r\n\r\n\ndata\n\nevent: e\ndata: y\n\n";
  for (std::size_t size = 1; size <= text.size(); ++size) {
    SseReader reader;
    std::string all;
    for (std::size_t at = 0; at < text.size(); at += size) {
      reader.feed(std::string_view(text).substr(at, size));
      while (auto event = reader.next()) all += event->kind + "=" + event->data + ";";
    }
    EXPECT_EQ(all, "message=x;message=;e=y;") << size;
  }
}

}  // namespace
}  // namespace lazaret::cli
