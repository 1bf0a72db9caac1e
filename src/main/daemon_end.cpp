// How the daemon ends: with its agents, or without.
#include <fmt/format.h>

#include <utility>

#include "core/decision.h"
#include "main/daemon.h"

namespace lazaret::main {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds answer_time{50};     // for the answer of whoever asked
constexpr milliseconds look_again{50};      // at processes whose end no recorded fact will tell
constexpr milliseconds told_most{2'000};    // for presences to reach their guilds
constexpr milliseconds retire_most{8'000};  // a shim that does not go is killed after 3 s

}  // namespace

void Daemon::stop(bool keep_agents, const std::string& reason, const std::string& by) {
  if (stopping_) return;
  stopping_ = true;
  keeps_agents_ = keep_agents;
  service_.stopping();
  log(fmt::format("going down ({}){}", by, keep_agents ? "; the agents run on" : ""));
  const auto most = keep_agents ? answer_time : milliseconds(config_.integer("stop.most") * 1000);
  force_at_ = steady_clock::now() + most;
  stop_timer_.expires_after(most);
  stop_timer_.async_wait([this, by, reason](const boost::system::error_code& error) {
    if (error || unrecorded_) return;
    if (keeps_agents_) return driver_->stop();
    if (loop_->trouble()) return end_unrecorded(by, reason);
    kill_the_slow();
  });
  if (keep_agents) return;
  const auto answered = [this, by, reason](const core::Answer& answer) {
    if (!answer) return end_unrecorded(by, reason);
    end_if_still();
  };
  loop_->request(self(by), core::op::StopFleet{reason}, answered, {},
                 [this, by, reason](const Error&) { end_unrecorded(by, reason); });
}

// Whoever says `down` wants nobody left behind, whatever grace period an agent has.
void Daemon::kill_the_slow() {
  for (const auto& [cell_id, cell] : loop_->fleet().cells) {
    for (const auto& [id, agent] : cell.agents) {
      if (!core::is_live(agent.process)) continue;
      log(fmt::format("{} has not ended in time and is killed", id.value));
      processes_->start(core::command::KillAgent{{cell_id, id}, agent.incarnation});
    }
  }
  stop_timer_.expires_after(retire_most);
  stop_timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) driver_->stop();
  });
}

// Their shims would wait a while for another daemon.
void Daemon::let_shims_go() {
  for (const auto& [cell_id, cell] : loop_->fleet().cells) {
    for (const auto& [id, agent] : cell.agents) {
      if (agent.incarnation != Incarnation{}) {
        processes_->start(core::command::RetireAgent{{cell_id, id}});
      }
    }
  }
}

void Daemon::end_if_still() {
  if (keeps_agents_ || unrecorded_ || anybody_lives(loop_->fleet())) return;
  if (!std::exchange(shims_let_go_, true)) let_shims_go();
  told_until_ = steady_clock::now() + told_most;
  stop_timer_.expires_after(answer_time);
  stop_timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) end_when_told();
  });
}

// Guilds would take the agents for idle, for as long as nobody tells them.
void Daemon::end_when_told() {
  if (!presence_ || presence_->is_quiet() || steady_clock::now() >= told_until_) {
    return driver_->stop();
  }
  stop_timer_.expires_after(look_again);
  stop_timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) end_when_told();
  });
}

// The journal takes nothing (a full disk, mostly), so no decision to stop will ever be acted on.
// Somebody asked for the end of the agents all the same: they are ended without a record, and the
// next daemon finds them lost. Should the journal take something again before the end, it is told
// that their ends were wanted.
void Daemon::end_unrecorded(const std::string& by, const std::string& reason) {
  if (std::exchange(unrecorded_, true)) return;
  if (!loop_->fleet().stopping) {
    loop_->post(core::event::Requested{{0, self(by), core::op::StopFleet{reason}}});
  }
  log("the journal takes nothing at present: the agents are ended without a record");
  for (const auto& [cell_id, cell] : loop_->fleet().cells) {
    for (const auto& [id, agent] : cell.agents) {
      if (!core::is_live(agent.process)) continue;
      const AgentRef ref{cell_id, id};
      if (agent.frozen) {
        processes_->start(core::command::FreezeAgent{ref, agent.incarnation, false});
      }
      processes_->start(
          core::command::StopAgent{ref, agent.incarnation, agent.definition.run->stop_signal});
    }
  }
  look_for_the_end();
}

void Daemon::look_for_the_end() {
  const auto now = steady_clock::now();
  const auto living = processes_->living();
  if (living.empty() || now >= force_at_) {
    if (!std::exchange(shims_let_go_, true)) {
      force_at_ = now;
      for (const AgentRef& one : living) processes_->start(core::command::RetireAgent{one});
      let_shims_go();
    } else if (living.empty() || now >= force_at_ + retire_most) {
      for (const AgentRef& one : living) log(one.agent.value + " could not be ended");
      return driver_->stop();
    }
  }
  look_timer_.expires_after(look_again);
  look_timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) look_for_the_end();
  });
}

bool Daemon::leaves_agents() const {
  if (unrecorded_) return !processes_->living().empty();
  return keeps_agents_ || anybody_lives(loop_->fleet());
}

}  // namespace lazaret::main
