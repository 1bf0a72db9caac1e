// Keeps what Fabric's guilds know of our agents true. Pure: time and activity come in, requests go
// out by ports::HttpClient.
//
// A pass compares what each agent does with what each of its guilds was told last, and tells only
// the difference. There is one every 30 s, the first at once, and one for an agent at once when it
// changes. A guild's passes never overlap: one that is due while it has something under way is
// dropped, and what changed meanwhile is told when that is done. A guild or a login that fails
// waits for the next regular pass, and what it was told is forgotten.
//
// Guilds are told side by side, some at once (guilds_at_once); those that failed last come last and
// get at most half of these places, so a dead guild costs the others nothing but its place.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "base/instant.h"
#include "core/presence.h"
#include "ports/http_client.h"
#include "presence/config.h"
#include "wire/fabric.h"

namespace lazaret::presence {

// Guild tokens live for 15 minutes.
inline constexpr Duration tokens_kept = std::chrono::minutes(13);

struct Settings {
  std::string login_url;
  Duration interval = std::chrono::seconds(30);
  Duration deadline = std::chrono::seconds(10);  // of each request
  std::size_t guilds_at_once = 16;
  std::size_t requests_of_guild = 4;  // at once
  std::size_t logins_at_once = 8;
};

// Nothing: this activity is not told.
std::optional<wire::PresenceStatus> status_of(std::optional<core::Activity> activity);

class Presence {
 public:
  // What a configured agent does now; nothing where that cannot be said.
  using Look = std::function<std::optional<core::Activity>(const std::string& agent)>;
  using Log = std::function<void(const std::string&)>;
  // Keys of `config` are api_key alone by now.
  Presence(Settings settings, const Config& config, ports::HttpClient& http, Look look, Log log);
  Presence(const Presence&) = delete;
  Presence& operator=(const Presence&) = delete;

  // Once; the first pass is at once.
  void start(Instant now);
  // `now` is next_deadline() or later.
  void on_time(Instant now);
  Instant next_deadline() const { return next_pass_; }
  // Some agent may do something else than before. Nothing before start().
  void look_again(Instant now);

  // Nothing is under way, and nothing waits to be.
  bool is_quiet() const;

 private:
  struct Agent;
  // What one guild knows of one agent.
  struct Target {
    Agent* agent = nullptr;
    std::string guild;
    std::optional<wire::PresenceStatus> accepted;
    bool queued = false;     // in its guild's queue
    bool in_flight = false;  // a request is under way
    bool held = false;       // failed; the next regular pass tries again
    bool said_missing = false;
  };
  struct Agent {
    std::string name;
    std::string fabric_user_id;
    std::string api_key;
    std::optional<wire::PresenceStatus> wanted;
    std::map<std::string, wire::FabricGuild> guilds;  // of the last login
    Instant tokens_until{};                           // before it, `guilds` is good
    bool logging_in = false;
    bool held = false;  // the login failed
    std::string said;   // of its login, last
    std::vector<Target*> targets;
  };
  struct Guild {
    std::deque<Target*> queue;
    std::size_t in_flight = 0;
    bool waits = false;      // in ready_
    bool has_place = false;  // one of guilds_at_once
    bool is_tired = false;   // had failed when it got its place
    bool failed = false;     // gave no answer, the last time
    std::string said;        // of its failure, last
  };

  void note_activity(Agent& agent);
  void consider(Agent& agent);
  void consider(Target& target);
  void log_in();
  void logged_in(Agent& agent, Instant asked, const Result<ports::HttpAnswer>& answer);
  void enqueue(Target& target);
  void wait_for_place(Guild& guild);
  void leave_place(Guild& guild);
  void give_places();
  void serve(Guild& guild);
  void tell(Guild& guild, Target& target);
  void told(Guild& guild, Target& target, wire::PresenceStatus status, const std::string& token,
            const Result<ports::HttpAnswer>& answer);
  void refused(Guild& guild, Target& target, const std::string& token, int status);
  void no_answer(Guild& guild, Target& target, const std::string& why);
  void say(std::string& last, std::string text);

  Settings settings_;
  ports::HttpClient& http_;
  Look look_;
  Log log_;
  std::map<std::string, Agent> agents_;
  std::map<std::string, Guild> guilds_;
  std::map<std::pair<std::string, std::string>, Target> targets_;
  std::deque<Agent*> waiting_logins_;
  std::size_t logins_ = 0;    // under way
  std::deque<Guild*> ready_;  // have something to send and no place yet
  std::size_t places_ = 0;    // taken
  std::size_t tired_places_ = 0;
  Instant now_{};
  Instant next_pass_ = never;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lazaret::presence
