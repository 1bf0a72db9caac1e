#include "mcp/schema.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace lazaret::mcp {
namespace {

std::string said(std::string_view schema, std::string_view value) {
  const auto found = check(json::parse({schema.data(), schema.size()}).as_object(),
                           json::parse({value.data(), value.size()}), "v");
  return found ? "" : found.error().message + " @" + found.error().place;
}

TEST(ASchema, ChecksTypes) {
  EXPECT_EQ(said(R"({"type":"string"})", R"("a")"), "");
  EXPECT_EQ(said(R"({"type":"string"})", "[]"), "v is an array; expected string @v");
  EXPECT_EQ(said(R"({"type":["string","null"]})", "null"), "");
  EXPECT_EQ(said(R"({"type":["string","null"]})", "true"), "v is true; expected string or null @v");
  EXPECT_EQ(said(R"({"type":"integer"})", "3.0"), "");
  EXPECT_EQ(said(R"({"type":"integer"})", "3.5"), "v is 3.5; expected integer @v");
  EXPECT_EQ(said(R"({"type":"integer"})", "1e300"), "v is 1e+300; expected integer @v");
}

TEST(ASchema, ChecksBounds) {
  EXPECT_EQ(said(R"({"minimum":1,"maximum":2})", "1"), "");
  EXPECT_EQ(said(R"({"minimum":1})", "0"), "v is 0; expected at least 1 @v");
  EXPECT_EQ(said(R"({"maxLength":1})", R"("ö")"), "");
  EXPECT_EQ(said(R"({"maxItems":1})", "[1,2]"), "v is 2 items; expected at most 1 items @v");
  EXPECT_EQ(said(R"({"enum":["a","b"]})", R"("c")"), "v is \"c\"; expected one of \"a\", \"b\" @v");
}

TEST(ASchema, ChecksMembersAndItems) {
  const auto* schema = R"({"type":"object","required":["a"],"additionalProperties":false,
      "properties":{"a":{"type":"array","items":{"type":"object",
      "properties":{"x/y":{"type":"boolean"}}}}}})";
  EXPECT_EQ(said(schema, R"({"a":[{"x/y":true,"more":1}]})"), "");
  EXPECT_EQ(said(schema, R"({"a":[{},{"x/y":1}]})"), "x~1y is 1; expected boolean @v/a/1/x~1y");
  EXPECT_EQ(said(schema, "{}"), "\"a\" is missing @v/a");
  EXPECT_EQ(said(schema, R"({"a":[],"b":1})"), "there is no \"b\" @v/b");
  EXPECT_EQ(said(R"({"anyOf":[{"type":"string"},{"type":"null"}]})", "1"),
            "v is 1; expected null @v");
}

TEST(ASchema, TellsWhatItWouldPassOver) {
  const auto* schema = R"({"type":"object","title":"t","properties":{"if":{"pattern":"a"}},
      "items":{"if":{}}})";
  EXPECT_EQ(keywords_not_checked(json::parse(schema).as_object()),
            (std::vector<std::string>{"/properties/if/pattern", "/items/if"}));
}

}  // namespace
}  // namespace lazaret::mcp
