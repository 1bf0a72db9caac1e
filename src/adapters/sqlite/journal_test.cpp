#include "adapters/sqlite/journal.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <condition_variable>
#include <filesystem>
#include <future>
#include <mutex>
#include <optional>

#include "core/apply.h"
#include "wire/journal_rows.h"

namespace lazaret::sqlite {
namespace {

class JournalFile : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_ = std::filesystem::temp_directory_path() /
                 ("lazaret-journal-" + std::to_string(::getpid()) + "-" +
                  ::testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_);
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }
  std::string path() const { return (directory_ / "journal.db").string(); }
  std::filesystem::path directory_;
};

ports::Decision define_agent(std::uint64_t number) {
  core::AgentDefinition definition;
  definition.id = AgentId("agent-" + std::to_string(number));
  core::fact::AgentDefined fact{CellId("external"), definition, "test"};
  core::Event event{{Instant(Duration(number)), WallTime(Duration(number * 1000))},
                    core::event::TimePassed{}};
  return {number, event, number, {fact}};
}

TEST_F(JournalFile, FactsFoldedAfterReopeningGiveTheState) {
  core::Fleet expected;
  {
    auto store = JournalStore::open(path(), "test");
    ASSERT_TRUE(store.has_value()) << store.error().message;
    for (std::uint64_t n = 1; n <= 5; ++n) {
      const auto decision = define_agent(n);
      core::apply(expected, decision.event.at, decision.facts.front());
      ASSERT_TRUE(store->write({decision}, ports::Durability::power_loss).has_value());
    }
  }
  auto store = JournalStore::open(path(), "test");
  const auto loaded = store->load();
  ASSERT_TRUE(loaded.has_value()) << loaded.error().message;
  EXPECT_EQ(wire::fleet_text(loaded->fleet), wire::fleet_text(expected));
  EXPECT_EQ(loaded->next_decision, 6U);
  EXPECT_EQ(loaded->next_fact, 6U);
}

void write_as_a_newer_build(const std::string& path, const std::string& sql) {
  auto database = Database::open(path, Database::Mode::read_write);
  ASSERT_TRUE(database.has_value());
  const auto done = database->execute(sql.c_str());
  ASSERT_TRUE(done.has_value()) << done.error().message;
}

TEST_F(JournalFile, AFactOfANewerBuildIsPassedOverWhereThatBuildAllowsIt) {
  {
    auto store = JournalStore::open(path(), "test");
    ASSERT_TRUE(store->write({define_agent(1)}, ports::Durability::power_loss).has_value());
  }
  write_as_a_newer_build(path(),
                         "INSERT INTO kinds VALUES('agent_praised', 1);"
                         "INSERT INTO facts VALUES(2, 2, 5, 5, 'agent_praised', '', '', '', '{}')");
  {
    auto store = JournalStore::open(path(), "test");
    const auto loaded = store->load();
    ASSERT_TRUE(loaded.has_value()) << loaded.error().message;
    EXPECT_EQ(loaded->skipped_facts, 1U);
    EXPECT_EQ(loaded->next_fact, 3U) << "numbers go on behind it";
  }
  write_as_a_newer_build(path(),
                         "INSERT INTO events VALUES(3, 6, 6, 'time_passed', '{}', '9.9');"
                         "INSERT INTO facts VALUES(3, 3, 6, 6, 'agent_cloned', '', '', '', '{}')");
  auto store = JournalStore::open(path(), "test");
  const auto loaded = store->load();
  ASSERT_FALSE(loaded.has_value()) << "a kind that nobody vouches for is not passed over";
  EXPECT_EQ(loaded.error().code, ErrorCode::unsupported);
  EXPECT_NE(loaded.error().message.find("agent_cloned"), std::string::npos);
  EXPECT_NE(loaded.error().message.find("9.9"), std::string::npos);
}

TEST_F(JournalFile, OneSchemaAheadIsReadTwoAheadIsRefused) {
  {
    auto store = JournalStore::open(path(), "test");
    ASSERT_TRUE(store.has_value());
  }
  const auto set = [&](int schema) {
    write_as_a_newer_build(
        path(), "UPDATE meta SET value = '" + std::to_string(schema) + "' WHERE name = 'schema'");
  };
  set(wire::journal_schema + 1);
  EXPECT_TRUE(JournalStore::open(path(), "test").has_value());
  set(wire::journal_schema + 2);
  const auto refused = JournalStore::open(path(), "test");
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::unsupported);
  set(wire::journal_schema - 1);
  auto raised = JournalStore::open(path(), "test");
  ASSERT_TRUE(raised.has_value());
  EXPECT_EQ(raised->value("schema").value_or(""), std::to_string(wire::journal_schema));
}

