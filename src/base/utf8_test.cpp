#include "base/utf8.h"

#include <gtest/gtest.h>

#include "base/rng.h"

namespace lazaret {
namespace {

constexpr const char* bad = "\xEF\xBF\xBD";

std::string times(const char* text, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += text;
  return out;
}

TEST(Utf8, LeavesGoodTextAlone) {
  for (const std::string text : {"", "plain and long enough for two words", "é", "xxxxxxxé😀€z"}) {
    EXPECT_EQ(valid_utf8(text), text);
    EXPECT_EQ(utf8_valid_prefix(text), text.size());
  }
  EXPECT_EQ(valid_utf8(std::string("a\0b", 3)), std::string("a\0b", 3));
}

TEST(Utf8, ReplacesEachByteThatIsNoCharacter) {
  EXPECT_EQ(valid_utf8("a\377b"), std::string("a") + bad + "b");
  EXPECT_EQ(valid_utf8("\377"), bad);
  EXPECT_EQ(valid_utf8("x\xC3"), std::string("x") + bad) << "cut short";
  EXPECT_EQ(valid_utf8("\xC3\"}"), std::string(bad) + "\"}") << "what follows stays";
  EXPECT_EQ(valid_utf8("\xE2\x82z"), times(bad, 2) + "z");
  EXPECT_EQ(valid_utf8("\xC0\xAF"), times(bad, 2)) << "overlong";
  EXPECT_EQ(valid_utf8("\xED\xA0\x80"), times(bad, 3)) << "a surrogate";
  EXPECT_EQ(valid_utf8("\xF4\x90\x80\x80"), times(bad, 4)) << "beyond U+10FFFF";
  EXPECT_EQ(valid_utf8("é\377é"), std::string("é") + bad + "é");
}

TEST(Utf8, CutsBetweenCharacters) {
  EXPECT_EQ(utf8_cut("abc", 3), "abc");
  EXPECT_EQ(utf8_cut("abcd", 3), "abc");
  EXPECT_EQ(utf8_cut("xé", 2), "x");
  EXPECT_EQ(utf8_cut("xé", 1), "x");
  EXPECT_EQ(utf8_cut("😀😀", 7), "😀");
  EXPECT_EQ(utf8_cut("😀😀", 4), "😀");
  EXPECT_EQ(utf8_cut("é", 1), "");
  EXPECT_EQ(utf8_cut("\x80\x80\x80\x80\x80\x80", 5).size(), 5U) << "no character, no boundary";
}

TEST(Utf8, WhateverComesWhatLeavesIsValid) {
  Rng rng(7);
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    for (auto size = rng.below(24); size > 0; --size) {
      // Leads and tails more often than chance would have them.
      text.push_back(static_cast<char>(rng.below(2) == 0 ? rng.below(256) : 128 + rng.below(128)));
    }
    const std::string out = valid_utf8(text);
    ASSERT_EQ(utf8_valid_prefix(out), out.size());
    ASSERT_EQ(valid_utf8(out), out);
    for (std::size_t most = 0; most < out.size(); ++most) {
      const auto cut = utf8_cut(out, most);
      ASSERT_EQ(utf8_valid_prefix(cut), cut.size());
      ASSERT_LE(cut.size(), most);
    }
  }
}

}  // namespace
}  // namespace lazaret
