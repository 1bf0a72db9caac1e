#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/json/parse.hpp>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "adapters/archive/hasher.h"
#include "adapters/archive/tar_reader.h"
#include "adapters/sqlite/journal_copy.h"
#include "main/backup.h"
#include "wire/json_document.h"

namespace lazaret::main {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::size_t mark_bytes_most = 64 * 1024;
constexpr std::size_t manifest_bytes_most = 512 * 1024 * 1024;
constexpr std::size_t named_most = 5;  // of damaged files

struct Verified {
  json::object manifest;
  std::set<std::string> cells;
  std::uint64_t bytes = 0;
  std::size_t files = 0;
};

std::unexpected<Error> damaged(const std::string& what, const std::string& file) {
  return fail(ErrorCode::invalid_input, "the backup is damaged: " + what, file, "another backup");
}

Result<void> check_mark(archive::TarReader& tar, const std::string& file) {
  const auto no_backup = [&] {
    return fail(ErrorCode::invalid_input, "this file is no backup of lazaret", file,
                "a file that `lazaret backup` made");
  };
  const auto first = tar.next();
  if (!first || !*first || (*first)->name != backup_mark) return no_backup();
  const auto text = tar.read_all(mark_bytes_most);
  if (!text) return std::unexpected(text.error());
  boost::system::error_code bad;
  const json::value mark = json::parse(*text, bad);
  const auto* format = mark.is_object() ? mark.get_object().if_contains("format") : nullptr;
  if (bad || !format || !format->is_int64()) return no_backup();
  if (format->get_int64() == backup_format) return {};
  return fail(ErrorCode::unsupported,
              fmt::format("this backup has format {}; this version reads format {}",
                          format->get_int64(), backup_format),
              file, "the lazaret that made it, or a newer one");
}

using Hashes = std::map<std::string, std::string>;

struct Read {
  Hashes hashes;
  std::string manifest;
  std::string manifest_hash;
  std::uint64_t bytes = 0;
};

Result<Read> read_all_entries(archive::TarReader& tar) {
  Read all;
  for (;;) {
    const auto entry = tar.next();
    if (!entry) return std::unexpected(entry.error());
    if (!*entry) return all;
    const archive::Entry& one = **entry;
    if (one.kind == archive::EntryKind::directory) continue;
    if (one.kind == archive::EntryKind::link) {
      all.hashes[one.name] = archive::sha256_hex(one.target);
      continue;
    }
    const bool kept = one.name == backup_manifest || one.name == backup_manifest_hash;
    if (kept) {
      auto text = tar.read_all(manifest_bytes_most);
      if (!text) return std::unexpected(text.error());
      (one.name == backup_manifest ? all.manifest : all.manifest_hash) = std::move(*text);
      continue;
    }
    archive::Hasher hasher;
    for (;;) {
      const auto piece = tar.read();
      if (!piece) return std::unexpected(piece.error());
      if (piece->empty()) break;
      hasher.add(*piece);
      all.bytes += piece->size();
    }
    if (!all.hashes.emplace(one.name, hasher.hex()).second) {
      return fail(ErrorCode::invalid_input,
                  "the backup is damaged: " + one.name + " is in it twice");
    }
  }
}

// Every file of the list with its hash, and none besides.
std::string first_faults(const json::array& files, Hashes hashes) {
  std::string text;
  std::size_t faults = 0;
  const auto note = [&](const std::string& name, std::string_view what) {
    if (++faults <= named_most) text += (text.empty() ? "" : "; ") + name + " " + std::string(what);
  };
  hashes.erase(backup_mark);
  for (const json::value& file : files) {
    const auto* name = file.is_object() ? file.get_object().if_contains("name") : nullptr;
    const auto* hash = file.is_object() ? file.get_object().if_contains("sha256") : nullptr;
    if (!name || !hash || !name->is_string() || !hash->is_string()) return "its list is no list";
    const std::string called(name->get_string());
    if (called == backup_mark) continue;
    const auto found = hashes.find(called);
    if (found == hashes.end()) {
      note(called, "is missing");
      continue;
    }
    if (found->second != std::string_view(hash->get_string())) note(called, "was changed");
    hashes.erase(found);
  }
  for (const auto& [name, hash] : hashes) note(name, "is not in its list");
  if (faults > named_most) text += fmt::format("; and {} more", faults - named_most);
  return text;
}

Result<Verified> verify(const std::string& file) {
  auto tar = archive::TarReader::open(file);
  if (!tar) return std::unexpected(tar.error());
  if (auto marked = check_mark(*tar, file); !marked) return std::unexpected(marked.error());
  auto all = read_all_entries(*tar);
  if (!all) return std::unexpected(all.error());
  if (all->manifest.empty()) return damaged("its list of files is missing", file);
  if (all->manifest_hash != archive::sha256_hex(all->manifest) + "\n") {
    return damaged("its list of files was changed", file);
  }
  boost::system::error_code bad;
  json::value manifest = json::parse(all->manifest, bad);
  const auto* files = manifest.is_object() ? manifest.get_object().if_contains("files") : nullptr;
  if (bad || !files || !files->is_array()) return damaged("its list of files is none", file);
  if (!all->hashes.contains("state/journal.db")) return damaged("it has no journal", file);
  Verified verified{{}, {}, all->bytes, all->hashes.size()};
  for (const auto& [name, hash] : all->hashes) {
    const fs::path path(name);
    if (name.starts_with("missions/")) verified.cells.insert((++path.begin())->string());
  }
  const std::string faults = first_faults(files->get_array(), std::move(all->hashes));
  if (!faults.empty()) return damaged(faults, file);
  verified.manifest = std::move(manifest.get_object());
  return verified;
}

Result<void> check_free(const Paths& paths, const Verified& backup) {
  std::error_code ignored;
  const auto in_the_way = [](const std::string& path, const char* what) {
    return fail(ErrorCode::conflict, std::string(what) + " is there already, and stays", path,
                "another place: --state DIR (and LAZARET_MISSIONS)");
  };
  for (const char* name : {"/journal.db", "/config.toml", "/env"}) {
    if (fs::exists(paths.state + name, ignored)) return in_the_way(paths.state + name, "this");
  }
  for (const std::string& cell : backup.cells) {
    const std::string path = paths.missions + "/" + cell;
    if (fs::exists(fs::symlink_status(path, ignored))) return in_the_way(path, "this mission");
  }
  return {};
}

std::unexpected<Error> cannot(const std::string& what, const std::string& path) {
  return fail(ErrorCode::unavailable, what + ": " + std::strerror(errno), path);
}

// Two directories that are gone again unless they were emptied into their places.
struct Staging {
  std::string state;
  std::string missions;
  Staging(std::string in_state, std::string in_missions)
      : state(std::move(in_state)), missions(std::move(in_missions)) {}
  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;
  ~Staging() {
    std::error_code ignored;
    fs::remove_all(state, ignored);
    fs::remove_all(missions, ignored);
  }
  // Where an entry goes; empty = nowhere.
  std::string place_of(const std::string& name) const {
    if (name.starts_with("state/")) return state + name.substr(5);
    if (name.starts_with("missions/")) return missions + name.substr(8);
    return {};
  }
};

Result<void> write_file(archive::TarReader& tar, const archive::Entry& entry,
                        const std::string& path) {
  const int fd =
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, entry.mode);
  if (fd < 0) return cannot("cannot write", path);
  Result<void> done;
  for (;;) {
    const auto piece = tar.read();
    if (!piece) done = std::unexpected(piece.error());
    if (!piece || piece->empty()) break;
    std::string_view rest = *piece;
    while (!rest.empty()) {
      const ssize_t wrote = ::write(fd, rest.data(), rest.size());
      if (wrote < 0 && errno == EINTR) continue;
      if (wrote < 0) {
        done = cannot("cannot write", path);
        ::close(fd);
        return done;
      }
      rest.remove_prefix(static_cast<std::size_t>(wrote));
    }
  }
  ::fchmod(fd, entry.mode);
  const timespec times[2] = {{entry.changed, 0}, {entry.changed, 0}};
  ::futimens(fd, times);
  if (::close(fd) != 0 && done) done = cannot("cannot write", path);
  return done;
}