TEST_F(JournalFile, SnapshotShortensTheFoldAndKeepsTheState) {
  auto store = JournalStore::open(path(), "test");
  for (std::uint64_t n = 1; n <= 4; ++n) {
    ASSERT_TRUE(store->write({define_agent(n)}, ports::Durability::daemon_crash).has_value());
  }
  const auto before = store->load();
  ASSERT_TRUE(store->snapshot(wire::fleet_text(before->fleet), before->last, 4, 4, 2).has_value());
  ASSERT_TRUE(store->write({define_agent(5)}, ports::Durability::daemon_crash).has_value());
  const auto after = store->load();
  ASSERT_TRUE(after.has_value()) << after.error().message;
  EXPECT_EQ(after->folded_facts, 1U);
  EXPECT_EQ(after->fleet.cells.at(CellId("external")).agents.size(), 5U);
}

TEST_F(JournalFile, ReportsEachGroupOnceItIsWritten) {
  auto store = JournalStore::open(path(), "test");
  std::mutex mutex;
  std::promise<void> all;
  std::uint64_t last = 0;
  {
    Journal journal(std::move(*store), [&](std::function<void()> work) {
      const std::lock_guard lock(mutex);
      work();
    });
    std::unique_lock setting(mutex);
    journal.on_committed([&](std::uint64_t up_to, std::optional<Error> trouble) {
      EXPECT_FALSE(trouble.has_value());
      EXPECT_GT(up_to, last);
      last = up_to;
      if (last == 100) all.set_value();
    });
    setting.unlock();
    for (std::uint64_t n = 1; n <= 100; ++n) {
      journal.append(define_agent(n), ports::Durability::daemon_crash);
    }
    all.get_future().wait();
  }
  auto reopened = JournalStore::open(path(), "test");
  EXPECT_EQ(reopened->load()->next_fact, 101U);
}

TEST_F(JournalFile, IsMissedSoonAndTakesUpAgainWhenItIsBack) {
  auto store = JournalStore::open(path(), "test");
  std::mutex mutex;
  std::condition_variable changed;
  std::optional<Error> trouble;
  std::uint64_t last = 0;
  Journal journal(std::move(*store), [&](std::function<void()> work) {
    const std::lock_guard lock(mutex);
    work();
  });
  std::unique_lock setting(mutex);
  journal.on_committed([&](std::uint64_t up_to, std::optional<Error> now) {
    last = std::max(last, up_to);
    trouble = std::move(now);
    changed.notify_all();
  });
  setting.unlock();
  const auto until = [&](auto holds) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, std::chrono::seconds(30), holds);
  };
  std::filesystem::rename(path(), path() + ".away");
  ASSERT_TRUE(until([&] { return trouble.has_value(); })) << "noticed with nothing to write";
  EXPECT_EQ(trouble->place, path());
  journal.append(define_agent(1), ports::Durability::power_loss);
  std::filesystem::rename(path() + ".away", path());
  ASSERT_TRUE(until([&] { return !trouble.has_value() && last == 1; }));
}

ports::Decision with_receipt(std::uint64_t number, std::string key, std::string body) {
  auto decision = define_agent(number);
  decision.receipt =
      ports::Receipt{"key:ann",     std::move(key),     ~number,        decision.event.at.mono, 201,
                     "ETag: x\r\n", "application/json", std::move(body)};
  return decision;
}

TEST_F(JournalFile, KeepsAnswersWithTheirDecisions) {
  {
    auto store = JournalStore::open(path(), "test");
    ASSERT_TRUE(store
                    ->write({with_receipt(1, "a", "{\"id\": 1}"), define_agent(2)},
                            ports::Durability::power_loss)
                    .has_value());
    ASSERT_TRUE(
        store->write({with_receipt(3, "b", "")}, ports::Durability::power_loss).has_value());
  }
  auto store = JournalStore::open(path(), "test");
  auto receipts = store->receipts(Instant(Duration(3)));
  ASSERT_TRUE(receipts.has_value()) << receipts.error().message;
  ASSERT_EQ(receipts->size(), 2U);
  const ports::Receipt& first = receipts->front();
  EXPECT_EQ(first.who, "key:ann");
  EXPECT_EQ(first.key, "a");
  EXPECT_EQ(first.fingerprint, ~std::uint64_t{1});
  EXPECT_EQ(first.at, Instant(Duration(1)));
  EXPECT_EQ(first.status, 201);
  EXPECT_EQ(first.headers, "ETag: x\r\n");
  EXPECT_EQ(first.content_type, "application/json");
  EXPECT_EQ(first.body, "{\"id\": 1}");
  receipts = store->receipts(Instant(Duration(2)) + ports::receipts_kept);
  ASSERT_EQ(receipts->size(), 1U) << "a day later the first is forgotten";
  EXPECT_EQ(receipts->front().key, "b");
}

