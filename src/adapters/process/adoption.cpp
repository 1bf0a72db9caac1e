// Taking up what runs: agents of the daemon before this one, and processes that ask who they are.
#include <fmt/format.h>
#include <signal.h>

#include <array>
#include <boost/asio/post.hpp>
#include <chrono>

#include "adapters/process/process_adapter.h"
#include "base/rng.h"

namespace lazaret::process {
namespace {

constexpr auto adoption_most = std::chrono::seconds(12);
constexpr std::size_t name_part_most = 40;
constexpr int ancestors_most = 128;

bool may_live(const core::Agent& agent) {
  switch (agent.process) {
    case core::ProcessState::starting:
    case core::ProcessState::running:
    case core::ProcessState::stopping:
      return true;
    case core::ProcessState::stopped:
    case core::ProcessState::backoff:
    case core::ProcessState::quarantined:
    case core::ProcessState::awaiting_approval:
    case core::ProcessState::external:
      return agent.adoption_pending;
  }
  return false;
}

}  // namespace

std::string slot_name(const AgentRef& agent) {
  std::string part = agent.agent.value.substr(0, name_part_most);
  for (char& c : part) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_';
    if (!plain) c = '_';
  }
  return part + "-" + hex16(hash_text(agent.agent.value, hash_text(agent.cell.value)));
}

void ProcessAdapter::adopt(const core::Fleet& fleet, std::function<void()> finished) {
  const bool before = std::exchange(inside_call_, true);
  adoption_finished_ = std::move(finished);
  std::set<std::string> known;
  struct Candidate {
    AgentRef ref;
    Incarnation incarnation;
    AgentPlaces places;
    fs::path work;
  };
  std::vector<Candidate> candidates;
  for (const auto& [cell_id, cell] : fleet.cells) {
    for (const auto& [agent_id, agent] : cell.agents) {
      const AgentRef ref{cell_id, agent_id};
      known.insert(slot_name(ref));
      if (!agent.definition.run || !may_live(agent)) continue;
      const AgentPlaces places = places_of(cell.definition.path, agent_id);
      const std::string& asked = agent.definition.run->working_directory;
      const fs::path work = asked.empty() ? fs::path(places.work) : fs::path(places.cell) / asked;
      candidates.push_back({ref, agent.incarnation, places, work});
      adopting_.insert(ref);
    }
  }
  end_strangers(known);
  for (const Candidate& candidate : candidates) {
    Kept& kept = keep(candidate.ref);
    kept.work_directory = candidate.work;
    kept.slot->adopt(candidate.incarnation, candidate.places);
  }
  if (adopting_.empty()) {
    finish_adoption();
  } else {
    adoption_deadline_.expires_after(adoption_most);
    adoption_deadline_.async_wait([this](const boost::system::error_code& error) {
      if (!error) finish_adoption();
    });
  }
  inside_call_ = before;
}

void ProcessAdapter::on_adopted(Slot& slot, bool ready) {
  keep(slot.ref()).ready_told = ready;
  emit(core::event::AgentAdopted{slot.ref(), slot.incarnation(), slot.pid(), slot.process_start(),
                                 ready});
  adopted_one(slot.ref());
}

void ProcessAdapter::adopted_one(const AgentRef& agent) {
  if (adopting_.erase(agent) > 0 && adopting_.empty()) finish_adoption();
}

// Behind every event that was posted so far.
void ProcessAdapter::finish_adoption() {
  adopting_.clear();
  adoption_deadline_.cancel();
  auto finished = std::exchange(adoption_finished_, nullptr);
  if (!finished) return;
  boost::asio::post(io_, [alive = alive_, finished = std::move(finished)] {
    if (*alive) finished();
  });
}

// Verify runs of the daemon before, and agents that were removed while no daemon was there.
void ProcessAdapter::end_strangers(const std::set<std::string>& known) {
  std::error_code error;
  const fs::path slots = settings_.state_dir / "slots";
  std::vector<std::string> names;
  for (fs::directory_iterator at(slots, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename();
    if (!known.contains(name)) names.push_back(name);
  }
  SlotOwner& owner = *this;
  for (const std::string& name : names) {
    auto slot = std::make_shared<Slot>(world_, owner, AgentRef{}, name);
    strangers_[name] = slot;
    slot->retire([this, alive = alive_, name] {
      if (*alive) strangers_.erase(name);
    });
  }
}

std::optional<AgentRef> ProcessAdapter::agent_of_pid(std::int64_t pid) const {
  const std::string name = groups_.slot_of(pid);
  if (!name.empty()) {
    for (const auto& [agent, kept] : kept_) {
      if (kept.slot->name() == name) return agent;
    }
    return verifier_.agent_of_slot(name).value_or(AgentRef{});
  }
  std::map<std::int64_t, AgentRef> shims;
  for (const auto& [agent, kept] : kept_) shims[kept.slot->shim_pid()] = agent;
  shims.erase(0);
  for (int steps = 0; pid > 1 && steps < ancestors_most; ++steps) {
    if (const auto found = shims.find(pid); found != shims.end()) return found->second;
    if (const auto verified = verifier_.agent_of_shim(pid)) return verified;
    const auto stat = read_stat(pid);
    if (!stat) break;
    pid = stat->parent;
  }
  return std::nullopt;
}

int signal_number(const std::string& name) {
  static constexpr std::array<std::pair<std::string_view, int>, 12> signals = {{
      {"TERM", SIGTERM},
      {"INT", SIGINT},
      {"HUP", SIGHUP},
      {"QUIT", SIGQUIT},
      {"KILL", SIGKILL},
      {"USR1", SIGUSR1},
      {"USR2", SIGUSR2},
      {"ABRT", SIGABRT},
      {"ALRM", SIGALRM},
      {"CONT", SIGCONT},
      {"STOP", SIGSTOP},
      {"WINCH", SIGWINCH},
  }};
  std::string_view word = name;
  if (word.starts_with("SIG")) word.remove_prefix(3);
  for (const auto& [text, number] : signals) {
    if (word == text) return number;
  }
  const auto number = to_number(word);
  return number && *number > 0 && *number < NSIG ? static_cast<int>(*number) : 0;
}

}  // namespace lazaret::process
