// The client's inside. Each entry point ends with settle(): what must not be forgotten is saved,
// what waited for that is done, and requests go out.
#pragma once

#include <memory>
#include <set>

#include "base/rng.h"
#include "harborforge/client.h"
#include "harborforge/state.h"

namespace lazaret::harborforge {

inline constexpr std::size_t requests_most = 64;  // on their way at once, one for each agent
inline constexpr std::size_t agents_most = wire::calendar_agents_most;
inline constexpr std::size_t error_bytes_most = 500;
inline constexpr Duration retry_first = 1s;
inline constexpr Duration retry_most = 60s;
inline constexpr Duration wake_deadline = 120s;
// A virtual slot may have become real while its answer was lost; heartbeats tell its new id.
inline constexpr int tries_of_unknown_virtual = 8;

// Grows from `first`, doubled each time, at most `most`; the upper half of it is chance.
Duration backoff(int failures, Duration first, Duration most, Rng& rng);

class Client::Impl {
 public:
  Impl(ClientSettings settings, World world);

  Result<void> start(const Stamp& now);
  void on_time(const Stamp& now);
  Instant next_deadline() const;
  void beat_now(const Stamp& now);
  void on_agents_changed(const Stamp& now);
  void wake_lost(const std::string& source, const std::string& reason, const Stamp& now);
  void wake_done(const std::string& source, const std::string& summary, const Stamp& now);
  void act(Verb verb, const std::optional<std::string>& agent, const std::string& text,
           const Stamp& now, const Acted& done);
  boost::json::object calendar_status() const;
  boost::json::object restart_status(const Stamp& now) const;
  Result<boost::json::object> telemetry(const Stamp& now);
  boost::json::object monitor_status() const;
  boost::json::object config() const;

 private:
  // What is known of an agent until the end of the process.
  struct Lane {
    AgentState agent;
    bool present = false;  // the host still names it
    bool in_flight = false;
    bool beat_due = false;
    std::uint64_t sent = 0;  // number of the report on its way
    std::deque<std::string> deferrals;
    int failures = 0;
    Instant retry_at{};
    std::optional<Stamp> last_heartbeat;
    std::string last_error;
    std::string agent_status;           // the backend's word
    std::string reported_exhausted;     // recovery that the backend was told; empty = none
    std::vector<wire::SlotView> slots;  // sync: as far as it is known
    Instant wake_until = never;         // a wake that is not answered counts as failed then
  };
  using Handler = std::function<void(const Result<ports::HttpAnswer>&, const Stamp&)>;

  // client.cpp
  Instant next_slot() const;
  void settle(const Stamp& now);
  bool save(const Stamp& now);
  void send(ports::HttpRequest request, const std::string& agent, Handler handler);
  ports::HttpRequest request(std::string method, std::string_view path, const std::string& agent,
                             const boost::json::object& body) const;
  void set_error(std::string& slot, std::string text, const std::string& who);
  void clear_error(std::string& slot, const std::string& who);
  bool calendar_on() const { return settings_.calendar_enabled && !settings_.backend_url.empty(); }
  bool monitor_on() const {
    return settings_.monitor_push_enabled && !settings_.backend_url.empty();
  }
  Duration tick_interval() const;

  // client_calendar.cpp
  void refresh_agents();
  void tick(const Stamp& now);
  void pump(const Stamp& now);
  bool has_more(const std::string& agent, const Lane& lane) const;
  void pump_lane(const std::string& agent, Lane& lane, const Stamp& now);
  void send_beat(const std::string& agent, Lane& lane);
  void send_exhausted(const std::string& agent, Lane& lane);
  void send_server_beat(const Stamp& now);
  void send_sync();
  void on_beat(const std::string& agent, const Result<ports::HttpAnswer>& answer, const Stamp& now);
  void on_server_beat(const Result<ports::HttpAnswer>& answer, const Stamp& now);
  void on_sync(const Result<ports::HttpAnswer>& answer, const Stamp& now);
  void on_slots(const std::string& agent, Lane& lane, const std::vector<wire::SlotView>& slots,
                bool whole, const Stamp& now);
  void dispatch_due(const Stamp& now);  // sync: by the local clock