// Links last: nothing is ever written through one.
Result<void> unpack(const std::string& file, const Staging& staging) {
  auto tar = archive::TarReader::open(file);
  if (!tar) return std::unexpected(tar.error());
  std::vector<archive::Entry> links;
  std::vector<std::pair<std::string, std::uint32_t>> directories;
  for (;;) {
    const auto entry = tar->next();
    if (!entry) return std::unexpected(entry.error());
    if (!*entry) break;
    const archive::Entry& one = **entry;
    const std::string path = staging.place_of(one.name);
    if (path.empty()) continue;
    std::error_code failed;
    fs::create_directories(fs::path(path).parent_path(), failed);
    if (one.kind == archive::EntryKind::link) {
      links.push_back(one);
    } else if (one.kind == archive::EntryKind::directory) {
      fs::create_directories(path, failed);
      directories.emplace_back(path, one.mode);
    } else if (auto wrote = write_file(*tar, one, path); !wrote) {
      return wrote;
    }
  }
  for (const archive::Entry& link : links) {
    const std::string path = staging.place_of(link.name);
    if (::symlink(link.target.c_str(), path.c_str()) != 0) return cannot("cannot link", path);
  }
  for (auto it = directories.rbegin(); it != directories.rend(); ++it) {
    ::chmod(it->first.c_str(), it->second);
  }
  return {};
}

