// A task's verify command: a process of its own, in a fresh group, with a time limit and without
// any token. It runs below a shim like an agent does, so that nothing of it can stay behind.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "adapters/process/environment.h"
#include "adapters/process/slot.h"
#include "core/command.h"
#include "core/event.h"

namespace lazaret::process {

inline constexpr std::size_t verify_output_most = 64 * 1024;  // kept, the last part

class Verifier final : private SlotOwner {
 public:
  using Emit = std::function<void(core::EventBody)>;
  Verifier(const SlotWorld& world, const Environment& base, int oom_score_adj, Emit emit);

  // → event::VerifyFinished, once for each (task, claim).
  void run(const core::command::VerifyTask& command);
  // The assignee on whose behalf a slot of this name runs.
  std::optional<AgentRef> agent_of_slot(const std::string& name) const;
  std::optional<AgentRef> agent_of_shim(std::int64_t shim_pid) const;

 private:
  struct Running {
    core::command::VerifyTask command;
    std::shared_ptr<Slot> slot;
    std::unique_ptr<boost::asio::steady_timer> timeout;
    bool timed_out = false;
  };

  void on_spawned(Slot&) override {}
  void on_spawn_failed(Slot& slot, const std::string& reason, bool permanent) override;
  void on_exited(Slot& slot, const core::ExitReport& report) override;
  void on_adopted(Slot&, bool) override {}
  void on_notified(Slot&, std::string_view) override {}
  void on_stop_seen(Slot&, bool) override {}
  void on_line_done(Slot&, std::uint64_t, bool) override {}

  void begin(Running& running);
  void finish(Slot& slot, bool passed, std::string output);

  SlotWorld world_;
  const Environment& base_;
  int oom_score_adj_;
  Emit emit_;
  std::uint64_t started_ = 0;
  std::map<std::string, Running> running_;  // by the slot's name
};

}  // namespace lazaret::process
