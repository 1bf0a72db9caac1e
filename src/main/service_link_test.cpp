#include "main/service_link.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <string>

namespace lazaret::main {
namespace {

// The manager's end: a datagram socket without a name in the file system.
class Manager : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::string name = "lazaret-test-" + std::to_string(getpid());
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    std::memcpy(at.sun_path + 1, name.data(), name.size());
    socket_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    ASSERT_EQ(bind(socket_, reinterpret_cast<sockaddr*>(&at), size), 0);
    setenv("NOTIFY_SOCKET", ("@" + name).c_str(), 1);
  }
  void TearDown() override {
    close(socket_);
    for (const char* one : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) unsetenv(one);
  }
  std::string heard(int flags = 0) {
    char text[512];
    const ssize_t size = recv(socket_, text, sizeof text, flags);
    return size > 0 ? std::string(text, static_cast<std::size_t>(size)) : "";
  }

  boost::asio::io_context io_;
  int socket_ = -1;
};

TEST_F(Manager, HearsReadyStoppingAndTheTurningLoop) {
  setenv("WATCHDOG_USEC", "20000", 1);
  setenv("WATCHDOG_PID", std::to_string(getpid()).c_str(), 1);
  ServiceLink manager(io_);
  EXPECT_EQ(std::getenv("NOTIFY_SOCKET"), nullptr) << "nothing we start may speak in our name";
  manager.ready("up");
  EXPECT_EQ(heard(), "READY=1\nSTATUS=up\nMAINPID=" + std::to_string(getpid()));
  EXPECT_EQ(heard(), "WATCHDOG=1");
  EXPECT_EQ(heard(MSG_DONTWAIT), "") << "nothing more while the loop stands";
  io_.run_one();
  EXPECT_EQ(heard(), "WATCHDOG=1");
  manager.stopping();
  EXPECT_EQ(heard(), "STOPPING=1");
}

TEST_F(Manager, WatchesOnlyTheProcessThatItMeant) {
  setenv("WATCHDOG_USEC", "20000", 1);
  setenv("WATCHDOG_PID", "1", 1);
  ServiceLink manager(io_);
  manager.ready("up");
  EXPECT_NE(heard(), "");
  EXPECT_EQ(heard(MSG_DONTWAIT), "");
}

TEST_F(Manager, IsNotMissedWhereThereIsNone) {
  setenv("NOTIFY_SOCKET", "/nowhere/at/all", 1);
  ServiceLink manager(io_);
  manager.ready("up");
  manager.stopping();
  EXPECT_EQ(heard(MSG_DONTWAIT), "");
}

}  // namespace
}  // namespace lazaret::main
