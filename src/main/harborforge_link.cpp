#include "main/harborforge_link.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <csignal>
#include <fstream>
#include <sstream>
#include <utility>

#include "adapters/cells/durable.h"
#include "adapters/http_client/http_client.h"
#include "adapters/procfs/host_sampler.h"
#include "core/presence.h"
#include "core/slots.h"
#include "plugin/bridge_door.h"

namespace lazaret::main {
namespace {

namespace asio = boost::asio;

constexpr std::string_view state_name = "calendar-client.json";
constexpr std::string_view source_prefix = "calendar:";
constexpr std::chrono::milliseconds gather_for{500};  // changes of agents
constexpr std::chrono::hours timer_most{24};

std::string_view word_of(core::Activity activity) {
  return activity == core::Activity::rate_limited ? "exhausted" : to_word(activity);
}

bool is_ended(core::WakeFate fate) {
  return fate != core::WakeFate::waiting && fate != core::WakeFate::started;
}

std::string reason_of(const core::WakeReceipt& receipt) {
  if (receipt.fate == core::WakeFate::replaced) return "superseded";
  const std::string_view what =
      receipt.fate == core::WakeFate::failed ? "its turn failed" : "its wake was dropped";
  return receipt.detail.empty() ? std::string(what) : fmt::format("{}: {}", what, receipt.detail);
}

}  // namespace

std::vector<harborforge::AgentState> agents_of(const core::Fleet& fleet, WallTime now) {
  std::map<std::string, int> bare;
  const auto each = [&](const auto& visit) {
    for (const auto& [cell_id, cell] : fleet.cells) {
      for (const auto& [id, agent] : cell.agents) {
        if (agent.definition.run) visit(AgentRef{cell_id, id}, cell, agent);
      }
    }
  };
  each([&](const AgentRef& ref, const auto&, const auto&) { ++bare[ref.agent.value]; });
  std::vector<harborforge::AgentState> all;
  each([&](const AgentRef& ref, const core::Cell& cell, const core::Agent& agent) {
    const auto [activity, until] = core::told_activity(fleet, cell, agent, now);
    harborforge::AgentState state;
    state.id = bare[ref.agent.value] == 1 ? ref.agent.value : qualified(ref);
    state.status = word_of(activity);
    if (activity == core::Activity::rate_limited) {
      state.reason = "rate_limit";
      state.recovery_at = until;
    }
    all.push_back(std::move(state));
  });
  return all;
}

std::string name_of(const core::Fleet& fleet, const AgentRef& ref) {
  return agent_named(fleet, ref.agent.value) == ref ? ref.agent.value : qualified(ref);
}

std::optional<AgentRef> agent_named(const core::Fleet& fleet, const std::string& name) {
  std::optional<AgentRef> found;
  int bare = 0;
  for (const auto& [cell_id, cell] : fleet.cells) {
    for (const auto& [id, agent] : cell.agents) {
      if (!agent.definition.run) continue;
      const AgentRef ref{cell_id, id};
      if (qualified(ref) == name) return ref;
      if (id.value != name) continue;
      ++bare;
      found = ref;
    }
  }
  return bare == 1 ? found : std::nullopt;
}

// On the thread of `io`, except where it says otherwise.
class HarborForgeLink::Side : public harborforge::Host,
                              public harborforge::StateStore,
                              public std::enable_shared_from_this<Side> {
 public:
  Side(asio::io_context& home, const ports::Clock& clock, std::string state,
       std::function<void(const Exchange&)> seen)
      : home_(home), clock_(clock), state_(std::move(state)), watched_(http_, std::move(seen)) {}

  void open(harborforge::ClientSettings settings, const harborforge::Log& log) {
    auto sampler = procfs::HostSampler::open({"/proc", state_});
    if (sampler) sampler_ = std::make_unique<procfs::HostSampler>(std::move(*sampler));
    client_ = std::make_unique<harborforge::Client>(
        std::move(settings), harborforge::World{watched_, *this, *this, clock_,
                                                [this, log](const std::string& line) {
                                                  asio::post(home_, [log, line] { log(line); });
                                                },
                                                [this] { set_timer(); }});
  }
  Result<void> open_bridge(int port, const std::string& version) {
    bridge_ = std::make_unique<harborforge::Bridge>(*client_, version);
    door_ = std::make_unique<plugin::BridgeDoor>(io, [this](const plugin::BridgeRequest& request) {
      auto found = bridge_->answer(request.method, request.target, clock_.now());
      return plugin::BridgeDoor::Answer{found.status, std::move(found.body)};
    });
    return door_->listen(port);
  }
  boost::json::object bridge_status() const {
    return bridge_ ? bridge_->status() : boost::json::object();
  }
  // Any thread: `work` runs over there, and the timer is set anew.
  void post(std::function<void(harborforge::Client&, const Stamp&)> work) {
    // Not kept alive by what waits in its own queue.
    asio::post(io, [weak = weak_from_this(), work = std::move(work)]() mutable {
      const auto self = weak.lock();
      if (!self) return;
      work(*self->client_, self->clock_.now());
      self->set_timer();
    });
  }
  void set_timer() {
    const Instant at = client_->next_deadline();
    if (at == never) return timer_.expires_at(asio::steady_timer::time_point::max()), void();
    timer_.expires_after(
        std::min<Duration>(std::max(Duration(0), at - clock_.now().mono), timer_most));
    timer_.async_wait([this](const boost::system::error_code& error) {
      if (error) return;
      client_->on_time(clock_.now());
      set_timer();
    });
  }

  std::vector<harborforge::AgentState> agents() override { return agents_; }
  void set_agents(std::vector<harborforge::AgentState> agents) { agents_ = std::move(agents); }
  void wake(const std::string& agent, const std::string& message, const std::string& source,
            Accepted accepted) override {
    asio::post(
        home_, [self = shared_from_this(), agent, message, source, accepted = std::move(accepted)] {
          self->ask_home(agent, message, source, [self, accepted](Result<void> result) {
            self->post(
                [accepted, result = std::move(result)](auto&, const auto&) { accepted(result); });
          });
        });
  }
  bool wakes_once() const override { return true; }
  Result<ports::HostSample> sample() override {
    if (!sampler_) return fail(ErrorCode::unsupported, "this host's use cannot be read");
    return sampler_->sample();
  }
  Result<std::string> load() override {
    const std::string path = state_ + "/" + std::string(state_name);
    if (::access(path.c_str(), F_OK) != 0) return std::string();
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    if (!in) return fail(ErrorCode::unavailable, "the calendar's state cannot be read", path);
    return text.str();
  }
  Result<void> save(const std::string& text) override {
    const int directory = ::open(state_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) return fail(ErrorCode::unavailable, "the state directory is away", state_);
    auto saved = cells::replace_file(directory, std::string(state_name), text);
    ::close(directory);
    return saved;
  }

  // Called on the home thread; set there, and emptied before the link is gone.
  std::function<void(const std::string&, const std::string&, const std::string&, const Reply&)>
      ask_home;
  asio::io_context io{1};

 private:
  asio::io_context& home_;
  const ports::Clock& clock_;
  std::string state_;
  asio::executor_work_guard<asio::io_context::executor_type> work_ = asio::make_work_guard(io);
  asio::steady_timer timer_{io};
  http_client::HttpClient http_{io};
  WatchedHttp watched_;
  std::unique_ptr<procfs::HostSampler> sampler_;
  std::vector<harborforge::AgentState> agents_;
  std::unique_ptr<harborforge::Client> client_;
  std::unique_ptr<harborforge::Bridge> bridge_;
  std::unique_ptr<plugin::BridgeDoor> door_;
};

HarborForgeLink::HarborForgeLink(asio::io_context& io, runtime::Loop& loop,
                                 const ports::Clock& clock, harborforge::ClientSettings settings,
                                 std::string state, harborforge::Log log, int bridge_port,
                                 std::function<void(const Exchange&)> seen)
    : io_(io), loop_(loop), clock_(clock), timer_(io) {
  side_ = std::make_shared<Side>(
      io, clock, std::move(state),
      [&io, seen, alive = std::weak_ptr<int>(alive_)](const Exchange& exchange) {
        asio::post(io, [seen, alive, exchange] {
          if (!alive.expired()) seen(exchange);
        });
      });
  side_->ask_home = [this](const auto& agent, const auto& message, const auto& source,
                           const Reply& reply) { wake(agent, message, source, reply); };
  const std::string version = settings.version;
  side_->open(std::move(settings), log);
  if (bridge_port != 0) {
    if (const auto open = side_->open_bridge(bridge_port, version); !open) {
      bridge_trouble_ = open.error().message;
      log("no bridge: " + bridge_trouble_);
    }
  }
  side_->set_agents(told_ = agents_of(loop_.fleet(), clock_.now().wall));
  side_->post([this, log, alive = std::weak_ptr<int>(alive_)](auto& client, const Stamp& now) {
    const auto started = client.start(now);
    asio::post(io_, [this, log, alive, started] {
      if (alive.expired()) return;
      if (!started) return log("the calendar is not followed: " + started.error().message);
      tell_all_ends();
    });
  });
}

HarborForgeLink::~HarborForgeLink() {
  alive_.reset();
  side_->ask_home = [](const auto&, const auto&, const auto&, const Reply&) {};
  if (!thread_.joinable()) return;
  // After all that was posted before it.
  asio::post(side_->io, [side = side_] { side->io.stop(); });
  thread_.join();
}

void HarborForgeLink::start() {
  // Signals are the loop's.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([side = side_] { side->io.run(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void HarborForgeLink::wake(const std::string& agent, const std::string& message,
                           const std::string& source, const Reply& reply) {
  const auto ref = agent_named(loop_.fleet(), agent);
  if (!ref) return reply(fail(ErrorCode::not_found, "there is no agent " + agent));
  for (const auto& [id, receipt] : loop_.fleet().wakes) {
    const bool same =
        receipt.agent == *ref && receipt.wake.source == source && receipt.wake.message == message;
    if (!same) continue;
    // The client was ended before it heard of it.
    reply({});
    return tell_end(receipt);
  }
  loop_.request({core::CallerKind::admin, "harborforge", std::nullopt, {}},
                core::op::WakeAgent{*ref, message, source}, [reply](const core::Answer& answer) {
                  if (answer) return reply({});
                  reply(std::unexpected(answer.error()));
                });
}

void HarborForgeLink::tell_end(const core::WakeReceipt& receipt) {
  const std::string source = receipt.wake.source;
  if (!source.starts_with(source_prefix) || !is_ended(receipt.fate)) return;
  // Of this daemon's own calendar: the backend's may have the same number.
  if (source.starts_with(core::slots::wake_source)) return;
  const core::Agent* agent = core::find_agent(loop_.fleet(), receipt.agent);
  const bool turn =
      agent && agent->definition.run && agent->definition.run->adapter == core::AdapterKind::turn;
  if (receipt.fate != core::WakeFate::finished) {
    side_->post([source, reason = reason_of(receipt)](auto& client, const Stamp& now) {
      client.wake_lost(source, reason, now);
    });
  } else if (turn) {
    // Whoever lives on has its line now, and says itself when the slot is done.
    side_->post([source, detail = receipt.detail](auto& client, const Stamp& now) {
      client.wake_done(source, detail, now);
    });
  }
}

void HarborForgeLink::tell_all_ends() {
  for (const auto& [id, receipt] : loop_.fleet().wakes) tell_end(receipt);
}

void HarborForgeLink::note(const std::vector<runtime::RecordedFact>& facts) {
  for (const runtime::RecordedFact& one : facts) {
    const auto* ended = std::get_if<core::fact::WakeEnded>(one.fact);
    if (!ended) continue;
    const auto receipt = loop_.fleet().wakes.find(ended->wake);
    if (receipt != loop_.fleet().wakes.end()) tell_end(receipt->second);
  }
  if (!facts.empty()) arm();
}

void HarborForgeLink::act(harborforge::Verb verb, std::optional<std::string> agent,
                          std::string text, harborforge::Client::Acted done) {
  side_->post([this, verb, agent = std::move(agent), text = std::move(text), done = std::move(done),
               alive = std::weak_ptr<int>(alive_)](auto& client, const Stamp& now) {
    client.act(verb, agent, text, now, [&](Result<boost::json::object> result) {
      asio::post(io_, [alive, done, result = std::move(result)] {
        if (!alive.expired()) done(result);
      });
    });
  });
}

void HarborForgeLink::status(std::function<void(boost::json::object)> done) {
  side_->post([this, done = std::move(done), alive = std::weak_ptr<int>(alive_)](auto& client,
                                                                                 const Stamp&) {
    asio::post(io_, [alive, done, status = client.calendar_status()] {
      if (!alive.expired()) done(status);
    });
  });
}

void HarborForgeLink::beat_now() {
  side_->post([](auto& client, const Stamp& now) { client.beat_now(now); });
}

void HarborForgeLink::outside(std::function<void(const Outside&)> done) {
  side_->post([this, side = std::weak_ptr<Side>(side_), done = std::move(done),
               alive = std::weak_ptr<int>(alive_)](auto& client, const Stamp&) {
    const auto there = side.lock();
    if (!there) return;
    const auto waiting = client.calendar_status().at("outbox").at("waiting").as_uint64();
    asio::post(io_,
               [this, alive, done, out = Outside{waiting, there->bridge_status(), {}}]() mutable {
                 if (alive.expired()) return;
                 out.bridge_trouble = bridge_trouble_;
                 done(out);
               });
  });
}

void HarborForgeLink::arm() {
  if (std::exchange(armed_, true)) return;
  timer_.expires_after(gather_for);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    armed_ = false;
    tell_agents();
  });
}

void HarborForgeLink::tell_agents() {
  auto agents = agents_of(loop_.fleet(), clock_.now().wall);
  if (agents == told_) return;
  told_ = agents;
  side_->post([side = std::weak_ptr<Side>(side_), agents = std::move(agents)](
                  auto& client, const Stamp& now) mutable {
    if (const auto there = side.lock()) there->set_agents(std::move(agents));
    client.on_agents_changed(now);
  });
}

}  // namespace lazaret::main
