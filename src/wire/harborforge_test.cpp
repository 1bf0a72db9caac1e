#include "wire/harborforge.h"

#include <gtest/gtest.h>

#include "base/rfc3339.h"
#include "wire/json_document.h"

namespace lazaret::wire {
namespace {

using namespace std::chrono_literals;

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

SlotView real_slot() {
  SlotView slot;
  slot.id = 7;
  slot.date = "2026-11-21";
  slot.scheduled_at = "09:30:00";
  slot.estimated_duration = 45;
  slot.priority = 3;
  slot.event_type = core::SlotEvent::job;
  slot.event_data = R"({"type":"review","code":"T-9"})";
  return slot;
}

TEST(HarborForge, ASlotIsReadAsItWasWritten) {
  SlotView slot = real_slot();
  slot.status = core::SlotStatus::paused;
  slot.started_at = hours(9) + minutes(31) + seconds(5);
  slot.attended = true;
  slot.actual_duration = 12;
  slot.plan_id = "3";
  slot.user_id = "olga";
  slot.due_at = *from_rfc3339("2026-11-21T08:30:00Z");
  const auto read = read_slot(json_document(to_json(slot)));
  ASSERT_TRUE(read) << read.error().place << ": " << read.error().message;
  EXPECT_EQ(*read, slot);
  EXPECT_EQ(read->ident(), "7");
  EXPECT_EQ(to_json(slot).at("plan_id"), 3);
  EXPECT_EQ(to_json(slot).at("user_id"), "olga");
  EXPECT_EQ(to_json(slot).at("started_at"), "09:31:05");
}

TEST(HarborForge, AVirtualSlotHasNoId) {
  SlotView slot = real_slot();
  slot.id.reset();
  slot.virtual_id = "plan-3-2026-11-21T093000";
  slot.event_data.clear();
  slot.event_type = core::SlotEvent::none;
  const boost::json::object json = to_json(slot);
  EXPECT_FALSE(json.contains("id"));
  EXPECT_TRUE(json.at("event_type").is_null());
  EXPECT_TRUE(json.at("event_data").is_null());
  EXPECT_TRUE(json.at("started_at").is_null());
  const auto read = read_slot(json_document(json));
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, slot);
  EXPECT_EQ(read->ident(), slot.virtual_id);
}

TEST(HarborForge, EverySpellingOfAStatusIsTheSameStatus) {
  for (const auto* word :
       {"not_started", "notStarted", "NotStarted", "not started", "Not-Started", "NOT_STARTED"}) {
    EXPECT_EQ(read_slot_status(word), core::SlotStatus::not_started) << word;
  }
  EXPECT_EQ(read_slot_status("inProgress"), core::SlotStatus::ongoing);
  EXPECT_EQ(read_slot_status("completed"), core::SlotStatus::finished);
  EXPECT_EQ(read_calendar_status("OnCall"), core::CalendarStatus::on_call);
  EXPECT_FALSE(read_slot_status(""));
  EXPECT_FALSE(read_slot_status("started"));
  EXPECT_FALSE(read_slot_status("not_started_yet"));
}

TEST(HarborForge, AGenerationOfPluginsThatSpeaksCamelCaseIsUnderstood) {
  const auto slot = read_slot(R"({"virtualId": "plan-1-2026-11-21T090000", "date": "2026-11-21",
      "scheduledAt": "09:00", "slotType": "OnCall", "estimatedDuration": 30, "status": "NotStarted",
      "priority": "5", "eventType": "SystemEvent", "eventData": {"event": "scan"}})");
  ASSERT_TRUE(slot) << slot.error().place << ": " << slot.error().message;
  EXPECT_EQ(slot->scheduled_at, "09:00:00");
  EXPECT_EQ(slot->slot_type, core::SlotType::on_call);
  EXPECT_EQ(slot->event_type, core::SlotEvent::system_event);
  EXPECT_EQ(slot->priority, 5);
}

