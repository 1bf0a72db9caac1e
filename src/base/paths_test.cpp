#include "base/paths.h"

#include <gtest/gtest.h>

namespace lazaret {
namespace {

PathRequest somebody() {
  PathRequest request;
  request.user = 1000;
  request.current_directory = "/home/ann/work";
  request.environment = {{"HOME", "/home/ann"}};
  return request;
}

TEST(Paths, DefaultsOfAUser) {
  auto paths = find_paths(somebody()).value();
  EXPECT_EQ(paths.state, "/home/ann/.local/state/lazaret");
  EXPECT_EQ(paths.missions, "/home/ann/.local/share/lazaret/missions");
  EXPECT_TRUE(paths.run.starts_with("/tmp/lazaret-1000-")) << paths.run;
  EXPECT_EQ(paths.run.size(), std::string("/tmp/lazaret-1000-").size() + 8);
  EXPECT_EQ(paths.api_socket(), paths.run + "/api.sock");
}

TEST(Paths, XdgOfAUser) {
  auto request = somebody();
  request.environment["XDG_STATE_HOME"] = "/x/state";
  request.environment["XDG_DATA_HOME"] = "/x/data";
  request.environment["XDG_RUNTIME_DIR"] = "/run/user/1000";
  auto paths = find_paths(request).value();
  EXPECT_EQ(paths.state, "/x/state/lazaret");
  EXPECT_EQ(paths.missions, "/x/data/lazaret/missions");
  EXPECT_TRUE(paths.run.starts_with("/run/user/1000/lazaret-"));
  request.environment["XDG_STATE_HOME"] = "relative";  // to be ignored, says the standard
  EXPECT_EQ(find_paths(request).value().state, "/home/ann/.local/state/lazaret");
}

// A service and a login shell of root see different XDG_RUNTIME_DIRs; both must find one socket.
TEST(Paths, RootIgnoresTheRuntimeDirectoryOfALogin) {
  auto request = somebody();
  request.user = 0;
  auto service = find_paths(request).value();
  request.environment["XDG_RUNTIME_DIR"] = "/run/user/0";
  auto login = find_paths(request).value();
  EXPECT_EQ(service.state, "/var/lib/lazaret");
  EXPECT_EQ(service.missions, "/var/missions");
  EXPECT_TRUE(service.run.starts_with("/run/lazaret-"));
  EXPECT_EQ(service.run, login.run);
}

TEST(Paths, AStateThatWasAskedForKeepsItsMissionsBesideIt) {
  auto request = somebody();
  request.state = "../data/./lz/";
  auto by_flag = find_paths(request).value();
  EXPECT_EQ(by_flag.state, "/home/ann/data/lz");
  EXPECT_EQ(by_flag.missions, "/home/ann/data/lz/missions");

  request.state = "";
  request.environment["LAZARET_STATE"] = "/home/ann/data/lz";
  auto by_variable = find_paths(request).value();
  EXPECT_EQ(by_variable.state, by_flag.state);
  EXPECT_EQ(by_variable.run, by_flag.run);
  EXPECT_EQ(by_variable.missions, by_flag.missions);

  request.missions = "/srv/missions";
  EXPECT_EQ(find_paths(request).value().missions, "/srv/missions");
}

TEST(Paths, DifferentStatesHaveDifferentRunDirectories) {
  auto request = somebody();
  request.state = "/a";
  const auto first = find_paths(request).value().run;
  request.state = "/b";
  EXPECT_NE(find_paths(request).value().run, first);
}

TEST(Paths, SaysWhatIsMissing) {
  auto request = somebody();
  request.environment.clear();
  auto no_home = find_paths(request);
  ASSERT_FALSE(no_home);
  EXPECT_EQ(no_home.error().code, ErrorCode::invalid_input);
  EXPECT_EQ(no_home.error().place, "--state");

  request = somebody();
  request.environment["XDG_RUNTIME_DIR"] = "/" + std::string(100, 'r');
  auto too_long = find_paths(request);
  ASSERT_FALSE(too_long);
  EXPECT_EQ(too_long.error().place, "XDG_RUNTIME_DIR");
}

TEST(Paths, AbsolutePathIsLexical) {
  EXPECT_EQ(absolute_path("a/../b//c/.", "/x/y"), "/x/y/b/c");
  EXPECT_EQ(absolute_path("/../..", "/x"), "/");
  EXPECT_EQ(absolute_path("", "/x/"), "/x");
}

}  // namespace
}  // namespace lazaret
