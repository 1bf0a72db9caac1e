#include "wire/json_text.h"

#include <gtest/gtest.h>

#include "wire/json_patch.h"
#include "wire/json_write.h"

namespace lazaret::wire {
namespace {

JsonFault fault_of(std::string text, const JsonBounds& bounds = {}) {
  const auto document = read_json(std::move(text), bounds);
  EXPECT_FALSE(document.has_value());
  return document ? JsonFault{} : document.error();
}

TEST(JsonText, KnowsWhereEveryValueStands) {
  const auto document =
      read_json("{\n  \"a\": [1, 2.50],\n  \"ü/~\": \"x\\u00e9\\ud83d\\ude00\"\n}");
  ASSERT_TRUE(document);
  const JsonValue& second = document->root.find("a")->value.items[1];
  EXPECT_EQ(second.text, "2.50");
  const JsonPlace place = place_of(document->source, second.span.begin);
  EXPECT_EQ(place.line, 2U);
  EXPECT_EQ(place.column, 12U);
  const JsonMember& last = document->root.members[1];
  EXPECT_EQ(last.value.text, "xé😀");
  EXPECT_EQ(place_of(document->source, last.value.span.begin).column, 10U)
      << "characters, not bytes";
  EXPECT_EQ(pointer_step(last.name), "/ü~1~0");
}

struct Bad {
  const char* name;
  std::string text;
  std::size_t line, column;
  const char* pointer;
  const char* found;
};

TEST(JsonText, RefusesWithTheExactPlace) {
  const std::vector<Bad> table = {
      {"empty", "", 1, 1, "", "the end of the file"},
      {"nul", std::string("{\"a\":\0 1}", 9), 1, 6, "/a", "a NUL byte"},
      {"nul in a string", std::string("[\"a\0b\"]", 7), 1, 4, "/0", "a NUL byte"},
      {"escaped nul", "[\"\\u0000\"]", 1, 3, "/0", "an escaped NUL"},
      {"binary",
       "\x7f"
       "ELF\x02",
       1, 1, "", "the control byte 0x7f"},
      {"byte order mark", "\xEF\xBB\xBF{}", 1, 1, "", "a byte order mark"},
      {"garbage after", "{}\n x", 2, 2, "", "'x' after the end of the JSON value"},
      {"twice", "{\n\"a\":1,\n \"b\":2, \"a\":3}", 3, 9, "/a",
       "a second \"a\" (the first is in line 2)"},
      {"twice, nested", "{\"x\":{\"k\":1,\"k\":2}}", 1, 13, "/x/k",
       "a second \"k\" (the first is in line 1)"},
      {"overlong utf-8", "[\"\xC0\xAF\"]", 1, 3, "/0", "the byte 0xc0, which is not UTF-8"},
      {"cut utf-8", "[\"\xE2\x82\"]", 1, 3, "/0", "the byte 0xe2, which is not UTF-8"},
      {"surrogate in utf-8", "[\"\xED\xA0\x80\"]", 1, 3, "/0", "the byte 0xed, which is not UTF-8"},
      {"lone surrogate", "[\"\\ud800x\"]", 1, 3, "/0", "half a surrogate pair"},
      {"comma before }", "{\"a\":1,}", 1, 8, "", "a comma before '}'"},
      {"comment", "{} // no", 1, 4, "", "'/' after the end of the JSON value"},
      {"leading zero", "[012]", 1, 2, "/0", "a number with a leading zero"},
      {"plus", "[+1]", 1, 2, "/0", "'+'"},
      {"point alone", "[1.]", 1, 4, "/0", "']'"},
      {"NaN", "[NaN]", 1, 2, "/0", "'N'"},
      {"single quotes", "{'a':1}", 1, 2, "", "'''"},
      {"open string", "[\"abc", 1, 2, "/0", "a string without its end"},
      {"new line in a string", "[\"a\nb\"]", 1, 4, "/0", "the control byte 0x0a"},
      {"open object", "{\"a\":1", 1, 7, "", "the end of the file"},
  };
  for (const Bad& bad : table) {
    const JsonFault fault = fault_of(bad.text);
    EXPECT_EQ(fault.found, bad.found) << bad.name;
    EXPECT_EQ(fault.place.line, bad.line) << bad.name;
    EXPECT_EQ(fault.place.column, bad.column) << bad.name;
    EXPECT_EQ(fault.pointer, bad.pointer) << bad.name;
    EXPECT_FALSE(fault.expected.empty()) << bad.name;
  }
}

TEST(JsonText, IsBounded) {
  EXPECT_TRUE(fault_of(std::string(100, ' '), {.bytes = 99}).too_large);
  EXPECT_EQ(fault_of(std::string(1'000'000, '[')).found, "nesting deeper than 64");
  std::string many = "[0";
  for (int i = 0; i < 50; ++i) many += ",0";
  EXPECT_EQ(fault_of(many + "]", {.values = 20}).found, "more than 20 values");
}

TEST(JsonPatch, KeepsEveryOtherByte) {
  const std::string text =
      "{ \"z\" : 1.50e+2,\r\n\t\"status\":\"idle\" ,\r\n\t\"unknown\": {\"deep\": [1,  2]},\r\n"
      "\t\"current_task\": null\r\n}\r\n\r\n";
  const auto patched =
      patch_json(text, {{{"status"}, "\"active\""}, {{"current_task"}, "\"t-1\""}});
  ASSERT_TRUE(patched) << patched.error().message;
  std::string expected = text;
  expected.replace(expected.find("\"idle\""), 6, "\"active\"");
  expected.replace(expected.find("null"), 4, "\"t-1\"");
  EXPECT_EQ(*patched, expected);
}

TEST(JsonPatch, LeavesAloneWhatAlreadyMeansTheSame) {
  const std::string text = "{\"status\": \"\\u0069dle\", \"n\": 3}";
  EXPECT_EQ(patch_json(text, {{{"status"}, "\"idle\""}, {{"n"}, "3"}}).value(), text);
}

TEST(JsonPatch, InsertsInTheStyleOfTheFile) {
  const auto insert = [](const char* text, std::vector<std::string> path, const char* value) {
    return patch_json(text, {{std::move(path), value}}).value();
  };
  EXPECT_EQ(insert("{\n    \"a\": 1\n}\n", {"b"}, "2"), "{\n    \"a\": 1,\n    \"b\": 2\n}\n");
  EXPECT_EQ(insert("{\"a\":1,\"b\":2}", {"c"}, "3"), "{\"a\":1,\"b\":2,\"c\":3}");
  EXPECT_EQ(insert("{\"a\": 1}", {"c"}, "3"), "{\"a\": 1, \"c\": 3}");
  EXPECT_EQ(insert("{\n  \"a\": 1\n}", {"lazaret", "incarnation"}, "4"),
            "{\n  \"a\": 1,\n  \"lazaret\": {\"incarnation\": 4}\n}");
  EXPECT_EQ(
      insert("{\n  \"lazaret\": {\n    \"hang\": \"ask\"\n  }\n}", {"lazaret", "incarnation"}, "4"),
      "{\n  \"lazaret\": {\n    \"hang\": \"ask\",\n    \"incarnation\": 4\n  }\n}");
  EXPECT_EQ(insert("{}", {"a"}, "1"), "{\n  \"a\": 1\n}");
  EXPECT_EQ(insert("{\"a\": {}}", {"a", "b"}, "1"), "{\"a\": {\"b\": 1}}");
}

TEST(JsonPatch, RemovesAMember) {
  const auto remove = [](const char* text, std::vector<std::string> path) {
    return patch_json(text, {{.path = std::move(path), .remove = true}}).value();
  };
  EXPECT_EQ(remove("{\n  \"a\": 1,\n  \"b\": 2\n}", {"a"}), "{\n  \"b\": 2\n}");
  EXPECT_EQ(remove("{\n  \"a\": 1,\n  \"b\": 2\n}", {"b"}), "{\n  \"a\": 1\n}");
  EXPECT_EQ(remove("{\"x\": {\"a\": 1}}", {"x", "a"}), "{\"x\": {}}");
  EXPECT_EQ(remove("{\"x\": 1}", {"y"}), "{\"x\": 1}");
}

TEST(JsonPatch, RefusesWhatItCannotDo) {
  EXPECT_EQ(patch_json("{", {{{"a"}, "1"}}).error().code, ErrorCode::invalid_input);
  EXPECT_EQ(patch_json("{\"a\": 3}", {{{"a", "b"}, "1"}}).error().place, "/a");
  EXPECT_EQ(patch_json("{\"a\": 3}", {{{"a"}, "1 2"}}).error().code, ErrorCode::invalid_input);
  EXPECT_EQ(patch_json("{}", {{{"a"}, "1", true}}).value(), "{}") << "only_if_present";
}

TEST(JsonWrite, WritesWhatCanBeReadBack) {
  JsonWriter json;
  json.text("quote\"", "a\\b\n\x01é");
  json.open("o");
  json.number("n", 0.25);
  json.close();
  json.open("empty");
  const std::string text = json.finish();
  EXPECT_EQ(text,
            "{\n  \"quote\\\"\": \"a\\\\b\\n\\u0001é\",\n  \"o\": {\n    \"n\": 0.25\n  },\n"
            "  \"empty\": {}\n}\n");
  EXPECT_EQ(read_json(text)->root.members[0].value.text, "a\\b\n\x01é");
}

}  // namespace
}  // namespace lazaret::wire