TEST(HarborForge, ADateTimeInPlaceOfATimeOfDayIsAnInstant) {
  const auto slot =
      read_slot(R"({"id": 1, "scheduled_at": "2026-11-21T10:00:00+02:00", "status": "deferred"})");
  ASSERT_TRUE(slot) << slot.error().message;
  EXPECT_EQ(to_rfc3339(slot->due()), "2026-11-21T08:00:00.000Z");
  EXPECT_EQ(slot->date, "2026-11-21");
  EXPECT_EQ(slot->scheduled_at, "08:00:00");
  const auto naive =
      read_slot(R"({"id": 1, "scheduled_at": "2026-11-21T10:00:00", "status": "deferred"})");
  ASSERT_TRUE(naive);
  EXPECT_EQ(to_rfc3339(naive->due()), "2026-11-21T10:00:00.000Z");
}

TEST(HarborForge, WithoutAnInstantASlotIsDueInUtc) {
  EXPECT_EQ(to_rfc3339(real_slot().due()), "2026-11-21T09:30:00.000Z");
  SlotView slot = real_slot();
  slot.due_at = *from_rfc3339("2026-11-21T08:30:00Z");
  EXPECT_EQ(to_rfc3339(slot.due()), "2026-11-21T08:30:00.000Z");
}

struct Wrong {
  const char* text;
  const char* place;
  const char* expected;
};

TEST(HarborForge, WhatIsWrongWithASlotIsNamed) {
  const Wrong all[] = {
      {"", "slot:1:1", "a JSON value"},
      {"[]", "slot:1:1", "an object"},
      {R"({"date": "2026-11-21"})", "/id", "virtual_id"},
      {R"({"id": -1})", "/id", "0 to"},
      {R"({"virtual_id": "../../x"})", "/virtual_id", "letters, digits"},
      {R"({"virtual_id": "12"})", "/virtual_id", "not digits alone"},
      {R"({"id": 1})", "/scheduled_at", "09:00:00"},
      {R"({"id": 1, "scheduled_at": "25:00:00"})", "/scheduled_at", "09:00:00"},
      {R"({"id": 1, "scheduled_at": "09:00:00", "date": "2026-02-30"})", "/date", "2026-11-21"},
      {R"({"id": 1, "scheduled_at": "09:00:00", "date": "2026-11-21"})", "/status", "not_started"},
      {R"({"id": 1, "scheduled_at": "09:00:00", "date": "2026-11-21",
  "status": "begun"})",
       "slot:2:13 /status", "one of not_started"},
      {R"({"id": 1, "scheduled_at": "09:00:00", "date": "2026-11-21", "status": "ongoing",
           "slot_type": "leisure"})",
       "/slot_type", "on_call"},
      {R"({"id": 1, "scheduled_at": "09:00:00", "date": "2026-11-21", "status": "ongoing",
           "priority": 1.5})",
       "/priority", "a whole number"},
  };
  for (const Wrong& one : all) {
    const auto read = read_slot(one.text);
    ASSERT_FALSE(read) << one.text;
    EXPECT_EQ(read.error().code, ErrorCode::invalid_input);
    EXPECT_NE(read.error().place.find(one.place), std::string::npos) << read.error().place;
    EXPECT_NE(read.error().message.find(one.expected), std::string::npos) << read.error().message;
  }
}

TEST(HarborForge, OneBadSlotDoesNotSpoilTheOthers) {
  CalendarAnswer answer;
  answer.slots.push_back(real_slot());
  answer.agent_status = core::CalendarStatus::busy;
  answer.message = "hello";
  boost::json::object json = to_json(answer);
  json["slots"].as_array().push_back(boost::json::object{{"id", "seven"}});
  const auto read = read_calendar_answer(json_document(json));
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->slots.size(), 1U);
  EXPECT_EQ(read->slots[0], real_slot());
  EXPECT_EQ(read->agent_status, core::CalendarStatus::busy);
  EXPECT_EQ(read->message, "hello");
  ASSERT_EQ(read->refused.size(), 1U);
  EXPECT_NE(read->refused[0].place.find("/slots/1/id"), std::string::npos)
      << read->refused[0].place;
  EXPECT_FALSE(read_calendar_answer("{}"));
  EXPECT_FALSE(read_calendar_answer(R"({"slots": {}})"));
}

