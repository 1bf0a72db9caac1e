// What is said without a daemon is what the daemon would say: same names, same sentences.
#include "main/offline.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "adapters/sqlite/journal_store.h"

namespace lazaret::main {
namespace {

const std::string cell_a = "7c9e6679-7425-40de-944b-e07fc1f90ae7";
const std::string cell_b = "16fd2706-8baf-433b-82eb-8c7fada847da";

core::CellDefinition cell_of(const std::string& id, const std::vector<std::string>& agents) {
  core::CellDefinition cell;
  cell.id = CellId(id);
  cell.mission_name = "survey " + id.substr(0, 1);
  for (const std::string& name : agents) {
    core::AgentDefinition agent;
    agent.id = AgentId(name);
    agent.run = core::RunSpec{};
    cell.agents.emplace(agent.id, agent);
  }
  return cell;
}

class Offline : public ::testing::Test {
 protected:
  void SetUp() override {
    paths_.state = ::testing::TempDir() + "lazaret-offline-" + std::to_string(::getpid()) + "-" +
                   ::testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::create_directories(paths_.state);
    auto store = sqlite::JournalStore::open(paths_.journal_file(), "test");
    ASSERT_TRUE(store) << store.error().message;
    const AgentRef write{CellId(cell_b), AgentId("write-2")};
    const std::vector<core::Fact> facts = {
        core::fact::CellDefined{cell_of(cell_a, {"write-2", "scout"})},
        core::fact::CellDefined{cell_of(cell_b, {"write-2"})},
        core::fact::AgentStarting{.agent = write, .incarnation = Incarnation{1}},
        core::fact::AgentSpawned{.agent = write, .incarnation = Incarnation{1}, .pid = 4711}};
    const core::Event event{{Instant(5s), WallTime(1'700'000'000s)}, core::event::TimePassed{}};
    ASSERT_TRUE(store->write({{1, event, 1, facts, {}}}, ports::Durability::power_loss));
  }
  void TearDown() override { std::filesystem::remove_all(paths_.state); }
  Result<boost::json::value> read(const std::string& target) {
    return read_offline(paths_, target);
  }
  Paths paths_;
};

TEST_F(Offline, EventsAreSentences) {
  const auto page = read("/api/v1/events?kind=agent_spawned");
  ASSERT_TRUE(page) << page.error().message;
  const auto& events = page->at("events").as_array();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].at("text").as_string(), "spawned as pid 4711");
  EXPECT_EQ(events[0].at("body").at("pid").as_int64(), 4711);
}

TEST_F(Offline, EventsOfWhatNeverWasAreAnError) {
  const auto kind = read("/api/v1/events?kind=agent_exitted");
  ASSERT_FALSE(kind);
  EXPECT_EQ(kind.error().code, ErrorCode::invalid_input);
  EXPECT_EQ(kind.error().remedy, "did you mean agent_exited?");
  const auto nobody = read("/api/v1/events?agent=nobody");
  ASSERT_FALSE(nobody);
  EXPECT_EQ(nobody.error().code, ErrorCode::not_found);
  EXPECT_EQ(read("/api/v1/events?kind=task_done_by_nobody").error().code, ErrorCode::invalid_input);
  // Somebody to whom it has not happened is no error.
  const auto none = read("/api/v1/events?agent=16fd2706.write-2&kind=agent_quarantined");
  ASSERT_TRUE(none) << none.error().message;
  EXPECT_TRUE(none->at("events").as_array().empty());
}

TEST_F(Offline, AnAmbiguousNameIsAnsweredWithTheCandidates) {
  for (const char* target : {"/api/v1/agents/write-2/why", "/api/v1/events?agent=write-2"}) {
    const auto answer = read(target);
    ASSERT_FALSE(answer) << target;
    EXPECT_EQ(answer.error().code, ErrorCode::conflict);
    EXPECT_EQ(answer.error().message, "\"write-2\" is the id of 2 agents");
    EXPECT_NE(answer.error().remedy.find("16fd2706.write-2, 7c9e6679.write-2"), std::string::npos)
        << answer.error().remedy;
  }
}

TEST_F(Offline, AQualifiedNameIsOneAgent) {
  const auto why = read("/api/v1/agents/16fd2706.write-2/why");
  ASSERT_TRUE(why) << why.error().message;
  EXPECT_EQ(why->at("cell").as_string(), cell_b);
  EXPECT_TRUE(read("/api/v1/agents/scout/why"));
  EXPECT_EQ(read("/api/v1/agents/nobody/why").error().code, ErrorCode::not_found);
  const auto own = read("/api/v1/events?agent=16fd2706.write-2");
  ASSERT_TRUE(own) << own.error().message;
  EXPECT_EQ(own->at("events").as_array().size(), 2U);
}

TEST_F(Offline, WithinAMissionTheBareIdIsEnoughAndNamesAreDecoded) {
  const auto events = read("/api/v1/events?agent=write-2&cell=survey%201");
  ASSERT_TRUE(events) << events.error().message;
  EXPECT_EQ(events->at("events").as_array().size(), 2U);
  EXPECT_TRUE(read("/api/v1/agents/write%2D2/why").error().code == ErrorCode::conflict);
}

TEST_F(Offline, WhyResolvesWhateverIsMeant) {
  const auto agent = read("/api/v1/why?of=scout");
  ASSERT_TRUE(agent) << agent.error().message;
  EXPECT_EQ(agent->at("what").as_string(), "agent");
  const auto mission = read("/api/v1/why?of=survey%201");
  ASSERT_TRUE(mission) << mission.error().message;
  EXPECT_EQ(mission->at("what").as_string(), "mission");
  EXPECT_EQ(mission->at("cell").as_string(), cell_b);
  const auto both = read("/api/v1/why?of=write-2");
  EXPECT_EQ(both.error().code, ErrorCode::conflict);
  EXPECT_EQ(both.error().remedy, "say which one: agent:16fd2706.write-2, agent:7c9e6679.write-2");
  EXPECT_TRUE(read("/api/v1/why?of=agent:16fd2706.write-2"));
  EXPECT_TRUE(read("/api/v1/why?of=write-2&cell=survey%207"));
  EXPECT_EQ(read("/api/v1/why?of=task:scout").error().code, ErrorCode::not_found);
  const auto gone = read("/api/v1/why?of=w-9");
  EXPECT_EQ(gone.error().code, ErrorCode::not_found);
  EXPECT_EQ(gone.error().remedy, "lazaret events --text w-9");
}

TEST_F(Offline, EventsAreFilteredByTimeTextAndSeveralKinds) {
  const auto count = [&](const std::string& query) {
    const auto page = read("/api/v1/events?" + query);
    EXPECT_TRUE(page) << query;
    return page ? page->at("events").as_array().size() : 0;
  };
  EXPECT_EQ(count("text=PID%204711"), 1U);
  EXPECT_EQ(count("text=nowhere"), 0U);
  EXPECT_EQ(count("kind=agent_spawned,cell_defined"), 3U);
  EXPECT_EQ(count("kind=cell_defined&limit=1&newest=true"), 1U);
  EXPECT_EQ(count("from=2023-11-14T22:13:20Z"), 4U);
  EXPECT_EQ(count("from=2023-11-14T22:13:21Z"), 0U);
  EXPECT_EQ(count("until=2023-11-14T22:13:19Z"), 0U);
  EXPECT_EQ(read("/api/v1/events?from=yesterday").error().code, ErrorCode::invalid_input);
  const auto wrong = read("/api/v1/events?kind=cell_defined,agent_spawnd");
  EXPECT_EQ(wrong.error().remedy, "did you mean agent_spawned?");
  const auto newest = read("/api/v1/events?kind=cell_defined&limit=1&newest=true");
  EXPECT_EQ(newest->at("events").as_array()[0].at("cell").as_string(), cell_b);
}

}  // namespace
}  // namespace lazaret::main
