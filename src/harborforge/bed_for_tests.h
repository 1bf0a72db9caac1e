// A client between a backend, a host and a disk made of numbers, on virtual time.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>

#include "base/rfc3339.h"
#include "base/rng.h"
#include "harborforge/client.h"
#include "harborforge/state.h"
#include "wire/harborforge.h"
#include "wire/json_document.h"

namespace lazaret::harborforge {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""min;

struct Killed {};  // thrown where the client's process ends

struct Faults {
  double lost = 0;         // the request does not arrive
  double answer_lost = 0;  // it is carried out, and nobody hears of it
  double slow = 0;         // the answer comes after the deadline
  double wrong = 0;        // 500, or a body that is none
  double twice = 0;        // it is carried out twice
  double killed = 0;       // the client ends during a call of a port
  double full = 0;         // the disk takes nothing
  double wake_fails = 0;
  double wake_silent = 0;  // the host never answers the wake
};

class Bed : public ports::HttpClient, public Host, public StateStore, public ports::Clock {
 public:
  explicit Bed(std::uint64_t seed) : rng(seed) {
    at = Instant(Duration(1h));
    wall = *from_rfc3339("2026-11-21T08:00:00Z");
    settings.backend_url = "http://backend";
    settings.identifier = "host-1";
    settings.api_key = "key-1";
    settings.version = "0.1.0";
    settings.seed = seed;
  }

  // ---- time ----
  Stamp now() const override { return {at, wall + (at - Instant(Duration(1h)))}; }
  void later(Duration wait, std::function<void()> what) {
    events.emplace(std::pair{at + wait, next_event++}, std::move(what));
  }
  void run(Duration time) {
    const Instant end = at + time;
    while (true) {
      const Instant deadline = client ? client->next_deadline() : never;
      const Instant event = events.empty() ? never : events.begin()->first.first;
      const Instant next = std::min(deadline, event);
      if (next > end) break;
      at = std::max(at, next);
      ASSERT_LT(++steps, 3'000'000U) << "the client never rests";
      if (event <= deadline) {
        const auto what = std::move(events.begin()->second);
        events.erase(events.begin());
        alive_through(what);
      } else {
        alive_through([&] { client->on_time(now()); });
      }
    }
    at = end;
  }

  // ---- the client ----
  void start() {
    client = std::make_unique<Client>(
        settings, World{*this,
                        *this,
                        *this,
                        *this,
                        [this](const std::string& line) { log.push_back(line); },
                        {}});
    alive_through([&] {
      const auto started = client->start(now());
      ASSERT_TRUE(started) << started.error().message;
    });
  }
  void alive_through(const std::function<void()>& what) {
    try {
      what();
    } catch (const Killed&) {
      kill();
    }
  }
  void kill() {
    ++kills;
    client.reset();
    in_flight.clear();
    later(seconds_of(rng.unit() * 40), [this] {
      if (!client) start();
    });
  }
  bool perhaps_killed() {
    if (faults.killed > 0 && client && rng.chance(faults.killed)) throw Killed{};
    return false;
  }

  // ---- disk ----
  Result<std::string> load() override { return disk; }
  Result<void> save(const std::string& text) override {
    perhaps_killed();
    if (rng.chance(faults.full)) return fail(ErrorCode::unavailable, "no space left");
    disk = text;
    ++saves;
    perhaps_killed();
    return {};
  }

  // ---- host ----
  std::vector<AgentState> agents() override { return agent_list; }
  void wake(const std::string& agent, const std::string& message, const std::string& source,
            Accepted accepted) override {
    perhaps_killed();
    if (rng.chance(faults.wake_fails))
      return accepted(fail(ErrorCode::unavailable, "the agent is away"));
    if (!once || !wakes.contains(source)) {
      ++wakes[source];
      last_message = message;
      later(seconds_of(1 + rng.unit() * 100), [this, agent, source] { on_woken(agent, source); });
    }
    perhaps_killed();
    if (rng.chance(faults.wake_silent)) return;
    if (rng.chance(0.5)) return accepted({});
    later(seconds_of(rng.unit() * 5), [accepted = std::move(accepted)] { accepted({}); });
  }
  bool wakes_once() const override { return once; }
  Result<ports::HostSample> sample() override {
    ports::HostSample sample;
    if (++samples > 1) sample.cpu_percent = 12.5;
    sample.memory_percent = 40;
    sample.uptime_seconds = 1'000;
    return sample;
  }

