// Seeded chance against the client: a backend that is slow, wrong, deaf or hears twice, a disk that
// is full, a client that ends at any call. No slot fires twice, every report arrives.
#include "harborforge/bed_for_tests.h"
#include "harborforge/state.h"

namespace lazaret::harborforge {
namespace {

using core::SlotStatus;

struct Fate {
  int acts = 0;
  SlotStatus wanted = SlotStatus::ongoing;  // as the agent ended it
};

// Agents that end their slots, sooner or later; whoever is refused comes again.
class Agents {
 public:
  explicit Agents(Bed& bed) : bed_(bed) {
    bed.on_woken = [this](const std::string& agent, const std::string& source) {
      act(agent, source);
    };
  }
  std::map<std::string, Fate> fates;  // by source

 private:
  void act(const std::string& agent, const std::string& source) {
    if (fates[source].wanted != SlotStatus::ongoing) return;
    const auto again = [this, agent, source] {
      bed_.later(seconds_of(5 + bed_.rng.unit() * 60),
                 [this, agent, source] { act(agent, source); });
    };
    if (!bed_.client) return again();
    if (source_of(agent) != source) {
      if (++fates[source].acts < 40) again();  // its client aborted the slot, or is not so far
      return;
    }
    if (bed_.rng.chance(0.3)) {
      again();  // also where the client ends meanwhile
      const bool pause = bed_.rng.chance(0.5);
      return bed_.client->act(pause ? Verb::pause : Verb::resume, agent, "", bed_.now(),
                              [](const auto&) {});
    }
    const bool complete = bed_.rng.chance(0.8);
    bool done = false;
    // Recorded is decided, even where the client ends before it answers.
    fates[source].wanted = complete ? SlotStatus::finished : SlotStatus::aborted;
    try {
      bed_.client->act(complete ? Verb::complete : Verb::abort, agent, "", bed_.now(),
                       [&](const auto& result) { done = result.has_value(); });
    } catch (const Killed&) {
      bed_.kill();
      done = bed_.disk.find("\"source\":\"" + source + "\"") == std::string::npos;
    }
    if (done) return;
    fates[source].wanted = SlotStatus::ongoing;
    again();
  }
  std::string source_of(const std::string& agent) const {
    const auto status = bed_.client->calendar_status();
    for (const auto& one : status.at("active").as_array()) {
      if (one.at("agent_id") == boost::json::string(agent))
        return std::string(one.at("source").as_string());
    }
    return {};
  }
  Bed& bed_;
};

void check_end(Bed& bed, FakeBackend& backend, const Agents& agents) {
  for (const auto& [source, times] : bed.wakes) EXPECT_EQ(times, 1) << source;
  for (const FakeBackend::Kept& slot : backend.slots) {
    EXPECT_TRUE(core::is_over(slot.view.status))
        << slot.view.ident() << " is " << to_word(slot.view.status);
    const std::string source = slot.was_virtual.empty() ? slot.view.ident() : slot.was_virtual;
    const auto fate = agents.fates.find("calendar:" + source);
    if (fate == agents.fates.end() || fate->second.wanted == SlotStatus::ongoing) continue;
    EXPECT_EQ(slot.view.status, fate->second.wanted) << source;
  }
  const auto status = bed.client->calendar_status();
  EXPECT_EQ(status.at("outbox").at("waiting"), 0U);
  EXPECT_TRUE(status.at("active").as_array().empty());
  EXPECT_LE(status.at("history").as_array().size(), history_most);
  EXPECT_LT(bed.disk.size(), 200'000U);
}

void one_day(std::uint64_t seed, bool once) {
  SCOPED_TRACE(testing::Message() << "seed " << seed << (once ? "" : ", a host that forgets"));
  Bed bed(seed);
  bed.once = once;
  FakeBackend backend(bed);
  Agents agents(bed);
  for (int a = 0; a < 3; ++a) {
    const std::string agent = "agent-" + std::to_string(a);
    bed.agent_list.push_back({agent, "", "working", "", {}});
    for (int i = 0; i < 6; ++i) {
      const std::string clock =
          wire::clock_text(Duration(7h) + Duration(1min) * bed.rng.below(150));
      if (bed.rng.chance(0.4))
        backend.add_virtual(agent, std::to_string(a * 100 + i), clock);
      else
        backend.add(agent, a * 100 + i + 1, clock, static_cast<std::int64_t>(bed.rng.below(5)));
    }
  }
  const auto some = [&](double most) { return bed.rng.chance(0.5) ? bed.rng.unit() * most : 0; };
  bed.faults = {some(0.3),  some(0.3), some(0.2), some(0.3), some(0.3),
                some(0.05), some(0.1), some(0.1), some(0.1)};
  bed.start();
  bed.run(3h);
  bed.faults = {};
  bed.run(4h);
  check_end(bed, backend, agents);
}

TEST(Chance, NoSlotFiresTwiceAndEveryReportArrives) {
  for (std::uint64_t seed = 1; seed <= 12 && !testing::Test::HasFailure(); ++seed)
    one_day(seed, true);
}

TEST(Chance, AlsoWhereAHostForgetsItsWakes) {
  for (std::uint64_t seed = 1'001; seed <= 1'008 && !testing::Test::HasFailure(); ++seed)
    one_day(seed, false);
}

}  // namespace
}  // namespace lazaret::harborforge
