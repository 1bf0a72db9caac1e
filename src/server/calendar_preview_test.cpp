// A rule shows its times before it is a plan, and what the clocks do about them.
#include <gtest/gtest.h>

#include <fstream>

#include "server/server_rig.h"

namespace lazaret::server {
namespace {

Result<std::string> zone_file(const std::string& name) {
  std::ifstream file("/usr/share/zoneinfo/" + name, std::ios::binary);
  if (!file) return fail(ErrorCode::not_found, "no such zone");
  return std::string(std::istreambuf_iterator<char>(file), {});
}

struct PreviewRig {
  Rig rig{{}, [](Services& services) { services.zone_bytes = zone_file; }};
  Response ask(const std::string& fields, const std::string& scope = "viewer") {
    return rig.call("POST", "/api/v1/plans/preview", "{" + fields + "}",
                    "Authorization: Bearer " + rig.make_key(scope) + "\r\n");
  }
};

TEST(Preview, says_what_clocks_do_about_a_time) {
  PreviewRig it;
  // 2030: clocks in Berlin go forward on March 31st and back on October 27th.
  const auto spring = it.ask(
      R"("rrule": "FREQ=DAILY;COUNT=4", "start": "20300329T023000", "timezone": "Europe/Berlin")");
  ASSERT_EQ(spring.status, 200) << spring.body;
  EXPECT_EQ(
      spring.body,
      R"({"times":[{"at":"2030-03-29T01:30:00.000Z","local_time":"2030-03-29T02:30:00",)"
      R"("offset":"+01:00","note":null},)"
      R"({"at":"2030-03-30T01:30:00.000Z","local_time":"2030-03-30T02:30:00",)"
      R"("offset":"+01:00","note":null},)"
      R"({"at":"2030-03-31T01:30:00.000Z","local_time":"2030-03-31T02:30:00",)"
      R"("offset":"+01:00","note":"clocks skip this time; they show 03:30 then"},)"
      R"({"at":"2030-04-01T00:30:00.000Z","local_time":"2030-04-01T02:30:00","offset":"+02:00",)"
      R"("note":"the clocks were changed: +02:00 now, +01:00 before"}],)"
      R"("timezone":"Europe/Berlin","stop":"over"})");
  const auto autumn = it.ask(
      R"("rrule": "FREQ=DAILY;COUNT=1", "start": "20301027T023000", "fold": "both",
          "timezone": "Europe/Berlin", "count": 5)");
  const auto times = autumn.json().at("times").as_array();
  ASSERT_EQ(times.size(), 2U) << autumn.body;
  EXPECT_EQ(times[0].at("note").as_string(), "clocks show this time twice; this is the first");
  EXPECT_EQ(times[1].at("note").as_string(), "clocks show this time twice; this is the second");
  EXPECT_EQ(autumn.json().at("stop").as_string(), "over");
}

TEST(Preview, has_bounds_and_makes_nothing) {
  PreviewRig it;
  EXPECT_EQ(it.ask(R"("cron": "* * * * *")").json().at("times").as_array().size(), 10U);
  EXPECT_EQ(it.ask(R"("cron": "* * * * *", "count": 50)").json().at("times").as_array().size(),
            50U);
  EXPECT_EQ(it.ask(R"("cron": "* * * * *", "count": 51)").status, 422);
  EXPECT_EQ(it.ask(R"("cron": "* * 99 * *")").status, 422);
  EXPECT_EQ(it.ask(R"("cron": "@daily", "rrule": "FREQ=DAILY")").status, 422);
  EXPECT_EQ(it.ask(R"("cron": "@daily", "timezone": "Europe/Bielefeld")").status, 404);
  EXPECT_EQ(it.ask("").status, 422);
  EXPECT_EQ(it.rig.call("POST", "/api/v1/plans/preview", R"({"cron": "@daily"})").status, 401);
  EXPECT_TRUE(it.rig.as_admin("GET", "/api/v1/plans").json().at("plans").as_array().empty());
}

}  // namespace
}  // namespace lazaret::server
