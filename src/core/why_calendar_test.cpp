// What became of a plan's times, and why: each policy that keeps a time from running is named.
#include "core/bed_for_tests.h"
#include "core/why.h"

namespace lazaret::core {
namespace {

using namespace testing;

struct Planned : Bed {
  explicit Planned(PlanDefinition plan) : Bed(cell_of({turn_agent("t")})) {
    plan.kind = RuleKind::cron;
    plan.rule = "*/10 * * * *";
    plan.work.agent = "t";
    plan.work.own = ref("t");
    const Answer made = ask(op::DefinePlan{0, plan, ""});
    EXPECT_TRUE(made) << made.error().message;
  }
  Explanation why() const { return explain_plan(fleet, 1, now); }
};

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(WhyCalendar, NothingRanYet) {
  const Planned bed{PlanDefinition{}};
  EXPECT_EQ(bed.why().sentence, "plan 1 for t: none of its times has come yet");
  EXPECT_TRUE(holds(bed.why().next, "its next time is 2026-09-01T00:")) << bed.why().next;
  EXPECT_TRUE(holds(bed.why().evidence.front().text, "within_seconds = 3600"));
}

TEST(WhyCalendar, WhatWasMissedNamesTheBound) {
  PlanDefinition plan;
  plan.within_seconds = 60;
  Planned bed(plan);
  bed.move_to(bed.now.mono + 18min);
  bed.post(event::TimePassed{});
  const Explanation why = bed.why();
  EXPECT_TRUE(holds(why.sentence, "plan-1-2026-09-01T001000 missed: noticed ")) << why.sentence;
  EXPECT_EQ(why.setting, "within_seconds = 60");
  EXPECT_EQ(why.setting_place, "lazaret plan edit 1 --within-seconds");
  const Explanation time = explain_slot(bed.fleet, "plan-1-2026-09-01T001000", bed.now);
  EXPECT_EQ(time.state, "missed");
  EXPECT_EQ(time.setting, why.setting);
}

TEST(WhyCalendar, WhatOverlapsNamesThePolicy) {
  PlanDefinition plan;
  plan.overlap = calendar::Overlap::skip;
  Planned bed(plan);
  bed.wait(11min);
  bed.spawned("t");
  EXPECT_TRUE(holds(bed.why().sentence, "fired; slot 1 is ongoing")) << bed.why().sentence;
  bed.wait(10min);
  EXPECT_TRUE(holds(bed.why().sentence, "slot 2 is skipped: the one before it is still under way"))
      << bed.why().sentence;
  EXPECT_EQ(bed.why().setting, "overlap = skip");
  EXPECT_EQ(explain_slot(bed.fleet, "2", bed.now).setting, "overlap = skip");
  EXPECT_TRUE(std::ranges::is_sorted(bed.why().evidence, {}, &EvidenceLine::at));
}

TEST(WhyCalendar, APausedPlanSaysHowToResumeIt) {
  Planned bed{PlanDefinition{}};
  EXPECT_TRUE(bed.ask(op::PausePlan{1, true, "enough"}));
  EXPECT_EQ(bed.why().sentence, "plan 1 for t is paused: enough");
  EXPECT_EQ(bed.why().next, "lazaret plan resume 1");
  EXPECT_TRUE(holds(explain_slot(bed.fleet, "plan-1-2026-09-01T003000", bed.now).sentence,
                    "plan 1 is paused: enough"));
}

}  // namespace
}  // namespace lazaret::core
