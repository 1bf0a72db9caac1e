#include "main/backup.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <vector>

#include "adapters/archive/hasher.h"
#include "adapters/archive/tar_writer.h"
#include "adapters/sqlite/history.h"
#include "adapters/sqlite/journal_copy.h"
#include "base/rfc3339.h"
#include "files/beneath.h"
#include "main/build.h"
#include "main/system_clock.h"
#include "wire/json_document.h"

namespace lazaret::main {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::size_t entries_most = 1'000'000;
constexpr std::size_t own_entries =
    3;  // the mark, the manifest and its hash: no files of the fleet
constexpr std::size_t depth_most = 100;
constexpr std::size_t in_a_directory_most = 200'000;

class Backup {
 public:
  Backup(archive::TarWriter& tar, const BackupWish& wish) : tar_(tar), wish_(wish) {}

  // Everything below `path` of `root`; names in the archive begin with `prefix`.
  Result<void> add_tree(int root, const std::string& path, const std::string& prefix,
                        std::size_t depth = 0);
  Result<void> add_one(int root, const std::string& path, const std::string& name);
  void leave_out(const std::string& name, std::string_view reason) {
    left_out_.push_back(json::string(fmt::format("{}: {}", name, reason)));
  }
  const json::array& left_out() const { return left_out_; }

 private:
  Result<void> add_entry(int root, const files::Entry& entry, const std::string& path,
                         const std::string& name, std::size_t depth);
  archive::TarWriter& tar_;
  const BackupWish& wish_;
  json::array left_out_;
  std::size_t entries_ = 0;
};

Result<void> Backup::add_one(int root, const std::string& path, const std::string& name) {
  const files::Fd file = files::open_beneath(root, path, O_RDONLY | O_NONBLOCK);
  if (!file) {
    if (errno != ENOENT) leave_out(name, "cannot be read");
    return {};  // gone meanwhile
  }
  auto added = tar_.add_file(name, file.get());
  if (added || added.error().code == ErrorCode::unavailable) return added;
  leave_out(name, added.error().message);
  return {};
}

Result<void> Backup::add_entry(int root, const files::Entry& entry, const std::string& path,
                               const std::string& name, std::size_t depth) {
  if (++entries_ > entries_most) {
    return fail(ErrorCode::too_large, fmt::format("more than {} files", entries_most), name);
  }
  if (entry.directory) return add_tree(root, path, name, depth + 1);
  const bool half_written = entry.name.starts_with('.') && entry.name.ends_with(".tmp");
  if (half_written) return {};
  if (entry.regular) return add_one(root, path, name);
  if (!entry.link) {
    leave_out(name, "is neither file nor directory nor link");
    return {};
  }
  const files::Fd link = files::open_beneath(root, path, O_PATH);
  std::string target(4096, '\0');
  const ssize_t size = link ? ::readlinkat(link.get(), "", target.data(), target.size()) : -1;
  if (size <= 0) {
    leave_out(name, "its target cannot be read");
    return {};
  }
  target.resize(static_cast<std::size_t>(size));
  return tar_.add_link(name, target);
}

Result<void> Backup::add_tree(int root, const std::string& path, const std::string& prefix,
                              std::size_t depth) {
  if (depth > depth_most) {
    leave_out(prefix, "is nested too deep");
    return {};
  }
  const files::Fd directory = files::open_directory(root, path);
  struct stat info{};
  if (!directory || ::fstat(directory.get(), &info) != 0) {
    if (errno != ENOENT) leave_out(prefix, "cannot be read");
    return {};
  }
  if (auto added = tar_.add_directory(prefix, info.st_mode & 07777); !added) return added;
  if (depth == 1 && !wish_.logs && prefix.ends_with("/logs")) {
    leave_out(prefix, "logs; --logs takes them along");
    return {};
  }
  const auto entries = files::list(directory.get(), in_a_directory_most);
  if (!entries) return std::unexpected(entries.error());
  // Files first: what defines the mission stands beside its large folders.
  for (const bool folders : {false, true}) {
    for (const files::Entry& entry : *entries) {
      if (entry.directory != folders) continue;
      auto added =
          add_entry(root, entry, path + "/" + entry.name, prefix + "/" + entry.name, depth);
      if (!added) return added;
    }
  }
  return {};
}

// Removes itself.
struct Scratch {
  std::string path;
  ~Scratch() {
    for (const char* end : {"", "-journal", "-wal", "-shm"}) ::unlink((path + end).c_str());
  }
};

// By its name, the directory that holds it. The journal knows cells that a daemon found elsewhere,
// as with `lazaret up -- --missions DIR`.
Result<std::map<std::string, std::string>> all_cells(const std::string& missions,
                                                     const std::string& journal) {
  std::map<std::string, std::string> all;
  if (const files::Fd root = files::open_root(missions); root) {
    const auto entries = files::list(root.get(), in_a_directory_most);
    if (!entries) return std::unexpected(entries.error());
    for (const files::Entry& entry : *entries) {
      if (entry.directory && !entry.name.starts_with('.')) all.emplace(entry.name, missions);
    }
  }
  auto history = sqlite::History::open(journal);
  if (!history) return std::unexpected(history.error());
  const auto recorded = history->state();
  if (!recorded) return std::unexpected(recorded.error());
  for (const auto& [id, cell] : recorded->fleet.cells) {
    const fs::path path = cell.definition.path;
    if (!path.empty()) all.emplace(path.filename(), path.parent_path());
  }
  return all;
}

Result<std::size_t> add_cells(Backup& backup, const std::string& missions,
                              const std::string& journal) {
  const auto all = all_cells(missions, journal);
  if (!all) return std::unexpected(all.error());
  for (const auto& [name, place] : *all) {
    const files::Fd root = files::open_root(place);
    if (!root) {
      backup.leave_out("missions/" + name, place + " cannot be read");
      continue;
    }
    auto added = backup.add_tree(root.get(), name, "missions/" + name);
    if (!added) return std::unexpected(added.error());
  }
  return all->size();
}

Result<void> add_state(Backup& backup, const Paths& paths, const BackupWish& wish) {
  const files::Fd state = files::open_root(paths.state);
  if (!state) return fail(ErrorCode::unavailable, "the state cannot be read", paths.state);
  if (auto added = backup.add_one(state.get(), "config.toml", "state/config.toml"); !added) {
    return added;
  }
  if (wish.secrets) return backup.add_tree(state.get(), "env", "state/env");
  backup.leave_out("state/env", "environments of `lazaret run`; --secrets takes them along");
  backup.leave_out("state/journal.db", "keys and the signing secret; --secrets takes them along");
  return {};
}

Result<void> add_manifest(archive::TarWriter& tar, const Paths& paths, json::object head,
                          const json::array& left_out) {
  json::array files;
  for (const archive::Written& one : tar.written()) {
    files.push_back(json::object{{"name", one.name}, {"size", one.size}, {"sha256", one.sha256}});
  }
  head["state"] = paths.state;
  head["missions"] = paths.missions;
  head["left_out"] = left_out;
  head["files"] = std::move(files);
  const std::string text = wire::json_document(head);
  if (auto added = tar.add_text(backup_manifest, text); !added) return added;
  return tar.add_text(backup_manifest_hash, archive::sha256_hex(text) + "\n");
}

}  // namespace

