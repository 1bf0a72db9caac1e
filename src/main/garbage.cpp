#include "main/garbage.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "adapters/sqlite/history.h"
#include "main/own_log.h"
#include "main/settings.h"
#include "ports/journal.h"

namespace lazaret::main {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr auto untouched_for = std::chrono::minutes(10);

struct Size {
  std::uintmax_t files = 0;
  std::uintmax_t bytes = 0;

  void add(const Size& other) {
    files += other.files;
    bytes += other.bytes;
  }
};

// Follows no links.
Size size_of(const fs::path& place) {
  std::error_code error;
  Size size;
  if (fs::is_regular_file(fs::symlink_status(place, error))) {
    return {1, fs::file_size(place, error)};
  }
  const auto quietly = fs::directory_options::skip_permission_denied;
  for (fs::recursive_directory_iterator at(place, quietly, error), end; !error && at != end;
       at.increment(error)) {
    std::error_code one;
    if (!at->is_regular_file(one) || at->is_symlink(one)) continue;
    ++size.files;
    size.bytes += at->file_size(one);
  }
  return size;
}

bool is_old(const fs::path& path) {
  struct stat info{};
  if (::lstat(path.c_str(), &info) != 0) return false;
  const auto changed = std::chrono::system_clock::from_time_t(info.st_mtime);
  return std::chrono::system_clock::now() - changed > untouched_for;
}

class Garbage {
 public:
  Garbage(const Paths& paths, bool dry) : paths_(paths), dry_(dry) {}

  // What somebody may still be writing stays.
  void remove(const fs::path& path, const char* why) {
    if (!is_old(path)) return leave(path, "it was touched within the last ten minutes");
    const Size size = size_of(path);
    std::error_code error;
    if (!dry_) fs::remove_all(path, error);
    if (error) return leave(path, "it cannot be removed: " + error.message());
    bytes_ += size.bytes;
    files_ += size.files;
    removed_.push_back(json::object{
        {"path", path.string()}, {"files", size.files}, {"bytes", size.bytes}, {"why", why}});
  }
  void leave(const fs::path& path, const std::string& why) {
    left_.push_back(
        json::object{{"path", path.string()}, {"bytes", size_of(path).bytes}, {"why", why}});
  }
  void keep(std::string_view what, const std::string& place, const Size& size,
            const std::string& bound) {
    kept_.push_back(json::object{{"what", what},
                                 {"place", place},
                                 {"files", size.files},
                                 {"bytes", size.bytes},
                                 {"bound", bound}});
  }

  void remove_cut_off_writes();
  void remove_environments(const core::Fleet& fleet);
  void tell_what_is_kept();

  json::value answer() {
    return json::object{{"kept", std::move(kept_)}, {"removed", std::move(removed_)},
                        {"left", std::move(left_)}, {"files", files_},
                        {"bytes", bytes_},          {"dry", dry_}};
  }

 private:
  const Paths& paths_;
  bool dry_;
  json::array kept_;
  json::array removed_;
  json::array left_;
  std::uintmax_t files_ = 0;
  std::uintmax_t bytes_ = 0;
};

// What a write or a restore that was cut off left behind.
void Garbage::remove_cut_off_writes() {
  std::vector<fs::path> found;
  std::error_code error;
  for (const std::string& root : {paths_.state, paths_.missions}) {
    std::error_code one;
    for (const auto& entry : fs::directory_iterator(root, one)) {
      if (entry.path().filename().string().starts_with(".restore-")) found.push_back(entry.path());
    }
  }
  const auto quietly = fs::directory_options::skip_permission_denied;
  for (fs::recursive_directory_iterator at(paths_.missions, quietly, error), end;
       !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    std::error_code one;
    // What agents do in their own folders is theirs.
    if (at.depth() == 1 && (name == "work" || name == "artifacts")) at.disable_recursion_pending();
    if (at->is_regular_file(one) && name.starts_with(".") && name.ends_with(".tmp")) {
      found.push_back(at->path());
    }
  }
  for (const fs::path& path : found) {
    remove(path, "a write that was cut off");
  }
}

// Of `lazaret run`, for agents that are no more.
void Garbage::remove_environments(const core::Fleet& fleet) {
  std::set<std::string> named;
  for (const auto& [id, cell] : fleet.cells) {
    for (const auto& [agent_id, agent] : cell.agents) {
      if (agent.definition.run) named.insert(fs::path(agent.definition.run->env_file).filename());
    }
  }
  std::error_code error;
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(paths_.state + "/env", error)) {
    if (!named.contains(entry.path().filename())) found.push_back(entry.path());
  }
  for (const fs::path& path : found) {
    remove(path, "the environment of an agent that is no more");
  }
}

void Garbage::tell_what_is_kept() {
  const auto setting = [](std::string_view path) {
    const auto all = settings();
    const auto found = std::ranges::find(all, path, &Setting::path);
    return fmt::format("{} (usually {})", path, found == all.end() ? "" : found->initial);
  };
  Size journal;
  for (const char* end : {"", "-wal", "-shm"}) journal.add(size_of(paths_.journal_file() + end));
  keep("journal", paths_.journal_file(), journal,
       setting("journal.facts") + " facts; remembered answers: " +
           fmt::format("{}, {} MiB, a day", ports::receipts_most,
                       ports::receipt_bytes_most / (1024 * 1024)));
  Size own_log = size_of(paths_.daemon_log());
  own_log.add(size_of(paths_.daemon_log() + ".1"));
  keep("daemon's log", paths_.daemon_log(), own_log,
       fmt::format("{} MiB, and as much again in daemon.log.1", own_log_most >> 20));
  keep("environments", paths_.state + "/env", size_of(paths_.state + "/env"),
       "one for each agent of `lazaret run`");
  const std::pair<const char*, std::string> folders[] = {
      {"logs", setting("logs.bytes") + " bytes, " + setting("logs.kept") + " old ones an agent"},
      {"checkpoints", "the newest of each agent"},
      {"artifacts", "none; they go with their mission"},
      {"work", "none; it goes with its mission"}};
  for (const auto& [folder, bound] : folders) {
    Size size;
    std::error_code error;
    for (const auto& cell : fs::directory_iterator(paths_.missions, error)) {
      size.add(size_of(cell.path() / folder));
    }
    keep(folder, paths_.missions + "/*/" + folder, size, bound);
  }
}

}  // namespace

Result<json::value> collect_garbage(const Paths& paths, bool dry) {
  Garbage garbage(paths, dry);
  garbage.remove_cut_off_writes();
  std::error_code ignored;
  if (fs::exists(paths.journal_file(), ignored)) {
    auto history = sqlite::History::open(paths.journal_file());
    if (!history) return std::unexpected(history.error());
    const auto recorded = history->state();
    if (!recorded) return std::unexpected(recorded.error());
    garbage.remove_environments(recorded->fleet);
  } else if (fs::exists(paths.state + "/env", ignored)) {
    garbage.leave(paths.state + "/env", "there is no journal that says whose they are");
  }
  garbage.tell_what_is_kept();
  return garbage.answer();
}

}  // namespace lazaret::main