  // ---- network ----
  void send(ports::HttpRequest request, Duration deadline, Done done) override {
    perhaps_killed();
    const std::string lane = header(request, "X-Agent-ID");
    if (!lane.empty()) {
      EXPECT_TRUE(in_flight.insert(lane).second) << "a second request for " << lane;
    }
    requests.push_back(request);
    expect_kept(request);
    const double answer_after = 0.01 + rng.unit() * 0.2;
    const auto answer = [this, lane, done](Result<ports::HttpAnswer> what) {
      in_flight.erase(lane);
      done(std::move(what));
    };
    const auto nothing = [this, deadline, answer] {
      later(deadline, [answer] { answer(fail(ErrorCode::unavailable, "no answer in time")); });
    };
    if (rng.chance(faults.lost)) return nothing();
    if (rng.chance(faults.wrong)) {
      const bool text = rng.chance(0.5);
      later(seconds_of(answer_after), [answer, text] {
        answer(ports::HttpAnswer{text ? 502 : 500, {}, text ? "<html>" : ""});
      });
      return;
    }
    if (rng.chance(faults.twice)) (void)backend(request);
    if (rng.chance(faults.answer_lost)) {
      (void)backend(request);
      return nothing();
    }
    if (rng.chance(faults.slow)) {
      // It is carried out after the client has stopped waiting.
      later(deadline + 3s, [this, request] { (void)backend(request); });
      return nothing();
    }
    later(seconds_of(answer_after), [this, request, answer] { answer(backend(request)); });
  }

  // Who dies while a report is under way has to know of it afterwards, by the same key.
  void expect_kept(const ports::HttpRequest& request) const {
    const std::string key = header(request, "Idempotency-Key");
    if (key.empty()) return;
    const auto kept = read_state(disk);
    ASSERT_TRUE(kept) << kept.error().message;
    const auto waiting = kept->outbox.find(header(request, "X-Agent-ID"));
    const bool there = waiting != kept->outbox.end() &&
                       std::ranges::any_of(waiting->second, [&](const Report& one) {
                         return kept->instance + "-" + std::to_string(one.number) == key &&
                                (settings.contract != Contract::per_agent ||
                                 wire::json_document(wire::to_json(one.update)) == request.body);
                       });
    EXPECT_TRUE(there) << "sent before it was saved: " << request.url << ' ' << request.body;
  }

  static std::string header(const ports::HttpRequest& request, std::string_view name) {
    for (const auto& [key, value] : request.headers) {
      if (key == name) return value;
    }
    return {};
  }
  static ports::HttpAnswer answer(int status, const boost::json::object& body) {
    return {status, {}, wire::json_document(body)};
  }

  std::size_t count(std::string_view method, std::string_view part) const {
    return static_cast<std::size_t>(std::ranges::count_if(requests, [&](const auto& one) {
      return one.method == method && one.url.find(part) != std::string::npos;
    }));
  }

  std::function<ports::HttpAnswer(const ports::HttpRequest&)> backend;
  std::function<void(const std::string& agent, const std::string& source)> on_woken =
      [](const std::string&, const std::string&) {};

