#include "adapters/process/verify_task.h"

#include <fmt/format.h>

#include <boost/asio/post.hpp>

#include "base/rfc3339.h"
#include "base/rng.h"
#include "base/utf8.h"
#include "core/report.h"

namespace lazaret::process {
namespace {

constexpr std::int64_t output_file_most = 4 * 1024 * 1024;

std::string tail(const fs::path& file, std::size_t most) {
  std::string text = read_text(file, output_file_most + most).value_or("");
  if (text.size() > most) text.erase(0, text.size() - most);
  return text;
}

// The output may have been turned over just before its end.
std::string last_output(const std::string& log_file) {
  std::string text = tail(log_file, verify_output_most);
  if (text.size() < verify_output_most) {
    text.insert(0, tail(log_file + ".1", verify_output_most - text.size()));
  }
  return valid_utf8(std::move(text));
}

}  // namespace

Verifier::Verifier(const SlotWorld& world, const Environment& base, int oom_score_adj, Emit emit)
    : world_(world), base_(base), oom_score_adj_(oom_score_adj), emit_(std::move(emit)) {}

void Verifier::run(const core::command::VerifyTask& command) {
  for (const auto& [name, running] : running_) {
    if (running.command.task == command.task && running.command.claim == command.claim) return;
  }
  const std::string name = fmt::format(
      "verify-{}",
      hex16(mix(hash_text(command.task.task.value, world_.settings.epoch) + ++started_)));
  Running& running = running_[name];
  running.command = command;
  SlotOwner& owner = *this;
  running.slot = std::make_shared<Slot>(world_, owner, command.assignee, name);
  running.timeout = std::make_unique<boost::asio::steady_timer>(world_.io);
  begin(running);
}

void Verifier::begin(Running& running) {
  Environment environment = base_;
  environment["LAZARET_CELL"] = running.command.task.cell.value;
  environment["LAZARET_CELL_DIR"] = running.command.cell_path;
  environment["LAZARET_TASK"] = running.command.task.task.value;
  const std::shared_ptr<Slot> slot = running.slot;
  Result<SpawnPlan> plan = plan_verify(running.command, std::move(environment));
  if (!plan) {
    boost::asio::post(world_.io, [this, weak = std::weak_ptr(slot), why = plan.error().message] {
      if (const auto refused = weak.lock()) finish(*refused, false, why);
    });
    return;
  }
  plan->log_file = slot->directory() / "output.log";
  plan->log_bytes_most = output_file_most;
  plan->logs_kept = 1;
  plan->oom_score_adj = oom_score_adj_;
  running.timeout->expires_after(running.command.verify.timeout);
  running.timeout->async_wait(
      [this, weak = std::weak_ptr(slot)](const boost::system::error_code& error) {
        const auto late = weak.lock();
        if (error || !late) return;
        const auto found = running_.find(late->name());
        if (found != running_.end()) found->second.timed_out = true;
        late->kill();
      });
  slot->start(Incarnation{1}, *plan, {});
}

void Verifier::on_spawn_failed(Slot& slot, const std::string& reason, bool) {
  finish(slot, false, reason);
}

void Verifier::on_exited(Slot& slot, const core::ExitReport& report) {
  const auto found = running_.find(slot.name());
  if (found == running_.end()) return;
  const bool clean = report.kind == core::ExitKind::exited && report.code == 0;
  const bool timed_out = found->second.timed_out;
  std::string output = last_output(slot.log_file());
  if (timed_out || !clean) {
    output += timed_out ? fmt::format("lazaret: ended after its timeout of {}\n",
                                      to_human(found->second.command.verify.timeout))
                        : fmt::format("lazaret: it ended with {}\n", core::describe(report));
    if (output.size() > verify_output_most) output.erase(0, output.size() - verify_output_most);
  }
  finish(slot, clean && !timed_out, std::move(output));
}

void Verifier::finish(Slot& slot, bool passed, std::string output) {
  const auto found = running_.find(slot.name());
  if (found == running_.end()) return;
  Running running = std::move(found->second);
  running_.erase(found);
  running.timeout->cancel();
  // Not from inside the slot's own callback: it still has to settle.
  boost::asio::post(world_.io,
                    [kept = running.slot] { kept->retire([hold = kept] { hold->leave(); }); });
  emit_(core::event::VerifyFinished{running.command.task, running.command.claim, passed,
                                    std::move(output)});
}

std::optional<AgentRef> Verifier::agent_of_slot(const std::string& name) const {
  const auto found = running_.find(name);
  return found == running_.end() ? std::nullopt : std::optional(found->second.command.assignee);
}

std::optional<AgentRef> Verifier::agent_of_shim(std::int64_t shim_pid) const {
  for (const auto& [name, running] : running_) {
    if (running.slot->shim_pid() == shim_pid) return running.command.assignee;
  }
  return std::nullopt;
}

}  // namespace lazaret::process
