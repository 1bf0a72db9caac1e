#include "presence/presence.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/rng.h"
#include "wire/json_text.h"

namespace lazaret::presence {
namespace {

using core::Activity;
using std::chrono::minutes;
using std::chrono::seconds;
using Answer = Result<ports::HttpAnswer>;

Answer answer(int status, std::string body = "{}") {
  return ports::HttpAnswer{.status = status, .headers = {}, .body = std::move(body)};
}

// A Fabric of numbers: time is virtual, and every answer comes when the test lets it.
struct World : ports::HttpClient {
  struct Sent {
    Instant at{};
    std::string agent;  // its fabric id; or its key, for a login
    std::string guild;  // empty for a login
    std::string status;
    std::string token;
  };
  struct Reply {
    Duration after{};
    Answer answer;
  };
  using Serve = std::function<Reply(const Sent&)>;

  void send(ports::HttpRequest request, Duration deadline, Done done) override {
    Sent sent{.at = now};
    const auto body = wire::read_json(request.body);
    if (request.method == "POST") {
      EXPECT_EQ(request.url, "http://centre/login");
      sent.agent = body->root.find("api_key")->value.text;
    } else {
      EXPECT_EQ(request.method, "PUT");
      const auto host = request.url.substr(7, request.url.find('/', 7) - 7);
      sent.guild = host;
      const auto from = request.url.find("/api/agents/") + 12;
      sent.agent = request.url.substr(from, request.url.rfind("/presence") - from);
      sent.status = body->root.find("status")->value.text;
      EXPECT_EQ(body->root.find("source")->value.text, "plexum-host");
      for (const auto& [name, value] : request.headers) {
        if (name == "Authorization") sent.token = value;
      }
    }
    all.push_back(sent);
    ++open[sent.guild];
    most_open[sent.guild] = std::max(most_open[sent.guild], open[sent.guild]);
    guilds_open = std::max(guilds_open, static_cast<int>(std::ranges::count_if(open, [](auto& one) {
                             return one.second > 0 && !one.first.empty();
                           })));
    Reply reply = serve(sent);
    if (reply.after >= deadline) {
      reply = {deadline, fail(ErrorCode::unavailable, "no answer in time")};
    }
    const std::pair key(sent.agent, sent.guild);
    if (!sent.guild.empty()) {
      EXPECT_TRUE(under_way.insert(key).second) << "two requests for one agent at once";
      EXPECT_NE(accepted[key], sent.status) << "told twice";
    }
    later.emplace(now + reply.after, [this, key, status = sent.status, done, reply] {
      --open[key.second];
      under_way.erase(key);
      accepted[key] = reply.answer && reply.answer->status == 200 ? status : "";
      done(reply.answer);
    });
  }

  // Logins give every agent these guilds; whatever is told is accepted at once.
  Reply usual(const Sent& sent) {
    if (!sent.guild.empty()) return {seconds(0), answer(200)};
    std::string guilds;
    for (const std::string& one : guild_names) {
      guilds += (guilds.empty() ? "" : ",") + ("{\"node_id\":\"" + one) +
                "\",\"endpoint\":\"http://" + one + "/\",\"token\":\"" + one +
                std::to_string(++tokens) + "\"}";
    }
    return {seconds(0), answer(200, "{\"guilds\":[" + guilds + "]}")};
  }

