#include "adapters/notify/message.h"

#include <gtest/gtest.h>

#include "adapters/notify/outbox.h"

namespace lazaret::notify {
namespace {

const WallTime then{std::chrono::sys_days(std::chrono::year(2026) / 9 / 1)};

std::string header(const Post& post, std::string_view name) {
  for (const auto& [key, value] : post.headers) {
    if (key == name) return value;
  }
  return {};
}

Message quarantine(const std::string& reason) {
  const core::Fact fact = core::fact::AgentQuarantined{{CellId("cell"), AgentId("scout")}, reason};
  return *message_of(7, then, fact);
}

// The example of the specification's own documentation.
TEST(Webhook, SignsAsTheSpecificationDoes) {
  const auto secret = read_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  ASSERT_TRUE(secret);
  EXPECT_EQ(sign(*secret, "msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{\"test\": 2432232314}"),
            "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(Webhook, TheIdStaysAndTheTimestampIsThatOfTheAttempt) {
  const Message message = quarantine("died 4x");
  const std::string secret(32, 'k');
  const Post first = webhook_post(message, "abc", secret, 1000);
  const Post second = webhook_post(message, "abc", secret, 2000);
  EXPECT_EQ(header(first, "webhook-id"), "msg_abc_7");
  EXPECT_EQ(header(second, "webhook-id"), "msg_abc_7");
  EXPECT_EQ(header(second, "webhook-timestamp"), "2000");
  EXPECT_EQ(header(first, "webhook-signature"),
            "v1," + sign(secret, "msg_abc_7.1000." + first.body));
  EXPECT_NE(header(first, "webhook-signature"), header(second, "webhook-signature"));
  EXPECT_EQ(first.body,
            "{\"type\":\"agent.quarantined\",\"timestamp\":\"2026-09-01T00:00:00.000Z\",\"data\":"
            "{\"reason\":\"died 4x\",\"event\":7,\"cell\":\"cell\",\"agent\":\"scout\"}}");
}

TEST(Webhook, WithoutASecretItIsNotSigned) {
  EXPECT_EQ(header(webhook_post(quarantine("x"), "abc", "", 1), "webhook-signature"), "");
}

TEST(Webhook, ASecretOfTheWrongFormIsRefusedAndNotShown) {
  for (const char* text : {"", "secret", "whsec_", "whsec_@@@@", "whsec_AAAA", "whsec_AAA"}) {
    const auto secret = read_secret(text);
    ASSERT_FALSE(secret) << text;
    EXPECT_EQ(secret.error().message.find("AAAA"), std::string::npos);
  }
}

TEST(Ntfy, HasTitlePriorityAndTagsAndNoLineBreaksInHeaders) {
  const core::Fact fact =
      core::fact::AgentQuarantined{{CellId("cell"), AgentId("a\r\nEvil: yes")}, "died"};
  const Post post = ntfy_post(*message_of(1, then, fact), "tk_1");
  EXPECT_EQ(header(post, "Title"), "Lazaret: cell.a  Evil: yes is quarantined");
  EXPECT_EQ(header(post, "Priority"), "high");
  EXPECT_EQ(header(post, "Tags"), "lazaret,quarantine");
  EXPECT_EQ(header(post, "Authorization"), "Bearer tk_1");
  EXPECT_EQ(post.body, "died");
}

TEST(Messages, OneCauseMakesOne) {
  core::fact::ApprovalOpened opened;
  opened.kind = core::ApprovalKind::budget;
  EXPECT_FALSE(message_of(1, then, opened)) << "told as budget.reached";
  opened.kind = core::ApprovalKind::question;
  EXPECT_EQ(message_of(1, then, opened)->type, "approval.opened");
  EXPECT_EQ(message_of(1, then, core::fact::BudgetReached{})->topic, Topic::budget);
  EXPECT_FALSE(message_of(1, then, core::fact::AgentReady{}));
}

TEST(Messages, NameAMissionAsPeopleCallItAndAnAgentAsTheCommandLineDoes) {
  const CellId cell("1f0a7b22-0000-4000-8000-000000000001");
  core::fact::MissionStatusChanged failed{cell, core::MissionStatus::failed, "no disk", "core",
                                          "survey"};
  EXPECT_EQ(message_of(1, then, failed)->title, "Lazaret: mission survey (1f0a7b22) is failed");
  failed.mission.clear();  // by an older build
  EXPECT_EQ(message_of(1, then, failed)->title, "Lazaret: mission 1f0a7b22 is failed");
  core::fact::BudgetReached reached;
  reached.cell = cell;
  reached.about = "mission survey (1f0a7b22)";
  EXPECT_EQ(message_of(1, then, reached)->title,
            "Lazaret: the budget of mission survey (1f0a7b22) is used up");
  EXPECT_EQ(message_of(1, then, core::fact::HangDeclared{{cell, AgentId("a")}, {}, "r", {}})->title,
            "Lazaret: 1f0a7b22.a hangs");
}

TEST(Outbox, ThePauseGrowsToABound) {
  EXPECT_EQ(pause_before(1), std::chrono::seconds(1));
  EXPECT_EQ(pause_before(4), std::chrono::seconds(8));
  EXPECT_EQ(pause_before(attempts_most), pause_most);
}

TEST(Url, IsReadOrRefused) {
  const auto url = wire::read_url("https://ntfy.sh/my-topic?x=1");
  ASSERT_TRUE(url);
  EXPECT_TRUE(url->secure);
  EXPECT_EQ(url->authority(), "ntfy.sh");
  EXPECT_EQ(url->target, "/my-topic?x=1");
  const auto six = wire::read_url("http://[::1]:8080");
  ASSERT_TRUE(six);
  EXPECT_EQ(six->host, "::1");
  EXPECT_EQ(six->authority(), "[::1]:8080");
  EXPECT_EQ(six->target, "/");
  for (const char* text : {"", "ftp://x/", "http://", "http://user:pw@host/", "http://h:port/",
                           "http://h/a b", "http://[::1/", "http://h/\r\nX: y"}) {
    EXPECT_FALSE(wire::read_url(text)) << text;
  }
}

}  // namespace
}  // namespace lazaret::notify