TEST_F(JournalFile, AnswersAreKeptUpToTheirBounds) {
  auto store = JournalStore::open(path(), "test");
  const std::string large(1024 * 1024, 'x');
  for (std::uint64_t n = 1; n <= 20; ++n) {
    ASSERT_TRUE(
        store->write({with_receipt(n, std::to_string(n), large)}, ports::Durability::daemon_crash)
            .has_value());
  }
  auto receipts = store->receipts(Instant(Duration(20)));
  ASSERT_TRUE(receipts.has_value()) << receipts.error().message;
  EXPECT_EQ(receipts->size() * large.size(), ports::receipt_bytes_most);
  EXPECT_EQ(receipts->back().key, "20");
  std::vector<ports::Decision> many;
  for (std::uint64_t n = 21; n <= 20 + ports::receipts_most + 5; ++n) {
    many.push_back(with_receipt(n, std::to_string(n), "x"));
  }
  ASSERT_TRUE(store->write(many, ports::Durability::daemon_crash).has_value());
  receipts = store->receipts(many.back().event.at.mono);
  EXPECT_EQ(receipts->size(), ports::receipts_most);
  EXPECT_EQ(receipts->back().key, many.back().receipt->key);
}

TEST_F(JournalFile, KeepsKeysWithAndWithoutAnEnd) {
  const ports::KeyRecord lasting{"k-1", "ci", "viewer", "aa", WallTime(1s), {}};
  const ports::KeyRecord ending{"k-2", "sign-in", "admin", "bb", WallTime(2s), WallTime(3s)};
  {
    auto store = JournalStore::open(path(), "test");
    ASSERT_TRUE(store->add_key(lasting));
    ASSERT_TRUE(store->add_key(ending));
  }
  auto store = JournalStore::open(path(), "test");
  const auto keys = store->keys();
  ASSERT_EQ(keys->size(), 2U);
  EXPECT_EQ(keys->front().id, "k-1");
  EXPECT_EQ(keys->front().expires_at, WallTime{});
  EXPECT_EQ(keys->back().sha256, "bb");
  EXPECT_EQ(keys->back().expires_at, WallTime(3s));
  ASSERT_TRUE(store->remove_key("k-2"));
  ASSERT_TRUE(store->remove_key("k-1"));
  EXPECT_TRUE(store->keys()->empty());
}

TEST_F(JournalFile, KeepsPresences) {
  {
    auto store = JournalStore::open(path(), "test");
    ASSERT_TRUE(store->presences()->empty());
    ASSERT_TRUE(store->put_presence({"u-1", "idle", "plexum-host", WallTime(1s)}));
    ASSERT_TRUE(store->put_presence({"u-2", "busy", "", WallTime(2s)}));
    ASSERT_TRUE(store->put_presence({"u-1", "offline", "", WallTime(3s)}));
  }
  auto store = JournalStore::open(path(), "test");
  const auto all = store->presences();
  ASSERT_EQ(all->size(), 2U);
  EXPECT_EQ(all->front().status, "offline");
  EXPECT_EQ(all->front().updated_at, WallTime(3s));
  EXPECT_EQ(all->back().fabric_user_id, "u-2");
}

TEST_F(JournalFile, RefusesANewerSchema) {
  {
    auto store = JournalStore::open(path(), "test");
    ASSERT_TRUE(store->set_value("schema", "99").has_value());
  }
  const auto store = JournalStore::open(path(), "test");
  ASSERT_FALSE(store.has_value());
  EXPECT_EQ(store.error().code, ErrorCode::unsupported);
}

TEST_F(JournalFile, SaysWhereItCannotBeOpened) {
  const auto store = JournalStore::open("/nonexistent/journal.db", "test");
  ASSERT_FALSE(store.has_value());
  EXPECT_EQ(store.error().place, "/nonexistent/journal.db");
}

}  // namespace
}  // namespace lazaret::sqlite
