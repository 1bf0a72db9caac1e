#include "server/work_waiters.h"

#include <boost/asio/post.hpp>

#include "core/fact_words.h"
#include "wire/api_render.h"

namespace lazaret::server {
namespace {

// Could the cell's agents have something to do now that they had not before?
bool stirs(const core::Fact& fact) {
  namespace f = core::fact;
  return std::holds_alternative<f::TaskDefined>(fact) ||
         std::holds_alternative<f::TaskClaimed>(fact) ||
         std::holds_alternative<f::TaskCompleted>(fact) ||
         std::holds_alternative<f::TaskFailed>(fact) ||
         std::holds_alternative<f::TaskReleased>(fact) ||
         std::holds_alternative<f::TaskResumed>(fact) ||
         std::holds_alternative<f::TaskTransferred>(fact) ||
         std::holds_alternative<f::MissionStarted>(fact) ||
         std::holds_alternative<f::MissionStatusChanged>(fact) ||
         std::holds_alternative<f::CellDefined>(fact) ||
         std::holds_alternative<f::CellRemoved>(fact) ||
         std::holds_alternative<f::AgentDefined>(fact) ||
         std::holds_alternative<f::AgentPaused>(fact) ||
         std::holds_alternative<f::AgentFrozen>(fact) ||
         std::holds_alternative<f::AgentReleased>(fact) ||
         std::holds_alternative<f::AgentStarting>(fact) ||
         std::holds_alternative<f::AgentReady>(fact) ||
         std::holds_alternative<f::AgentRateLimited>(fact) ||
         std::holds_alternative<f::AccountLimited>(fact);
}

Answer task_answer(const core::Fleet& fleet, const std::optional<TaskRef>& ref) {
  const core::Task* task = ref ? core::find_task(fleet, *ref) : nullptr;
  json::object out;
  out["task"] = task ? json::value(wire::task_json(ref->cell, *task)) : json::value(nullptr);
  return json_answer(200, out);
}

}  // namespace

WorkWaiters::WorkWaiters(boost::asio::io_context& io, runtime::Loop& loop, const Bounds& bounds)
    : io_(io), loop_(loop), bounds_(bounds) {
  loop_.observe([this](const std::vector<runtime::RecordedFact>& facts) { on_facts(facts); });
}

void WorkWaiters::claim(const Reply& reply, core::Caller caller, const AgentRef& agent,
                        Duration wait) {
  auto waiter = std::make_shared<Waiter>(
      Waiter{reply, std::move(caller), agent, false, false, false, nullptr});
  try_claim(waiter, wait);
}

void WorkWaiters::try_claim(const WaiterPtr& waiter, Duration wait) {
  waiter->claiming = true;
  loop_.request(
      waiter->caller, core::op::ClaimTask{waiter->agent, std::nullopt},
      [this, waiter, wait](core::Answer answer) { on_answer(waiter, wait, answer); }, {},
      [waiter](const Error& error) { waiter->reply.delay(error); });
}

// `wait`: how long it may still wait when this was its first try; zero for a retry.
void WorkWaiters::on_answer(const WaiterPtr& waiter, Duration wait, const core::Answer& answer) {
  waiter->claiming = false;
  if (waiter->done) return;
  if (!answer) {
    waiter->reply.fail(answer.error());
    return finish(waiter);
  }
  const bool registered = waiter->timer != nullptr;
  if (answer->task || (!registered && wait <= Duration(0))) {
    waiter->reply.send(task_answer(loop_.fleet(), answer->task));
    return finish(waiter);
  }
  if (registered) {
    if (std::exchange(waiter->again, false)) try_claim(waiter, Duration(0));
    return;
  }
  if (stopped_ || waiters_.size() >= bounds_.waiting_for_work) {
    waiter->reply.fail({ErrorCode::too_many, "too many agents wait for work at once", {}, {}});
    return finish(waiter);
  }
  if (waiter->reply.gone()) return;
  waiter->timer = std::make_unique<boost::asio::steady_timer>(io_, wait);
  waiter->timer->async_wait([this, waiter](boost::system::error_code error) {
    if (error || waiter->done) return;
    waiter->reply.send(task_answer(loop_.fleet(), std::nullopt));
    finish(waiter);
  });
  waiter->reply.on_leave([this, waiter] { finish(waiter); });
  waiters_.push_back(waiter);
  stirred_.insert(waiter->agent.cell);  // what was recorded between the claim and now
  post_retry();
}

void WorkWaiters::finish(const WaiterPtr& waiter) {
  if (waiter->done) return;
  waiter->done = true;
  if (!waiter->timer) return;
  waiter->timer->cancel();
  std::erase(waiters_, waiter);
}

void WorkWaiters::stop() {
  stopped_ = true;
  const auto all = waiters_;
  for (const WaiterPtr& waiter : all) finish(waiter);
}

void WorkWaiters::on_facts(const std::vector<runtime::RecordedFact>& facts) {
  if (waiters_.empty()) return;
  for (const auto& recorded : facts) {
    if (std::holds_alternative<core::fact::FleetFrozen>(*recorded.fact)) {
      for (const auto& [id, cell] : loop_.fleet().cells) stirred_.insert(id);
    } else if (stirs(*recorded.fact)) {
      stirred_.insert(core::subject_of(*recorded.fact).cell);
    }
  }
  if (!stirred_.empty()) post_retry();
}

void WorkWaiters::post_retry() {
  if (retry_posted_) return;
  // Not from within the loop's own call: a claim is a decision of its own.
  retry_posted_ = true;
  boost::asio::post(io_, [this, alive = std::weak_ptr<bool>(alive_)] {
    if (alive.lock()) retry();
  });
}

// First come, first served; nobody asks where there is nothing to have.
void WorkWaiters::retry() {
  retry_posted_ = false;
  const auto stirred = std::exchange(stirred_, {});
  const auto all = waiters_;
  for (const WaiterPtr& waiter : all) {
    if (waiter->done || !stirred.contains(waiter->agent.cell)) continue;
    if (waiter->claiming) {
      waiter->again = true;
      continue;
    }
    const core::Cell* cell = core::find_cell(loop_.fleet(), waiter->agent.cell);
    const core::Agent* agent = core::find_agent(loop_.fleet(), waiter->agent);
    const bool is_over = waiter->caller.kind == core::CallerKind::agent && agent &&
                         agent->definition.run && agent->incarnation != waiter->caller.incarnation;
    if (cell && agent && !agent->task && cell->ready.empty() && !is_over) continue;
    try_claim(waiter, Duration(0));
  }
}

}  // namespace lazaret::server
