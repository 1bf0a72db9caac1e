#include "mcp/stdio.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <optional>

namespace lazaret::mcp {
namespace {

constexpr std::string_view ping = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}\n";
constexpr std::string_view pong = "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}\n";

class OverStdio : public testing::Test {
 protected:
  OverStdio() {
    EXPECT_EQ(::pipe2(to_.data(), O_CLOEXEC), 0);
    EXPECT_EQ(::pipe2(from_.data(), O_CLOEXEC), 0);
  }
  ~OverStdio() override {
    stdio_.reset();
    for (const int fd : {to_[0], to_[1], from_[0], from_[1]}) {
      if (fd >= 0) ::close(fd);
    }
  }
  void start(int in) {
    stdio_.emplace(io_, in, from_[1], server_, [this] {
      ended_ = true;
      io_.stop();
    });
    stdio_->start();
  }
  void say(std::string_view text) {
    ASSERT_EQ(::write(to_[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  void hang_up() { ::close(std::exchange(to_[1], -1)); }
  // What is there; waits for something.
  std::string heard() {
    std::string text(1 << 16, ' ');
    const ssize_t got = ::read(from_[0], text.data(), text.size());
    text.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    return text;
  }

  boost::asio::io_context io_;
  Server server_{{.name = "t", .title = "T", .version = "1"}};
  std::array<int, 2> to_{};
  std::array<int, 2> from_{};
  std::optional<Stdio> stdio_;
  bool ended_ = false;
};

TEST_F(OverStdio, LinesAreAnsweredAndTheEndIsTold) {
  start(to_[0]);
  say(ping.substr(0, 10));
  say(ping.substr(10));
  say("{\n");
  io_.run_one();  // all of it is there: one piece, one answer
  const std::string said = heard();
  EXPECT_TRUE(said.starts_with(pong)) << said;
  EXPECT_NE(said.find("-32700"), std::string::npos);
  say(ping.substr(0, ping.size() - 1));  // without its break
  hang_up();
  io_.run();
  EXPECT_TRUE(ended_);
  EXPECT_EQ(heard(), pong);
}

TEST_F(OverStdio, AFileIsReadToItsEnd) {
  std::FILE* file = std::tmpfile();
  for (int i = 0; i < 1000; ++i) std::fwrite(ping.data(), 1, ping.size(), file);
  std::fflush(file);
  std::rewind(file);
  start(::fileno(file));
  io_.run();
  ASSERT_TRUE(ended_);
  EXPECT_EQ(heard().size(), 1000 * pong.size());
  std::fclose(file);
}

TEST_F(OverStdio, WhereNobodyReadsItStopsReading) {
  start(to_[0]);
  ::fcntl(to_[1], F_SETFL, O_NONBLOCK);
  ::fcntl(from_[1], F_SETPIPE_SZ, 4096);
  std::string many;
  while (many.size() < 60'000) many += ping;
  std::size_t taken = 0;
  std::size_t idle = 0;
  while (idle < 100) {  // each turn, the loop had its chance to read
    const ssize_t put = ::write(to_[1], many.data(), many.size());
    if (put > 0) taken += static_cast<std::size_t>(put);
    idle = put <= 0 ? idle + 1 : 0;
    io_.poll();
    io_.restart();
    ASSERT_LT(taken, 8 * Stdio::most_unsent) << "nothing holds it back";
  }
  EXPECT_GT(taken, Stdio::most_unsent / 2);
}

TEST_F(OverStdio, AReaderThatWentAwayEndsIt) {
  ::signal(SIGPIPE, SIG_IGN);
  start(to_[0]);
  ::close(std::exchange(from_[0], -1));
  say(ping);
  io_.run();
  EXPECT_TRUE(ended_);
}

}  // namespace
}  // namespace lazaret::mcp