Result<json::value> write_backup(const Paths& paths, const BackupWish& wish) {
  auto tar = archive::TarWriter::create(wish.file);
  if (!tar) return std::unexpected(tar.error());
  const Scratch scratch{fmt::format("{}.journal-{}", wish.file, ::getpid())};
  // The journal first: a file that is newer than it is taken for what it is, never for an older
  // one.
  const auto copied = sqlite::copy_journal(paths.journal_file(), scratch.path, wish.secrets);
  if (!copied) return std::unexpected(copied.error());
  json::object head{{"format", backup_format},
                    {"made_at", to_rfc3339(SystemClock(Duration(0)).now().wall)},
                    {"build", build_text()},
                    {"secrets", wish.secrets},
                    {"decisions", copied->decisions},
                    {"facts", copied->facts}};
  if (auto added = tar->add_text(backup_mark, wire::json_document(head)); !added) {
    return std::unexpected(added.error());
  }
  Backup backup(*tar, wish);
  const files::Fd journal(::open(scratch.path.c_str(), O_RDONLY | O_CLOEXEC));
  if (auto added = tar->add_file("state/journal.db", journal.get()); !added) {
    return std::unexpected(added.error());
  }
  const auto cells = add_cells(backup, paths.missions, scratch.path);
  if (!cells) return std::unexpected(cells.error());
  if (auto added = add_state(backup, paths, wish); !added) return std::unexpected(added.error());
  head["cells"] = *cells;
  if (auto added = add_manifest(*tar, paths, head, backup.left_out()); !added) {
    return std::unexpected(added.error());
  }
  const std::size_t files = tar->written().size() - own_entries;
  if (auto done = tar->finish(); !done) return std::unexpected(done.error());
  return json::object{{"file", wish.file},      {"bytes", tar->bytes()},
                      {"files", files},         {"cells", *cells},
                      {"facts", copied->facts}, {"left_out", backup.left_out()}};
}

}  // namespace lazaret::main
