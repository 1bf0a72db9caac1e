#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <iostream>

#include "adapters/cells/durable.h"
#include "cli/endpoint.h"
#include "cli/own_files.h"
#include "cli/places.h"
#include "main/daemon.h"
#include "main/own_log.h"
#include "main/state_lock.h"

namespace lazaret::main {
namespace {

// sysexits.h: the keeper does not start a daemon again that ended with one of these.
constexpr int exit_usage = 64;
constexpr int exit_unavailable = 69;
constexpr int exit_held = 75;

int report(const Error& error, int status) {
  std::cerr << "error: " << error.message << '\n';
  if (!error.place.empty()) std::cerr << "   at: " << error.place << '\n';
  if (!error.remedy.empty()) std::cerr << "  try: " << error.remedy << '\n';
  return status;
}

std::string flag_value(const std::vector<std::string>& arguments, const std::string& name) {
  for (std::size_t i = 0; i + 1 < arguments.size(); ++i) {
    if (arguments[i] == name) return arguments[i + 1];
  }
  return {};
}

Result<void> make_private(const std::string& directory) {
  std::error_code failed;
  std::filesystem::create_directories(std::filesystem::path(directory).parent_path(), failed);
  if (mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) {
    return fail(ErrorCode::unavailable,
                std::string("cannot make the directory: ") + std::strerror(errno), directory,
                "make it yourself, or choose another with --state");
  }
  struct stat status{};
  if (lstat(directory.c_str(), &status) != 0 || !S_ISDIR(status.st_mode) ||
      status.st_uid != geteuid()) {
    return fail(ErrorCode::refused, "this directory belongs to somebody else", directory,
                "choose another with --state");
  }
  return {};
}

// Only sockets can be there, and only when nobody lives. What else there is stays, and the
// directory with it.
void remove_run_directory(const Paths& paths) {
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(paths.run, failed)) {
    if (entry.is_socket(failed)) std::filesystem::remove(entry.path(), failed);
  }
  if (::rmdir(paths.run.c_str()) == 0) std::filesystem::remove(paths.run_link(), failed);
}

// Agents of an earlier daemon, and who else has the run directory, keep it.
int give_up(const Paths& paths, const Error& error) {
  unlink(paths.api_socket().c_str());
  cli::forget_empty_run_directory(paths);
  return report(error, exit_unavailable);
}

// Many agents mean many descriptors: as many as the system allows.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

int run_on(Config config, const Paths& paths) {
  auto made = make_private(paths.state);
  if (!made) return report(made.error(), exit_unavailable);
  auto lock = StateLock::take(paths.lock());
  if (!lock) return report(lock.error(), exit_held);
  bound_own_log(paths.daemon_log());
  cells::sync_way_to(paths.state);
  // Under the lock: a daemon that ends removes it under the same.
  made = make_private(paths.run);
  if (!made) return report(made.error(), exit_unavailable);
  std::error_code failed;
  std::filesystem::remove(paths.run_link(), failed);
  std::filesystem::create_directory_symlink(paths.run, paths.run_link(), failed);
  const auto shim = cli::find_shim(config.text("shim"));
  if (!shim) return give_up(paths, shim.error());
  bool agents_stay = true;
  Result<void> opened;
  {
    Daemon daemon(std::move(config), paths, *shim);
    opened = daemon.open();
    if (opened) {
      daemon.run();
      agents_stay = daemon.leaves_agents();
    }
  }
  if (!opened) return give_up(paths, opened.error());
  if (!agents_stay) remove_run_directory(paths);
  return 0;
}

}  // namespace

int run_daemon(const std::vector<std::string>& arguments) {
  if (arguments.size() == 1 && arguments[0] == "--print-settings") {
    std::cout << settings_page();
    return 0;
  }
  std::signal(SIGPIPE, SIG_IGN);
  raise_descriptor_limit();
  PathRequest request;
  request.environment = cli::process_environment();
  request.user = geteuid();
  request.current_directory = std::filesystem::current_path().string();
  request.state = flag_value(arguments, "--state");
  request.missions = flag_value(arguments, "--missions");
  auto paths = find_paths(request);
  if (!paths) return report(paths.error(), exit_usage);
  auto config = Config::load(arguments, request.environment, paths->state + "/config.toml");
  if (!config) return report(config.error(), exit_usage);
  return run_on(std::move(*config), *paths);
}

}  // namespace lazaret::main
