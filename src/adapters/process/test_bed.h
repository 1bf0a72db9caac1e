// For tests: a cell, a state directory and a loop of their own; real shims, real processes.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "adapters/process/process_adapter.h"

namespace lazaret::process {

using namespace std::chrono_literals;

class TestBed : public ::testing::Test {
 protected:
  static constexpr auto patience = 20s;  // reached only by a failing test

  void SetUp() override {
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);  // shims of a "daemon" that a test kills come to us
    char name[] = "/tmp/lzt-XXXXXX";
    ASSERT_NE(::mkdtemp(name), nullptr);
    root_ = name;
    cell_ = root_ / "cell";
    fs::create_directories(cell_);
    open_adapter(1);
  }

  void TearDown() override {
    open_adapter(1'000'000);
    adapter_->adopt(core::Fleet{}, [] {});
    const fs::path slots = root_ / "state" / "slots";
    run_until([&] { return fs::is_empty(slots); });
    adapter_.reset();
    std::error_code ignored;
    fs::remove_all(root_, ignored);
    while (::waitpid(-1, nullptr, WNOHANG) > 0) {
    }
  }

  Settings settings(std::uint64_t epoch) const {
    Settings settings;
    settings.state_dir = root_ / "state";
    settings.run_dir = root_ / "run";
    settings.shim_path = LAZARET_SHIM_PATH;
    settings.epoch = epoch;
    settings.boot_id = "the-boot-of-this-test";
    settings.url = "http://127.0.0.1:1";
    settings.token_for = [](const AgentRef& agent, Incarnation incarnation) {
      return fmt::format("token-{}-{}", agent.agent.value, incarnation.value);
    };
    settings.log_bytes_most = log_bytes_most_;
    settings.logs_kept = 2;
    return settings;
  }

  void open_adapter(std::uint64_t epoch) {
    adapter_.reset();
    adapter_ = std::make_unique<ProcessAdapter>(
        io_, settings(epoch),
        [this](core::EventBody event) { events_.push_back(std::move(event)); });
    adapter_->on_beat([this](const AgentRef&, Incarnation) { ++beats_; });
    adapter_->on_status([this](const AgentRef&, const std::string& text) { status_ = text; });
  }

  template <class Done>
  bool run_until(Done done) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!done() && std::chrono::steady_clock::now() < deadline) {
      io_.restart();
      io_.run_one_for(5ms);
    }
    return done();
  }

  AgentRef agent(const std::string& name = "ant") const {
    return {CellId("0123456789abcdef"), AgentId(name)};
  }

  core::command::SpawnAgent order(std::vector<std::string> command, std::uint64_t incarnation = 1,
                                  const std::string& name = "ant") const {
    core::command::SpawnAgent order;
    order.agent = agent(name);
    order.incarnation = Incarnation{incarnation};
    order.definition.id = order.agent.agent;
    order.definition.run.emplace();
    order.definition.run->command = std::move(command);
    order.cell_path = cell_;
    return order;
  }
  core::command::SpawnAgent shell(const std::string& script, std::uint64_t incarnation = 1) const {
    return order({"/bin/sh", "-c", script}, incarnation);
  }

  template <class E>
  std::vector<E> all() const {
    std::vector<E> found;
    for (const auto& event : events_) {
      if (const auto* one = std::get_if<E>(&event)) found.push_back(*one);
    }
    return found;
  }
  template <class E>
  std::optional<E> wait_for(std::size_t number = 1) {
    run_until([&] { return all<E>().size() >= number; });
    const auto found = all<E>();
    EXPECT_GE(found.size(), number) << "no such event came";
    return found.size() < number ? std::nullopt : std::optional(found[number - 1]);
  }
  core::ExitReport exit_of(const core::command::SpawnAgent& command) {
    const std::size_t before = all<core::event::AgentExited>().size();
    adapter_->start(command);
    const auto exited = wait_for<core::event::AgentExited>(before + 1);
    return exited ? exited->exit : core::ExitReport{};
  }

  std::string log(const std::string& name = "ant") const {
    return read_text(cell_ / "logs" / (name + ".log"), 1 << 20).value_or("");
  }
  // The agent has written so far: its script prints the word.
  bool saw(const std::string& word, const std::string& name = "ant") {
    return run_until([&] { return log(name).find(word) != std::string::npos; });
  }

  core::Fleet fleet_with(std::uint64_t incarnation, const std::string& name = "ant") const {
    core::Fleet fleet;
    core::Cell& cell = fleet.cells[agent().cell];
    cell.definition.path = cell_;
    core::Agent& one = cell.agents[AgentId(name)];
    one.definition.run.emplace();
    one.process = core::ProcessState::running;
    one.adoption_pending = true;
    one.incarnation = Incarnation{incarnation};
    return fleet;
  }
  // A new daemon: adopts and waits until it has finished.
  void adopt(std::uint64_t epoch, const core::Fleet& fleet) {
    open_adapter(epoch);
    bool finished = false;
    adapter_->adopt(fleet, [&] { finished = true; });
    EXPECT_TRUE(run_until([&] { return finished; }));
  }

  boost::asio::io_context io_;
  fs::path root_;
  fs::path cell_;
  std::int64_t log_bytes_most_ = 1 << 20;
  std::unique_ptr<ProcessAdapter> adapter_;
  std::vector<core::EventBody> events_;
  int beats_ = 0;
  std::string status_;
};

}  // namespace lazaret::process
