#include "adapters/process/environment.h"

#include <gtest/gtest.h>

namespace lazaret::process {
namespace {

TEST(EnvFile, takes_what_a_shell_would) {
  const auto found = parse_env_file(
      "# a comment\r\n\nA=1\n export B = two words \nC='it # is'\nD=\"a\\n\\\"b\\\"\"\nE=\nF=x=y",
      "f");
  ASSERT_TRUE(found);
  const Environment expected = {{"A", "1"},        {"B", "two words"}, {"C", "it # is"},
                                {"D", "a\n\"b\""}, {"E", ""},          {"F", "x=y"}};
  EXPECT_EQ(*found, expected);
}

TEST(EnvFile, names_file_and_line_of_an_error) {
  for (const std::string bad : {"NOT A NAME=1", "1A=2", "no equals", "A='open", "A=\"x\" y"}) {
    const auto found = parse_env_file("OK=1\n" + bad + "\n", "/etc/keys");
    ASSERT_FALSE(found) << bad;
    EXPECT_EQ(found.error().place, "/etc/keys:2") << bad;
    EXPECT_NE(found.error().message.find("/etc/keys:2"), std::string::npos);
  }
}

TEST(EnvFile, must_be_absolute_and_there) {
  EXPECT_EQ(read_env_file("keys").error().code, ErrorCode::invalid_input);
  EXPECT_EQ(read_env_file("/no/such/file").error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace lazaret::process
