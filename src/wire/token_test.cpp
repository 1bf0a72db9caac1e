#include "wire/token.h"

#include <gtest/gtest.h>

namespace lazaret::wire {
namespace {

const AgentRef scout{CellId("7c9e6679-7425-40de-944b-e07fc1f90ae7"), AgentId("scout")};

TEST(Tokens, a_token_names_its_bearer) {
  const Tokens tokens("0123456789abcdef");
  const auto bearer = tokens.check(tokens.mint(scout, Incarnation{7}));
  ASSERT_TRUE(bearer);
  EXPECT_EQ(*bearer, (TokenBearer{scout, Incarnation{7}}));
}

TEST(Tokens, another_secret_refuses_it) {
  const auto token = Tokens("0123456789abcdef").mint(scout, Incarnation{7});
  EXPECT_FALSE(Tokens("fedcba9876543210").check(token));
}

TEST(Tokens, every_changed_character_is_noticed) {
  const Tokens tokens("0123456789abcdef");
  const std::string token = tokens.mint(scout, Incarnation{7});
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(tokens.check(changed)) << i;
    EXPECT_FALSE(tokens.check(token.substr(0, i))) << i;
  }
  EXPECT_FALSE(tokens.check(token + "A"));
}

TEST(Tokens, sha256_as_fips_180_says) {
  EXPECT_EQ(to_hex(sha256("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Tokens, base64url_has_one_spelling) {
  EXPECT_EQ(to_base64url("\xff\xfe"), "__4");
  EXPECT_EQ(*from_base64url("__4"), "\xff\xfe");
  EXPECT_FALSE(from_base64url("__5"));  // the same bytes, spelled otherwise
  EXPECT_FALSE(from_base64url("_"));
}

}  // namespace
}  // namespace lazaret::wire