TEST(HarborForge, AHeartbeatSaysWhoByBodyOrByHeaders) {
  const auto body = read_calendar_heartbeat(
      json_document(to_json(CalendarHeartbeat{"host-1", "scout"})), "host-1", "scout");
  ASSERT_TRUE(body);
  EXPECT_EQ(*body, (CalendarHeartbeat{"host-1", "scout"}));
  const auto headers = read_calendar_heartbeat("", "host-1", "scout");
  ASSERT_TRUE(headers);
  EXPECT_EQ(*headers, *body);
  const auto other = read_calendar_heartbeat(R"({"claw_identifier": "host-2"})", "host-1", "scout");
  ASSERT_FALSE(other);
  EXPECT_NE(other.error().message.find("X-Claw-Identifier"), std::string::npos);
  const auto nobody = read_calendar_heartbeat("{}", "host-1", "");
  ASSERT_FALSE(nobody);
  EXPECT_NE(nobody.error().place.find("/agent_id"), std::string::npos);
}

TEST(HarborForge, AnUpdateSaysOnlyWhatItHas) {
  SlotUpdate update{.status = core::SlotStatus::ongoing,
                    .started_at = hours(23) + minutes(59) + seconds(59),
                    .actual_duration = {},
                    .reason = {},
                    .summary = {}};
  EXPECT_EQ(json_document(to_json(update)), R"({"status":"ongoing","started_at":"23:59:59"})");
  auto read = read_slot_update(json_document(to_json(update)));
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, update);
  update = {core::SlotStatus::finished, {}, 1, "", "done"};
  read = read_slot_update(json_document(to_json(update)));
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, update);
  const auto none = read_slot_update(R"({"status": "finished", "actual_duration": 0})");
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().place.find("/actual_duration"), std::string::npos);
  EXPECT_FALSE(read_slot_update("{}"));
}

TEST(HarborForge, TheOlderContractHasItsOwnWords) {
  const auto json = to_server_json({core::SlotStatus::finished, {}, 5, "", "all good"});
  ASSERT_TRUE(json);
  EXPECT_EQ(json_document(*json), R"({"status":"completed","summary":"all good"})");
  EXPECT_EQ(read_slot_update(json_document(*json))->status, core::SlotStatus::finished);
  EXPECT_EQ(to_server_json({core::SlotStatus::ongoing, {}, {}, "", ""})->at("status"),
            "in_progress");
  EXPECT_FALSE(to_server_json({core::SlotStatus::deferred, {}, {}, "", ""}));
}

TEST(HarborForge, TheOlderHeartbeatAndItsAnswerComeBackWhole) {
  const ServerHeartbeat heartbeat{"host-1",
                                  "key",
                                  "lazaret",
                                  "0.1.0",
                                  "lazaret",
                                  *from_rfc3339("2026-11-21T09:00:00Z"),
                                  {{"scout", "m-1", "idle"}}};
  const auto read = read_server_heartbeat(json_document(to_json(heartbeat)));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, heartbeat);
  ServerAnswer answer;
  answer.slots_to_fire = {{"12", "scout", "Sweep", "go", ""}, {"plan-x", "scout", "", "", "wake"}};
  answer.restart_pending = true;
  const auto back = read_server_answer(json_document(to_json(answer)));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->slots_to_fire, answer.slots_to_fire);
  EXPECT_TRUE(back->restart_pending);
  const auto bad = read_server_answer(R"({"slots_to_fire": [{"id": 1}, {"id": "a/b",
                                           "agent_id": "x"}, {"id": 2, "agent_id": "x"}]})");
  ASSERT_TRUE(bad);
  EXPECT_EQ(bad->slots_to_fire.size(), 1U);
  EXPECT_EQ(bad->refused.size(), 2U);
}

