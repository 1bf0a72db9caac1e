#include "main/program.h"

#include <string>
#include <vector>

#include "adapters/zones/zone_files.h"
#include "cli/cli.h"
#include "cli/demo_program.h"
#include "main/backup.h"
#include "main/build.h"
#include "main/daemon.h"
#include "main/garbage.h"
#include "main/offline.h"
#include "main/replay.h"
#include "main/run_plugin.h"
#include "main/settings_view.h"
#include "main/sim_mission.h"
#include "sim/main_sim.h"

namespace lazaret::main {
namespace {

int run_sim(const std::vector<std::string>& arguments) {
  // The simulator itself takes flags only.
  if (!arguments.empty() && !arguments.front().starts_with('-')) return sim_mission(arguments);
  std::vector<std::string> words = {"lazaret sim"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return sim::main_sim(static_cast<int>(words.size()), pointers.data());
}

}  // namespace

int run_program(int argc, char** argv) {
  cli::Hooks hooks;
  hooks.version = build_text();
  hooks.daemon = run_daemon;
  hooks.sim = run_sim;
  hooks.plugin = run_plugin;
  hooks.read_offline = read_offline;
  hooks.read_settings = read_settings;
  hooks.lint_cell = lint_cell;
  hooks.import_proposal = import_proposal;
  hooks.export_proposal = export_proposal;
  hooks.replay = replay_journal;
  hooks.collect_garbage = collect_garbage;
  hooks.check_journal = check_own_journal;
  hooks.read_zone = [](const std::string& name) { return zones::read_zone(name); };
  hooks.backup = [](const Paths& paths, const cli::BackupWish& wish) {
    return write_backup(paths, {wish.file, wish.secrets, wish.logs});
  };
  hooks.restore = restore_backup;
  hooks.demo = [&hooks](const std::vector<std::string>& words) {
    return cli::run_demo(words, hooks);
  };
  return cli::run(argc, argv, hooks);
}

}  // namespace lazaret::main
