#include "plugin/bridge_door.h"

#include <gtest/gtest.h>

#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

namespace lazaret::plugin {
namespace {

namespace asio = boost::asio;

std::string target_of(const std::string& head) {
  const auto request = read_bridge_head(head);
  return request ? request->method + " " + request->target : "";
}

TEST(AHeadOfTheBridge, IsReadOnlyFromThisMachine) {
  EXPECT_EQ(target_of("GET /health HTTP/1.1\r\nHost: 127.0.0.1:9\r\n\r\n"), "GET /health");
  EXPECT_EQ(target_of("GET /health HTTP/1.1\r\nhost:localhost\r\n\r\n"), "GET /health");
  EXPECT_EQ(target_of("GET /health HTTP/1.0\r\n\r\n"), "GET /health");
  EXPECT_EQ(target_of("GET /health HTTP/1.1\r\nHost: [::1]:80\r\n\r\n"), "GET /health");
  EXPECT_EQ(target_of("GET /health HTTP/1.1\r\nHost: evil.example\r\n\r\n"), "");
  EXPECT_EQ(target_of("GET /health HTTP/1.1\r\nHost:\r\n\r\n"), "");
  for (const auto* head : {"", "\r\n\r\n", "GET\r\n\r\n", "GET /\r\n\r\n", "A B C\r\n\r\n"}) {
    EXPECT_EQ(target_of(head), "") << head;
  }
}

TEST(TheBridgeDoor, AnswersOverASocket) {
  asio::io_context io;
  BridgeDoor door(io, [](const BridgeRequest& request) {
    return BridgeDoor::Answer{request.target == "/health" ? 200 : 404, "{\"a\":1}"};
  });
  ASSERT_TRUE(door.listen(0));
  EXPECT_FALSE(BridgeDoor(io, nullptr).listen(door.port()));
  const auto ask = [&](const std::string& text) {
    asio::ip::tcp::socket socket(io);
    socket.connect({asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(door.port())});
    asio::write(socket, asio::buffer(text));
    std::string answer;
    bool done = false;
    asio::async_read(socket, asio::dynamic_buffer(answer),
                     [&](const boost::system::error_code&, std::size_t) { done = true; });
    while (!done) io.run_one();
    return answer;
  };
  const std::string good = ask("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_TRUE(good.starts_with("HTTP/1.1 200 OK\r\n")) << good;
  EXPECT_TRUE(good.ends_with("\r\n\r\n{\"a\":1}")) << good;
  EXPECT_TRUE(ask("GET /x HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 404 "));
  EXPECT_TRUE(ask("HEAD /health HTTP/1.1\r\n\r\n").ends_with("\r\n\r\n"));
  EXPECT_TRUE(ask("nonsense\r\n\r\n").starts_with("HTTP/1.1 400 "));
  EXPECT_EQ(ask("GET /" + std::string(20'000, 'x') + " HTTP/1.1\r\n\r\n"), "");
}

}  // namespace
}  // namespace lazaret::plugin
