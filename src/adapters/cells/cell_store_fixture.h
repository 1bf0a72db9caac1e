// A store on a real directory, with a loop that runs as long as a test waits for something.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "adapters/cells/cell_directory.h"
#include "adapters/cells/cell_store.h"
#include "adapters/cells/lint.h"
#include "base/rfc3339.h"
#include "wire/template_cell.h"

namespace lazaret::cells {

namespace fs = std::filesystem;
using core::MissionStatus;

inline std::string read_text(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void write_text(const fs::path& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text;
}

inline void replace_in(const fs::path& path, const std::string& from, const std::string& to) {
  std::string text = read_text(path);
  const auto at = text.find(from);
  ASSERT_NE(at, std::string::npos) << from << " in\n" << text;
  write_text(path, text.replace(at, from.size(), to));
}

class CellStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    umask(022);
    std::string pattern = (fs::temp_directory_path() / "lazaret-cells-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    base_ = pattern;
    missions_ = base_ / "missions";
  }
  void TearDown() override {
    store_.reset();
    fs::remove_all(base_);
  }

  void start() {
    StoreOptions options;
    options.missions_path = missions_.string();
    options.sink = [this](core::EventBody event) { events_.push_back(std::move(event)); };
    options.known = [this](const CellId& id) { return known_.contains(id); };
    options.log = [this](const std::string& line) { log_.push_back(line); };
    options.debounce = 5ms;
    options.mirror_delay = 5ms;
    store_.emplace(loop_, options);
    const auto started = store_->start();
    ASSERT_TRUE(started) << started.error().message;
  }

  // Runs the loop until the condition holds; false after ten seconds.
  template <class Condition>
  bool until(Condition condition) {
    const auto end = std::chrono::steady_clock::now() + 10s;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > end) return false;
      loop_.restart();
      loop_.run_one_for(std::chrono::milliseconds(20));
    }
    return true;
  }

  wire::CellFiles files(const char* name = "pipeline", CellId id = new_cell_id()) {
    const std::string body = std::string("{\"template\": \"") + name +
                             "\", \"mission_name\": \"Test\", \"command\": [\"/bin/agent\"]}";
    return wire::read_new_cell(body, {id, missions_.string(), "test", WallTime(1769850000s)})
        .value();
  }

  CellId create(const char* name = "pipeline") {
    std::optional<Result<CellId>> made;
    store_->create(files(name), [&](Result<CellId> result) { made = std::move(result); });
    EXPECT_TRUE(until([&] { return made.has_value(); }));
    EXPECT_TRUE(made->has_value()) << made->error().message;
    return **made;
  }

  // As a person would: without us.
  fs::path lay_out(const wire::CellFiles& cell) {
    const fs::path path = missions_ / fs::path(cell.directory).filename();
    for (const auto& [file, text] : cell.files) {
      fs::create_directories((path / file).parent_path());
      write_text(path / file, text);
    }
    return path;
  }

  const core::CellDefinition* last_observed() const {
    for (auto at = events_.rbegin(); at != events_.rend(); ++at) {
      if (const auto* seen = std::get_if<core::event::CellObserved>(&*at)) return &seen->cell;
    }
    return nullptr;
  }

  // A cell as the core would hold it.
  core::Cell living(const core::CellDefinition& definition) const {
    core::Cell cell;
    cell.definition = definition;
    cell.status = definition.status;
    for (const auto& [id, agent] : definition.agents) cell.agents[id].definition = agent;
    for (const auto& [id, task] : definition.tasks) cell.tasks[id].definition = task;
    return cell;
  }

  fs::path base_;
  fs::path missions_;
  boost::asio::io_context loop_;
  std::set<CellId> known_;
  std::vector<core::EventBody> events_;
  std::vector<std::string> log_;
  std::optional<CellStore> store_;
};

}  // namespace lazaret::cells
