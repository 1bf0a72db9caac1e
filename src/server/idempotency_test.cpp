// A repeated request does its work once: while the first is under way, afterwards, after the
// daemon's restart, and for one caller only.
#include <gtest/gtest.h>

#include "server/server_rig.h"

namespace lazaret::server {
namespace {

const std::string once = "Idempotency-Key: once\r\n";
const std::string note = R"({"text": "written once"})";

std::size_t notes(Rig& rig) {
  const auto page = rig.as_admin("GET", "/api/v1/events?kind=note_recorded").json();
  return page.at("events").as_array().size();
}

bool was_replayed(const Response& response) {
  return response.headers.contains("idempotency-replayed");
}

TEST(Idempotency, two_keys_of_one_name_share_nothing) {
  Rig rig;
  const std::string first = "Authorization: Bearer " + rig.make_key("operator") + "\r\n" + once;
  const std::string second = "Authorization: Bearer " + rig.make_key("operator") + "\r\n" + once;
  EXPECT_FALSE(was_replayed(rig.call("POST", "/api/v1/notes", note, first)));
  EXPECT_FALSE(was_replayed(rig.call("POST", "/api/v1/notes", note, second)));
  EXPECT_EQ(notes(rig), 2U);
  EXPECT_TRUE(was_replayed(rig.call("POST", "/api/v1/notes", note, second)));
  EXPECT_EQ(notes(rig), 2U);
}

TEST(Idempotency, incarnations_of_an_agent_share_their_keys_and_agents_do_not) {
  Rig rig;
  rig.make_cell(cell_a, {"scout", "write"});
  const auto ask = [&](const char* agent, std::uint64_t incarnation) {
    const AgentRef ref{CellId(cell_a), AgentId(agent)};
    const std::string token = rig.tokens.mint(ref, Incarnation{incarnation});
    return rig.call("POST", "/api/v1/approvals", R"({"question": "Deploy?"})",
                    "Authorization: Bearer " + token + "\r\n" + once);
  };
  const Response first = ask("scout", 1);
  EXPECT_EQ(first.status, 201);
  const Response other = ask("write", 1);
  EXPECT_FALSE(was_replayed(other));
  EXPECT_NE(other.text("approval"), first.text("approval"));
  const Response successor = ask("scout", 2);
  EXPECT_TRUE(was_replayed(successor));
  EXPECT_EQ(successor.text("approval"), first.text("approval"));
}

TEST(Idempotency, a_restart_forgets_no_answer_that_was_recorded) {
  std::vector<ports::Receipt> receipts;
  ports::KeyRecord key;
  std::string admin;
  Response first;
  const std::string body = R"({"question": "Deploy?"})";
  {
    Rig rig;
    admin = "Authorization: Bearer " + rig.admin_key + "\r\n" + once;
    first = rig.call("POST", "/api/v1/approvals", body, admin);
    EXPECT_EQ(first.status, 201);
    EXPECT_EQ(rig.as_admin("POST", "/api/v1/notes", note).status,
              201);  // without a key: no receipt
    receipts = rig.on_loop([&] { return rig.journal.receipts; });
    key = rig.keys.records.front();
  }
  ASSERT_EQ(receipts.size(), 1U);
  Rig next({}, [&](Services& services) { services.receipts = receipts; }, {key});
  const Response again = next.call("POST", "/api/v1/approvals", body, admin);
  EXPECT_TRUE(was_replayed(again));
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(next.call("POST", "/api/v1/approvals", R"({"question": "Else?"})", admin).status, 422);
  EXPECT_TRUE(next.on_loop([&] { return next.loop->fleet().approvals.empty(); }));
}

TEST(Idempotency, a_repetition_waits_for_the_first_and_gets_its_answer) {
  Rig rig;
  rig.on_loop([&] { rig.journal.hold(); });
  const std::string headers = "Authorization: Bearer " + rig.admin_key + "\r\n" + once;
  Wire first(rig.port);
  Wire second(rig.port);
  for (Wire* wire : {&first, &second}) wire->send(request("POST", "/api/v1/notes", note, headers));
  ASSERT_TRUE(rig.until([&] { return rig.server->counts().requests >= 3; }));  // and make_key's
  rig.on_loop([&] { rig.journal.release(); });
  const Response one = first.read();
  const Response other = second.read();
  EXPECT_EQ(one.status, 201);
  EXPECT_EQ(other.status, 201);
  EXPECT_NE(was_replayed(one), was_replayed(other));
  EXPECT_EQ(notes(rig), 1U);
}

TEST(Idempotency, who_cannot_be_recorded_is_told_and_learns_the_outcome_later) {
  Rig rig;
  const std::string headers = "Authorization: Bearer " + rig.admin_key + "\r\n" + once;
  rig.on_loop([&] { rig.journal.hold(); });
  Wire wire(rig.port);
  wire.send(request("POST", "/api/v1/notes", note, headers));
  ASSERT_TRUE(rig.until([&] { return rig.loop->last_fact() > rig.loop->recorded_facts(); }));
  const Error full{ErrorCode::unavailable, "the disk is full", "/state/journal.db", "free space"};
  rig.on_loop([&] { rig.journal.set_trouble(full); });
  const Response told = wire.read();
  EXPECT_EQ(told.status, 503);
  EXPECT_EQ(told.text("place"), "/state/journal.db");
  EXPECT_EQ(told.text("remedy"), "free space");
  wire.send(request("POST", "/api/v1/notes", note, headers));
  EXPECT_EQ(wire.read().status, 503);
  rig.on_loop([&] { rig.journal.release(); });
  wire.send(request("POST", "/api/v1/notes", note, headers));
  const Response later = wire.read();
  EXPECT_EQ(later.status, 201);
  EXPECT_TRUE(was_replayed(later));
  EXPECT_EQ(notes(rig), 1U);
}

TEST(Idempotency, one_that_leaves_unanswered_frees_its_key) {
  Rig rig;
  rig.make_cell(cell_a, {"scout"});
  const std::string scout = "Authorization: Bearer " + rig.token(cell_a, "scout") + "\r\n" + once;
  {
    Wire gone(rig.port);
    gone.send(request("POST", "/api/v1/next-work?wait_seconds=60", "{}", scout));
    ASSERT_TRUE(rig.until([&] { return rig.server->counts().waiting_for_work == 1; }));
  }
  ASSERT_TRUE(rig.until([&] { return rig.server->counts().waiting_for_work == 0; }));
  Wire again(rig.port);
  again.send(request("POST", "/api/v1/next-work?wait_seconds=60", "{}", scout));
  EXPECT_TRUE(rig.until([&] { return rig.server->counts().waiting_for_work == 1; }));
}

TEST(Idempotency, what_is_remembered_is_bounded_by_number_and_by_bytes) {
  for (const bool by_bytes : {false, true}) {
    Bounds bounds;
    if (by_bytes) {
      bounds.idempotency_bytes = 100;
    } else {
      bounds.idempotency_keys = 3;
    }
    Rig rig(bounds);
    const auto send = [&](int number) {
      return rig.as_admin("POST", "/api/v1/notes", note,
                          "Idempotency-Key: k" + std::to_string(number) + "\r\n");
    };
    for (int i = 0; i < 20; ++i) send(i);
    EXPECT_TRUE(was_replayed(send(19)));
    EXPECT_FALSE(was_replayed(send(0)));
  }
}

}  // namespace
}  // namespace lazaret::server