  Rng rng;
  Instant at;
  WallTime wall;
  ClientSettings settings;
  Faults faults;
  bool once = true;
  std::vector<AgentState> agent_list;
  std::string disk;
  std::unique_ptr<Client> client;
  std::map<std::pair<Instant, std::uint64_t>, std::function<void()>> events;
  std::uint64_t next_event = 0;
  std::uint64_t steps = 0;
  std::map<std::string, int> wakes;  // by source
  std::set<std::string> in_flight;   // agents
  std::vector<ports::HttpRequest> requests;
  std::vector<std::string> log;
  std::string last_message;
  int kills = 0;
  int saves = 0;
  int samples = 0;
};

// A backend of the per-agent contract, as a well-behaved one is.
class FakeBackend {
 public:
  explicit FakeBackend(Bed& bed) {
    bed.backend = [this](const ports::HttpRequest& request) { return answer(request); };
  }

  wire::SlotView& add(const std::string& agent, std::int64_t id, const std::string& clock,
                      std::int64_t priority) {
    wire::SlotView slot;
    slot.id = id;
    slot.date = "2026-11-21";
    slot.scheduled_at = clock;
    slot.priority = priority;
    return add(agent, slot);
  }
  wire::SlotView& add_virtual(const std::string& agent, const std::string& plan,
                              const std::string& clock) {
    wire::SlotView slot;
    slot.virtual_id = "plan-" + plan + "-2026-11-21T" + clock.substr(0, 2) + clock.substr(3, 2) +
                      clock.substr(6, 2);
    slot.date = "2026-11-21";
    slot.scheduled_at = clock;
    slot.plan_id = plan;
    return add(agent, slot);
  }
  wire::SlotView& add(const std::string& agent, wire::SlotView slot) {
    slots.push_back({agent, std::move(slot), {}});
    return slots.back().view;
  }

  struct Kept {
    std::string agent;
    wire::SlotView view;
    std::string was_virtual;
  };
  Kept* find(const std::string& ident) {
    for (Kept& one : slots) {
      if (one.view.ident() == ident || (!one.was_virtual.empty() && one.was_virtual == ident))
        return &one;
    }
    return nullptr;
  }
  core::SlotStatus status(const std::string& ident) { return find(ident)->view.status; }

  ports::HttpAnswer answer(const ports::HttpRequest& request) {
    const std::string path = request.url.substr(std::string("http://backend").size());
    if (path == "/calendar/agent/heartbeat") return heartbeat(request);
    if (path == "/calendar/agent/status") {
      statuses.push_back(request.body);
      return Bed::answer(200, {});
    }
    const std::string before = "/calendar/slots/";
    if (!path.starts_with(before)) return Bed::answer(404, {{"detail", "Not Found"}});
    std::string ident = path.substr(before.size(), path.rfind('/') - before.size());
    if (ident.starts_with("virtual/")) ident = ident.substr(8);
    return update(ident, *wire::read_slot_update(request.body));
  }

  std::deque<Kept> slots;
  std::vector<std::string> statuses;
  std::vector<std::pair<std::string, wire::SlotUpdate>> updates;  // accepted, in order
  std::int64_t next_id = 1'000;

 private:
  ports::HttpAnswer heartbeat(const ports::HttpRequest& request) {
    const std::string agent = Bed::header(request, "X-Agent-ID");
    wire::CalendarAnswer answer;
    for (const Kept& one : slots) {
      if (one.agent == agent) answer.slots.push_back(one.view);
    }
    return Bed::answer(200, wire::to_json(answer));
  }

  ports::HttpAnswer update(const std::string& ident, const wire::SlotUpdate& update) {
    Kept* slot = find(ident);
    if (!slot) return Bed::answer(404, {{"detail", "Slot not found"}});
    wire::SlotView& view = slot->view;
    if (!core::is_legal(view.status, update.status))
      return Bed::answer(409, {{"detail", "Illegal transition"}});
    if (!view.id) {
      slot->was_virtual = view.virtual_id;
      view.virtual_id.clear();
      view.id = next_id++;
    }
    view.status = update.status;
    if (update.status == core::SlotStatus::deferred) ++view.priority;
    if (update.started_at) view.started_at = update.started_at;
    if (update.actual_duration) view.actual_duration = update.actual_duration;
    updates.emplace_back(view.ident(), update);
    return Bed::answer(200, wire::to_json(view));
  }
};

}  // namespace lazaret::harborforge
