#include "wire/json_document.h"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "core/fact.h"
#include "wire/codec.h"
#include "wire/journal_rows.h"
#include "wire/problem.h"

namespace lazaret::wire {
namespace {

constexpr const char* bad = "\xEF\xBF\xBD";

TEST(JsonDocument, IsJsonWhateverBytesItsStringsHold) {
  boost::json::object value{{"line", "a\377b"}, {"cut", "x\xC3"}, {"k\xE2", "\xF0\x9F\"é"}};
  boost::system::error_code error;
  const auto read = boost::json::parse(json_document(value), error);
  ASSERT_FALSE(error) << error.message();
  EXPECT_EQ(read.at("line").as_string(), std::string("a") + bad + "b");
  EXPECT_EQ(read.at("cut").as_string(), std::string("x") + bad);
  EXPECT_EQ(read.at(std::string("k") + bad).as_string(), std::string(bad) + bad + "\"é");
}

TEST(JsonDocument, NumbersAreWrittenAsPeopleWriteThemAndStayExact) {
  EXPECT_EQ(json_document(boost::json::value(-0.0)), "0");  // a fuzzer: "-0" reads back as a 0
  const boost::json::value all{
      0.0, 0.2, 3600.0, 0.1 + 0.2, -1.5, 1e-5, 1e300, 5e-324, 123456789012345.6, 7, INT64_MAX};
  const std::string text = json_document(all);
  EXPECT_EQ(text,
            "[0,0.2,3600,0.30000000000000004,-1.5,0.00001,1e+300,5e-324,123456789012345.6,7,"
            "9223372036854775807]");
  const auto read = boost::json::parse(text);
  for (std::size_t i = 0; i < all.as_array().size(); ++i) {
    EXPECT_EQ(read.at(i).to_number<double>(), all.at(i).to_number<double>()) << i;
  }
  EXPECT_EQ(json_document(boost::json::parse(R"({"a":[],"b":{},"c":{"d":[1.5,null,true]}})")),
            R"({"a":[],"b":{},"c":{"d":[1.5,null,true]}})");
}

TEST(JsonDocument, ProblemsAreJsonToo) {
  const Error error{ErrorCode::not_found, "no file '\377'", "\xC3", {}};
  boost::system::error_code unreadable;
  const auto read = boost::json::parse(problem_text(error, 404), unreadable);
  ASSERT_FALSE(unreadable) << unreadable.message();
  EXPECT_EQ(read.at("place").as_string(), bad);
}

TEST(JsonDocument, ARowOfOldWithOtherBytesIsRead) {
  core::ExitReport report;
  report.last_lines = {"a?b"};
  std::string row = to_text(report);
  row.replace(row.find("a?b"), 3, "a\377b");
  const auto read = from_text<core::ExitReport>(row);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->last_lines, std::vector<std::string>{std::string("a") + bad + "b"});
}

}  // namespace
}  // namespace lazaret::wire