TEST(HarborForge, ASyncAnswerKnowsWhatChanged) {
  SyncAnswer answer;
  answer.full = false;
  answer.sync_token = "t-9";
  answer.schedules["scout"] = {real_slot()};
  answer.schedules["idler"] = {};
  const auto read = read_sync_answer(json_document(to_json(answer)));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_FALSE(read->full);
  EXPECT_EQ(read->schedules, answer.schedules);
  EXPECT_EQ(read->sync_token, "t-9");
  EXPECT_FALSE(read_sync_answer(R"({"schedules": {"scout": 3}})"));
}

TEST(HarborForge, AMonitorHeartbeatIsRoundedToOneDecimal) {
  MonitorHeartbeat heartbeat;
  heartbeat.identifier = "host-1";
  heartbeat.cpu_pct = 12.34;
  heartbeat.mem_pct = 50;
  heartbeat.load_avg = {0.5, 1.25, 2};
  heartbeat.uptime_seconds = 86400.5;
  heartbeat.plugin_version = "0.1.0";
  heartbeat.agents = {{"scout", "", "idle"}};
  const boost::json::object json = to_json(heartbeat);
  EXPECT_EQ(json.at("cpu_pct"), 12.3);
  EXPECT_TRUE(json.at("swap_pct").is_null());
  EXPECT_FALSE(json.contains("openclaw_version"));
  EXPECT_FALSE(json.contains("nginx_installed"));
  const auto read = read_monitor_heartbeat(json_document(json));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->cpu_pct, 12.3);
  EXPECT_EQ(read->load_avg, heartbeat.load_avg);
  EXPECT_EQ(read->agents, heartbeat.agents);
  const auto hot = read_monitor_heartbeat(R"({"identifier": "h", "cpu_pct": 170})");
  ASSERT_FALSE(hot);
  EXPECT_NE(hot.error().place.find("/cpu_pct"), std::string::npos);
  const auto odd = read_monitor_heartbeat(R"({"identifier": "h", "load_avg": [1, "x"]})");
  ASSERT_FALSE(odd);
  EXPECT_NE(odd.error().place.find("/load_avg/1"), std::string::npos) << odd.error().place;
}

TEST(HarborForge, AnAgentsStatusIsReported) {
  const AgentStatusReport report{"host-1", "scout", core::CalendarStatus::exhausted, "rate_limit",
                                 *from_rfc3339("2026-11-21T14:00:00Z")};
  const auto read =
      read_agent_status(json_document(to_json(report)), "", "", *report.recovery_at - 1h);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, report);
  EXPECT_FALSE(read_agent_status(R"({"claw_identifier": "h", "agent_id": "a"})", "", "", {}));
}

TEST(HarborForge, AnExhaustedAgentSaysInAnyWayWhenItRecovers) {
  const WallTime now = *from_rfc3339("2026-11-21T14:00:00Z");
  const auto told = [&](const std::string& more) {
    return read_agent_status(R"({"claw_identifier": "h", "agent_id": "a", )" + more + "}", "", "",
                             now);
  };
  EXPECT_EQ(told(R"("status": "exhausted", "recovery_at": 120)")->recovery_at, now + 2min);
  EXPECT_EQ(told(R"("status": "exhausted", "reason": "resets in 3 hours")")->recovery_at, now + 3h);
  EXPECT_FALSE(told(R"("status": "exhausted", "reason": "billing")")->recovery_at);
  EXPECT_FALSE(told(R"("status": "idle", "reason": "slept in 3 hours")")->recovery_at);
  const auto odd = told(R"("status": "exhausted", "recovery_at": "soon")");
  ASSERT_FALSE(odd);
  EXPECT_NE(odd.error().place.find("/recovery_at"), std::string::npos) << odd.error().place;
}

