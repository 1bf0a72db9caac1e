// The client of a HarborForge backend: monitor push, calendar scheduler, and the acts on slots.
//
//   heartbeat ─► choose ─► record "waking" ─► wake ─► record "ongoing" + report ─► report sent
//                                                       agent's act ─► record + report ─► …
//
// Nothing is done before it is recorded in the StateStore, so that a slot never fires twice and no
// report is lost, wherever the client is ended. Reports wait in an outbox, in order for each slot,
// until the backend has accepted or refused them.
//
// One thread, no clock, no socket. After every call, and when World::rearm is called, the owner
// sets its timer to next_deadline() and calls on_time() then.
#pragma once

#include <boost/json/object.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/instant.h"
#include "base/result.h"
#include "ports/clock.h"
#include "ports/http_client.h"
#include "ports/telemetry.h"

namespace lazaret::harborforge {

LAZARET_ENUM(Contract, per_agent, server_wide, sync)
LAZARET_ENUM(Verb, complete, abort, pause, resume)

struct ClientSettings {
  std::string backend_url;  // http://host:port[/prefix]; empty: the backend is never called
  std::string identifier;   // of the monitored server, sent as claw_identifier
  std::string api_key;      // X-API-Key on every route; empty = none
  bool calendar_enabled = true;
  Duration calendar_interval = 30s;
  Duration sync_interval = 300s;  // where the contract is sync
  bool monitor_push_enabled = false;
  Duration monitor_push_interval = 30s;
  Contract contract = Contract::per_agent;
  std::string plugin_name = "lazaret";
  std::string version;       // of the plugin
  std::string host_version;  // sent as openclaw_version; empty = not sent
  Duration request_deadline = 20s;
  std::uint64_t seed = 0;  // of the jitter
};

// Error: invalid_input, names the member and what was expected.
Result<void> check(const ClientSettings& settings);

struct AgentState {
  std::string id;
  std::string model;
  // idle, working, busy, …: sent as it is. Nobody speaks for an offline one; exhausted is reported.
  std::string status;
  std::string reason;                   // of exhausted: rate_limit, billing
  std::optional<WallTime> recovery_at;  // of exhausted
  LAZARET_FIELDS(AgentState, id, model, status, reason, recovery_at)
};

// What runs the agents: Lazaret itself, or a host that speaks the host API.
class Host {
 public:
  using Accepted = std::function<void(Result<void>)>;
  virtual ~Host() = default;
  // Those whose calendar is followed, each id once.
  virtual std::vector<AgentState> agents() = 0;
  // `accepted` is called once, during the call or later: without an Error when the agent's turn
  // runs or is queued. `source` is "calendar:<ident>" and never used for two different wakes.
  virtual void wake(const std::string& agent, const std::string& message, const std::string& source,
                    Accepted accepted) = 0;
  // A wake whose source was accepted before is answered like the first and wakes nobody, also after
  // a restart of either side. Where false, a slot whose wake was under way when the client was
  // ended is aborted instead of being woken again.
  virtual bool wakes_once() const { return false; }
  virtual Result<ports::HostSample> sample() = 0;
};

// One text, in whole or not at all.
class StateStore {
 public:
  virtual ~StateStore() = default;
  virtual Result<std::string> load() = 0;                  // empty where nothing was saved yet
  virtual Result<void> save(const std::string& text) = 0;  // durable when it returns
};

using Log = std::function<void(const std::string& line)>;

// Everything outlives the client. Answers of `http` that arrive after its end are dropped.
struct World {
  ports::HttpClient& http;
  Host& host;
  StateStore& store;
  const ports::Clock& clock;  // read in callbacks, which bring no time along
  Log log;
  std::function<void()> rearm;  // next_deadline() changed outside of a call; may be empty
};

class Client {
 public:
  Client(ClientSettings settings, World world);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Loads the state; the first heartbeats are due at once. Error: the state cannot be read. Call
  // once, before anything else.
  Result<void> start(const Stamp& now);
  void on_time(const Stamp& now);
  Instant next_deadline() const;
  // What is sent every now and then is due now.
  void beat_now(const Stamp& now);
  // An agent came, went or changed: a heartbeat for agents not yet known goes out at once.
  void on_agents_changed(const Stamp& now);

  // A wake that was accepted will not run after all (replaced by another one: "superseded"; the
  // agent is gone), or its turn failed: its slot is aborted with the reason.
  void wake_lost(const std::string& source, const std::string& reason, const Stamp& now);
  // The turn of a wake ended well: its slot is finished, unless it is paused or was ended before.
  // For agents that live for one turn; others end their slots themselves.
  void wake_done(const std::string& source, const std::string& summary, const Stamp& now);

  // Acts on the active slot of `agent`, or on the only active one. `text`: summary of complete,
  // reason of the others. `done` is called before act() returns: {slot_id, agent_id, status,
  // actual_duration?}, recorded durably; the report to the backend follows by itself. Errors:
  // not_found "no active slot for agent", conflict (several are active and no agent is named; the
  // slot's state does not allow it), unavailable (cannot be recorded).
  using Acted = std::function<void(Result<boost::json::object>)>;
  void act(Verb verb, const std::optional<std::string>& agent, const std::string& text,
           const Stamp& now, const Acted& done);

  // {enabled, contract, agents: [{agent_id, last_heartbeat, last_error, agent_status, active}],
  //  active: [{slot_id, agent_id, status, …}], history: […], outbox: {waiting, last_error}}
  boost::json::object calendar_status() const;
  // {restart_pending (older contract, else null), heartbeats: [{agent_id, last_heartbeat,
  //  age_seconds, fresh}]}
  boost::json::object restart_status(const Stamp& now) const;
  // The monitor heartbeat's members and captured_at. Error: of the host's sample.
  Result<boost::json::object> telemetry(const Stamp& now);
  // {enabled, interval_seconds, last_push, last_error, pushes, failures}
  boost::json::object monitor_status() const;
  // The settings as JSON, the key masked.
  boost::json::object config() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// The bridge for programs on this machine; the sockets are somebody else's.
//   GET /health → 200 {status, version, …}; GET /telemetry → 200 Client::telemetry
// All else is 404 or 405 with {"detail": …}.
class Bridge {
 public:
  explicit Bridge(Client& client, std::string version);
  struct Answer {
    int status = 200;
    std::string body;  // JSON
  };
  Answer answer(const std::string& method, const std::string& target, const Stamp& now);
  // For harborforge_monitor_telemetry: {requests, last_asked_at, last_path, last_status, served}
  boost::json::object status() const;

 private:
  Client& client_;
  std::string version_;
  std::uint64_t requests_ = 0;
  std::optional<WallTime> last_asked_;
  std::string last_path_;
  int last_status_ = 0;
  std::string served_;  // body of the last telemetry
};

}  // namespace lazaret::harborforge