  // client_reconcile.cpp
  void reconcile(const std::string& agent, Lane& lane, const wire::SlotView& slot,
                 const Stamp& now);
  void reconcile_own(const std::string& agent, Active& active, const wire::SlotView& slot,
                     const Stamp& now);
  void judge_stranger(const std::string& agent, Lane& lane, const wire::SlotView& slot,
                      const Stamp& now);
  void rename(const std::string& agent, const std::string& from, const std::string& to);

  // client_slots.cpp
  struct Dispatch {
    std::string agent, ident, occurrence, scheduled_at, message, source;
  };
  bool may_begin(const std::string& agent) const;
  void begin(Dispatch dispatch, const Stamp& now);
  void wake(const std::string& agent);
  void on_woken(const std::string& agent, const std::string& source, const Result<void>& result);
  void activate(const std::string& agent, Active& active, const Stamp& now);
  void abort_unbegun(const std::string& agent, const std::string& reason, const Stamp& now);
  void end(const std::string& agent, wire::SlotUpdate update, const Stamp& now);
  void drop(const std::string& agent, core::SlotStatus status, const std::string& why,
            const Stamp& now);
  void give_up_wakes(const Stamp& now);
  Result<boost::json::object> apply(Verb verb, const std::string& agent, const std::string& text,
                                    const Stamp& now);

  // client_outbox.cpp
  void report(const std::string& agent, const std::string& ident, wire::SlotUpdate update,
              bool first);
  void send_report(const std::string& agent, Lane& lane);
  void send_deferral(const std::string& agent, Lane& lane);
  void on_reported(const std::string& agent, const Report& report,
                   const Result<ports::HttpAnswer>& answer, const Stamp& now);
  void accepted(const std::string& agent, const Report& report, const std::string& body);
  void refused(const std::string& agent, const Report& report, int status, const std::string& why,
               const Stamp& now);
  void mark(const Report& report, Delivery delivery, const std::string& why);
  bool retry(Lane& lane, const std::string& agent, const Result<ports::HttpAnswer>& answer,
             const Stamp& now);

  // client_monitor.cpp
  void push(const Stamp& now);
  void on_pushed(const Result<ports::HttpAnswer>& answer, const Stamp& now);
  Result<wire::MonitorHeartbeat> heartbeat_of_host();

  ClientSettings settings_;
  World world_;
  Rng rng_;
  State state_;
  bool started_ = false;
  bool settling_ = false;
  bool dirty_ = false;
  std::vector<std::function<void()>> after_save_;
  int save_failures_ = 0;
  Instant save_at_{};
  std::string save_error_;

  std::map<std::string, Lane> lanes_;
  std::set<std::string> ready_;  // lanes that may have something to send
  std::size_t in_flight_ = 0;
  Instant tick_at_ = never;
  // The one request of the server-wide contract, and that of sync.
  bool server_in_flight_ = false;
  bool server_due_ = false;
  std::optional<Stamp> server_heard_;
  std::string server_error_;
  bool restart_pending_ = false;
  std::string sync_token_;

  Instant push_at_ = never;
  bool push_in_flight_ = false;
  bool push_first_ = true;
  int push_failures_ = 0;
  std::uint64_t pushes_ = 0;
  std::uint64_t failed_pushes_ = 0;
  std::optional<WallTime> last_push_;
  std::string push_error_;

  std::shared_ptr<int> alive_ = std::make_shared<int>(0);  // callbacks look whether it is there
};

// What a server said, for people: "404: Agent not found".
std::string reason_of(const Result<ports::HttpAnswer>& answer);

}  // namespace lazaret::harborforge
