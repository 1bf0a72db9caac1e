#include "mcp/lines.h"

#include <gtest/gtest.h>

#include <vector>

namespace lazaret::mcp {
namespace {

class OfLines : public testing::Test {
 protected:
  std::vector<std::string> found_;
  Lines lines_{[this](std::string_view line) { found_.emplace_back(line); },
               [this] { found_.emplace_back("too long"); }, 8};
};

TEST_F(OfLines, PiecesMakeLines) {
  for (const auto* piece : {"a", "b\nc", "d\n\nef", "g"}) lines_.take(piece);
  EXPECT_EQ(found_, (std::vector<std::string>{"ab", "cd", ""}));
  lines_.end();
  EXPECT_EQ(found_.back(), "efg");
}

TEST_F(OfLines, ALongLineIsPassedOverAndTheNextOneIsRead) {
  lines_.take("12345678\n123456789\nab\n");
  EXPECT_EQ(found_, (std::vector<std::string>{"12345678", "too long", "ab"}));
  found_.clear();
  for (int i = 0; i < 1000; ++i) lines_.take("xxxx");
  lines_.take("y\nok\n");
  EXPECT_EQ(found_, (std::vector<std::string>{"too long", "ok"}));
}

TEST_F(OfLines, ALongLineAtTheEndIsReportedToo) {
  lines_.take("123456789");
  EXPECT_TRUE(found_.empty());
  lines_.end();
  EXPECT_EQ(found_, (std::vector<std::string>{"too long"}));
}

}  // namespace
}  // namespace lazaret::mcp