  Config config(int agents) {
    Config made;
    for (int i = 0; i < agents; ++i) {
      const std::string name = "a" + std::to_string(i);
      made.identities.push_back({.agent = name, .fabric_user_id = name, .api_key = "key-" + name});
      for (const std::string& guild : guild_names) made.bindings.emplace(name, guild);
      activity[name] = Activity::idle;
    }
    return made;
  }
  void begin(const Config& with, Settings settings = {}) {
    settings.login_url = "http://centre/login";
    presence.emplace(
        settings, with, *this,
        [this](const std::string& agent) -> std::optional<Activity> {
          const auto found = activity.find(agent);
          if (found == activity.end()) return std::nullopt;
          return found->second;
        },
        [this](const std::string& line) { log.push_back(line); });
    presence->start(now);
  }
  void change(const std::string& agent, Activity to) {
    activity[agent] = to;
    presence->look_again(now);
  }
  void run_for(Duration time) {
    const Instant end = now + time;
    while (true) {
      const Instant next_answer = later.empty() ? never : later.begin()->first;
      const Instant next = std::min(next_answer, presence->next_deadline());
      if (next > end) break;
      now = next;
      if (next_answer <= next) {
        const auto one = later.extract(later.begin());
        one.mapped()();
      } else {
        presence->on_time(now);
      }
    }
    now = end;
  }
  // What was told, as "agent guild status", since the last time one asked.
  std::vector<std::string> told() {
    std::vector<std::string> lines;
    for (; seen < all.size(); ++seen) {
      const Sent& one = all[seen];
      if (!one.guild.empty()) lines.push_back(one.agent + " " + one.guild + " " + one.status);
    }
    return lines;
  }
  long logins() const { return std::ranges::count(all, std::string(), &Sent::guild); }
  long logged(const std::string& part) const {
    return std::ranges::count_if(log, [&](const auto& one) { return one.find(part) != one.npos; });
  }