// Environments of `lazaret run` lie in the state, and agents name them by their whole path.
Result<void> follow_the_state(const Staging& staging, const std::string& before,
                              const std::string& now) {
  if (before == now) return {};
  const std::string old_text = wire::json_document(json::value(before + "/env/"));
  const std::string new_text = wire::json_document(json::value(now + "/env/"));
  const std::string_view from(old_text.data(), old_text.size() - 1);  // without the last quote
  const std::string_view to(new_text.data(), new_text.size() - 1);
  std::error_code failed;
  for (fs::directory_iterator cell(staging.missions, failed), end; !failed && cell != end;
       cell.increment(failed)) {
    std::error_code none;
    for (const auto& file : fs::directory_iterator(cell->path() / "agents", none)) {
      if (!file.is_regular_file(none) || file.is_symlink(none)) continue;
      std::ifstream in(file.path(), std::ios::binary);
      std::string text((std::istreambuf_iterator<char>(in)), {});
      std::size_t changes = 0;
      for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at)) {
        text.replace(at, from.size(), to);
        at += to.size();
        ++changes;
      }
      if (changes == 0) continue;
      std::ofstream out(file.path(), std::ios::binary | std::ios::trunc);
      out << text << std::flush;
      if (!out) return cannot("cannot write", file.path());
    }
  }
  return {};
}

// The journal last: with it the state is there.
Result<void> put_in_place(const Staging& staging, const Paths& paths) {
  std::error_code failed;
  std::vector<std::pair<std::string, std::string>> moves;
  for (const auto& one : fs::directory_iterator(staging.missions, failed)) {
    moves.emplace_back(one.path(), paths.missions + "/" + one.path().filename().string());
  }
  for (const char* name : {"/env", "/config.toml", "/journal.db"}) {
    if (fs::exists(staging.state + name, failed)) {
      moves.emplace_back(staging.state + name, paths.state + name);
    }
  }
  ::sync();
  for (std::size_t i = 0; i < moves.size(); ++i) {
    const auto& [from, to] = moves[i];
    std::error_code there;
    if (!fs::exists(fs::symlink_status(to, there)) && ::rename(from.c_str(), to.c_str()) == 0) {
      continue;
    }
    const Error error = cannot("cannot put in its place", to).error();
    while (i-- > 0) ::rename(moves[i].second.c_str(), moves[i].first.c_str());
    return std::unexpected(error);
  }
  ::sync();
  return {};
}

Result<std::unique_ptr<Staging>> stage(const Paths& paths) {
  std::error_code failed;
  const bool had_state = fs::exists(paths.state, failed);
  fs::create_directories(paths.state, failed);
  if (!failed && !had_state) fs::permissions(paths.state, fs::perms::owner_all, failed);
  if (!failed) fs::create_directories(paths.missions, failed);
  if (failed) return fail(ErrorCode::unavailable, "cannot make: " + failed.message(), paths.state);
  const std::string own = fmt::format("/.restore-{}.tmp", ::getpid());
  auto staging =
      std::make_unique<Staging>(paths.state + own + "-state", paths.missions + own + "-missions");
  for (const std::string& one : {staging->state, staging->missions}) {
    if (::mkdir(one.c_str(), 0700) != 0) return cannot("cannot make", one);
  }
  return staging;
}

std::string word(const json::object& manifest, const char* name) {
  const auto* found = manifest.if_contains(name);
  return found && found->is_string() ? std::string(found->get_string()) : std::string();
}

}  // namespace

Result<json::value> restore_backup(const Paths& paths, const std::string& file, bool only_check) {
  const auto backup = verify(file);
  if (!backup) return std::unexpected(backup.error());
  const json::object& manifest = backup->manifest;
  json::object answer{{"file", file},
                      {"files", backup->files},
                      {"bytes", backup->bytes},
                      {"cells", backup->cells.size()},
                      {"made_at", word(manifest, "made_at")},
                      {"build", word(manifest, "build")},
                      {"restored", !only_check}};
  const auto* left_out = manifest.if_contains("left_out");
  answer["left_out"] = left_out ? *left_out : json::value(json::array());
  if (only_check) return answer;
  if (auto free = check_free(paths, *backup); !free) return std::unexpected(free.error());
  const auto staged = stage(paths);
  if (!staged) return std::unexpected(staged.error());
  const Staging& staging = **staged;
  const std::string journal = staging.state + "/journal.db";
  Result<void> done = unpack(file, staging);
  if (done) done = sqlite::check_journal(journal);
  if (done) done = sqlite::forget_machine(journal);
  if (done) done = follow_the_state(staging, word(manifest, "state"), paths.state);
  if (done) done = put_in_place(staging, paths);
  if (!done) return std::unexpected(done.error());
  answer["state"] = paths.state;
  answer["missions"] = paths.missions;
  return answer;
}

}  // namespace lazaret::main