TEST(HarborForge, RoutesNameRealAndVirtualSlots) {
  EXPECT_EQ(route::agent_update("7"), "/calendar/slots/7/agent-update");
  EXPECT_EQ(route::agent_update("plan-3-2026-11-21T090000"),
            "/calendar/slots/virtual/plan-3-2026-11-21T090000/agent-update");
  EXPECT_EQ(route::agent_update("plan-a:b-1"), "/calendar/slots/virtual/plan-a%3Ab-1/agent-update");
  EXPECT_EQ(route::server_update("7"), "/calendar/slots/7/server-update");
}

std::string line_for(core::SlotEvent type, const char* data) {
  SlotView slot = real_slot();
  slot.event_type = type;
  slot.event_data = data;
  const std::string message = wake_message(slot);
  return message.substr(0, message.find('\n'));
}

TEST(HarborForge, TheMessageFollowsItsRules) {
  using core::SlotEvent;
  EXPECT_EQ(line_for(SlotEvent::job, R"({"wake_options":{"override_message":"A"},"prompt":"B"})"),
            "A");
  EXPECT_EQ(line_for(SlotEvent::job, R"({"prompt": "B", "type": "x", "code": "y"})"), "B");
  EXPECT_EQ(line_for(SlotEvent::none, R"({"prompt": "B"})"), "B");
  EXPECT_EQ(line_for(SlotEvent::system_event, R"({"event": "ScheduleToday"})"),
            "[calendar system_event] ScheduleToday");
  EXPECT_EQ(line_for(SlotEvent::job, R"({"type": "review", "code": "T-9"})"),
            "[calendar job review/T-9] please handle this");
  EXPECT_EQ(line_for(SlotEvent::job, R"({"type": "review", "task_code": 12})"),
            "[calendar job review/12] please handle this");
  EXPECT_EQ(line_for(SlotEvent::entertainment, "{}"),
            "[calendar slot 7] scheduled work — please proceed");
  EXPECT_EQ(line_for(SlotEvent::system_event, "{}"),
            "[calendar slot 7] scheduled work — please proceed");
  EXPECT_EQ(wake_source(real_slot()), "calendar:7");
}

TEST(HarborForge, TheMessageEndsWithAJsonBlock) {
  const std::string message = wake_message(real_slot());
  const auto begin = message.find("```json\n");
  ASSERT_NE(begin, std::string::npos);
  ASSERT_TRUE(message.ends_with("\n```"));
  const std::string block = message.substr(begin + 8, message.size() - begin - 12);
  EXPECT_EQ(block, R"({"slot_id":7,"scheduled_at":"09:30:00","priority":3,"slot_type":"work",)"
                   R"("event_data":{"type":"review","code":"T-9"}})");
}

TEST(HarborForge, TheOlderMessageFallsBackToTheTitle) {
  SlotToFire slot{"12", "scout", "Sweep", "", ""};
  EXPECT_EQ(wake_message(slot), "[calendar] slot 12: Sweep");
  slot.prompt = "sweep now";
  EXPECT_EQ(wake_message(slot), "sweep now");
  slot.override_message = "up";
  EXPECT_EQ(wake_message(slot), "up");
}

TEST(HarborForge, TimesOfDay) {
  EXPECT_EQ(read_clock_text("09:00"), Duration(hours(9)));
  EXPECT_EQ(read_clock_text("23:59:59.999"), Duration(hours(23) + minutes(59) + seconds(59)));
  for (const auto* bad : {"", "9:00", "09", "09:60", "24:00", "09:00:0", "09:00:00.", "+9:00",
                          "09:00:00Z", "09-00-00"}) {
    EXPECT_FALSE(read_clock_text(bad)) << bad;
  }
  EXPECT_EQ(clock_text(hours(7) + seconds(1)), "07:00:01");
}

}  // namespace
}  // namespace lazaret::wire