  std::vector<std::string> guild_names = {"g1"};
  Instant now{Duration(minutes(60))};
  Serve serve = [this](const Sent& sent) { return usual(sent); };
  std::map<std::string, Activity> activity;
  std::multimap<Instant, std::function<void()>> later;
  std::vector<Sent> all;
  std::size_t seen = 0;
  std::map<std::string, int> open, most_open;
  // As the client may know it.
  std::map<std::pair<std::string, std::string>, std::string> accepted;
  std::set<std::pair<std::string, std::string>> under_way;
  int guilds_open = 0;
  int tokens = 0;
  std::vector<std::string> log;
  std::optional<Presence> presence;
};

using Lines = std::vector<std::string>;

TEST(Presence, ActivitiesAreStatuses) {
  using wire::PresenceStatus;
  EXPECT_EQ(status_of(Activity::idle), PresenceStatus::idle);
  EXPECT_EQ(status_of(Activity::working), PresenceStatus::on_call);
  EXPECT_EQ(status_of(Activity::busy), PresenceStatus::busy);
  EXPECT_EQ(status_of(Activity::offline), PresenceStatus::offline);
  EXPECT_EQ(status_of(Activity::rate_limited), PresenceStatus::offline);
  EXPECT_EQ(status_of(std::nullopt), std::nullopt);
}

TEST(Presence, OnlyChangesAreToldAndAtOnce) {
  World world;
  world.begin(world.config(1));
  world.run_for(seconds(0));
  EXPECT_EQ(world.told(), Lines{"a0 g1 idle"});
  world.run_for(seconds(91));
  EXPECT_EQ(world.told(), Lines{});
  world.change("a0", Activity::working);
  world.run_for(seconds(0));
  EXPECT_EQ(world.told(), Lines{"a0 g1 on_call"});
  world.change("a0", Activity::busy);
  world.change("a0", Activity::offline);  // while that is under way
  world.run_for(seconds(0));
  EXPECT_EQ(world.told(), (Lines{"a0 g1 busy", "a0 g1 offline"}));
  EXPECT_EQ(world.most_open["g1"], 1);
  EXPECT_EQ(world.logins(), 1);
}

TEST(Presence, APassComesEveryThirtySeconds) {
  World world;
  world.begin(world.config(1));
  world.run_for(seconds(29));
  world.told();
  world.activity["a0"] = Activity::busy;  // nobody said so
  world.run_for(Duration(999'999'999));
  EXPECT_EQ(world.told(), Lines{});
  world.run_for(Duration(1));
  EXPECT_EQ(world.told(), Lines{"a0 g1 busy"});
}

TEST(Presence, TokensAreKeptForThirteenMinutes) {
  World world;
  world.begin(world.config(1));
  for (int i = 0; i < 26; ++i) {
    world.change("a0", i % 2 == 0 ? Activity::busy : Activity::idle);
    world.run_for(seconds(29));
  }
  EXPECT_EQ(world.logins(), 1);
  world.run_for(minutes(1));
  EXPECT_EQ(world.logins(), 1);  // nothing to tell
  world.change("a0", Activity::offline);
  world.run_for(seconds(1));
  EXPECT_EQ(world.logins(), 2);
  EXPECT_EQ(world.all.back().token, "Bearer g12");
}

TEST(Presence, ARefusedTokenIsDroppedAndTheNextPassLogsInAgain) {
  World world;
  bool refuses = true;
  world.serve = [&](const World::Sent& sent) -> World::Reply {
    if (!sent.guild.empty() && std::exchange(refuses, false)) return {seconds(0), answer(401)};
    return world.usual(sent);
  };
  world.begin(world.config(1));
  world.run_for(seconds(29));
  EXPECT_EQ(world.logins(), 1);
  EXPECT_EQ(world.told(), Lines{"a0 g1 idle"});
  world.run_for(seconds(2));
  EXPECT_EQ(world.logins(), 2);
  EXPECT_EQ(world.told(), Lines{"a0 g1 idle"});
  EXPECT_EQ(world.all.back().token, "Bearer g12");
  EXPECT_EQ(world.logged("answers 401"), 1);
}

TEST(Presence, WhatFailedIsForgottenAndToldAgain) {
  World world;
  int status = 200;
  world.serve = [&](const World::Sent& sent) -> World::Reply {
    if (!sent.guild.empty()) return {seconds(0), answer(status)};
    return world.usual(sent);
  };
  world.begin(world.config(1));
  world.run_for(seconds(1));
  status = 503;
  world.change("a0", Activity::busy);
  world.run_for(seconds(1));
  world.told();
  // Back to what was accepted last: but who knows what became of the other?
  status = 200;
  world.change("a0", Activity::idle);
  world.run_for(seconds(40));
  EXPECT_EQ(world.told(), Lines{"a0 g1 idle"});
}

TEST(Presence, ADeadGuildDelaysNobody) {
  World world;
  world.guild_names = {"dead", "good"};
  world.serve = [&](const World::Sent& sent) -> World::Reply {
    if (sent.guild == "dead") return {minutes(5), answer(200)};
    return world.usual(sent);
  };
  world.begin(world.config(20));
  world.run_for(seconds(0));
  EXPECT_EQ(std::ranges::count(world.all, "good", &World::Sent::guild), 20);
  for (int i = 0; i < 20; ++i) {
    world.told();
    world.change("a" + std::to_string(i), Activity::working);
    world.run_for(seconds(0));
    const Lines told = world.told();
    EXPECT_EQ(std::ranges::count(told, "a" + std::to_string(i) + " good on_call"), 1);
    world.run_for(seconds(7));
  }
  EXPECT_LE(world.most_open["dead"], 4);
  EXPECT_EQ(world.logged("dead does not answer"), 1);
}

TEST(Presence, ManyDeadGuildsLeavePlacesToTheOthers) {
  World world;
  world.guild_names.clear();
  for (int i = 0; i < 40; ++i) world.guild_names.push_back("dead" + std::to_string(i));
  world.guild_names.push_back("good");
  world.serve = [&](const World::Sent& sent) -> World::Reply {
    if (sent.guild.starts_with("dead")) return {minutes(5), answer(200)};
    return world.usual(sent);
  };
  world.begin(world.config(3), {.guilds_at_once = 8});
  world.run_for(minutes(5));  // by now it is known who is dead
  for (int i = 0; i < 100; ++i) {
    world.told();
    world.change("a1", i % 2 == 0 ? Activity::busy : Activity::idle);
    world.run_for(seconds(0));
    const Lines told = world.told();
    EXPECT_EQ(
        std::ranges::count_if(told, [](const auto& one) { return one.starts_with("a1 good"); }), 1);
    world.run_for(seconds(3));
  }
  EXPECT_EQ(world.guilds_open, 8);
}

TEST(Presence, WhoIsIncompleteIsLeftOutAndSaidOnce) {
  World world;
  Config config = world.config(4);
  config.identities[0].fabric_user_id.clear();
  config.identities[1].enabled = false;
  config.identities.erase(config.identities.begin() + 2);
  config.bindings.emplace("a3", "elsewhere");
  world.begin(config);
  world.run_for(minutes(5));
  EXPECT_EQ(world.told(), Lines{"a3 g1 idle"});
  EXPECT_EQ(world.logged("a0 has no fabric_user_id"), 1);
  EXPECT_EQ(world.logged("a2 is bound to g1 and has no identity"), 1);
  EXPECT_EQ(world.logged("a3 is bound to elsewhere"), 1);
  EXPECT_EQ(world.log.size(), 3U);
  world.activity.erase("a3");  // an activity that nobody can tell
  world.presence->look_again(world.now);
  world.run_for(minutes(1));
  EXPECT_EQ(world.told(), Lines{});
}

TEST(Presence, ALoginThatFailsIsTriedAtEachPassAndSaidOnce) {
  World world;
  bool works = false;
  world.serve = [&](const World::Sent& sent) -> World::Reply {
    if (sent.guild.empty() && !works) return {seconds(1), answer(403, "secret-of-theirs")};
    return world.usual(sent);
  };
  world.begin(world.config(1));
  for (int i = 0; i < 5; ++i) world.change("a0", i % 2 == 0 ? Activity::busy : Activity::idle);
  world.run_for(seconds(89));
  EXPECT_EQ(world.logins(), 3);
  EXPECT_EQ(world.logged("the centre answers 403"), 1);
  EXPECT_EQ(world.logged("secret"), 0);
  EXPECT_EQ(world.logged("key-"), 0);
  works = true;
  world.run_for(seconds(30));
  EXPECT_EQ(world.told(), Lines{"a0 g1 busy"});
}

TEST(Presence, ItsEndForgetsWhatIsUnderWay) {
  World world;
  world.serve = [&](const World::Sent&) -> World::Reply { return {seconds(5), answer(200)}; };
  world.begin(world.config(2));
  world.presence.reset();
  while (!world.later.empty()) world.later.extract(world.later.begin()).mapped()();
  EXPECT_EQ(world.all.size(), 2U);
}

// Whatever goes wrong in between: nothing is told twice unchanged, a guild has no two requests for
// one agent at once, and once all is well again every guild knows the truth.
TEST(Presence, HoldsUnderFaultsOfManyKinds) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    World world;
    Rng rng(seed);
    world.guild_names = {"g1", "g2", "g3", "g4", "g5"};
    std::map<std::pair<std::string, std::string>, std::string> known;
    bool faults = true;
    world.serve = [&](const World::Sent& sent) -> World::Reply {
      const Duration after = seconds(rng.below(faults ? 12 : 2));
      const auto dice = faults ? rng.below(10) : 9;
      if (sent.guild.empty()) {
        if (dice == 0) return {after, answer(500)};
        if (dice == 1) return {after, answer(200, "what?")};
        return {after, world.usual(sent).answer};
      }
      const std::pair key(sent.agent, sent.guild);
      if (dice == 0) return {after, answer(401)};
      if (dice == 1) return {after, answer(500)};
      if (dice == 2) return {after, fail(ErrorCode::unavailable, "cut")};
      known[key] = sent.status;
      return {after, answer(200)};
    };
    world.begin(world.config(6),
                {.guilds_at_once = 3, .requests_of_guild = 2, .logins_at_once = 2});
    for (int step = 0; step < 300; ++step) {
      if (step == 200) faults = false;
      const std::string agent = "a" + std::to_string(rng.below(6));
      if (faults || step < 210) world.change(agent, static_cast<Activity>(rng.below(5)));
      world.run_for(seconds(rng.below(faults ? 20 : 10)));
    }
    world.run_for(minutes(2));
    for (const auto& [key, status] : known) {
      EXPECT_EQ(status, to_word(*status_of(world.activity[key.first]))) << key.first << key.second;
    }
    EXPECT_EQ(known.size(), 30U);
    for (const auto& [guild, most] : world.most_open) EXPECT_LE(most, 2) << guild;
    EXPECT_LE(world.guilds_open, 3);
    const auto before = world.all.size();
    world.run_for(minutes(5));
    EXPECT_EQ(world.all.size(), before) << "nothing has changed";
  }
}

}  // namespace
}  // namespace lazaret::presence
