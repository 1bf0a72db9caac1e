#include "adapters/cells/durable.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>

#include "adapters/cells/cell_directory.h"
#include "adapters/cells/remove_tree.h"
#include "files/beneath.h"

namespace lazaret::cells {
namespace {

constexpr std::string_view new_prefix = ".new-";
constexpr std::string_view gone_prefix = ".gone-";
constexpr mode_t file_mode = 0644;
constexpr mode_t folder_mode = 0755;

std::unexpected<Error> failed(const std::string& what) {
  return std::unexpected(files::system_error(errno, what));
}

std::string temporary_name() {
  static std::atomic<unsigned> counter = 0;
  return fmt::format("{}{}-{}", temporary_prefix, getpid(), ++counter);
}

struct Split {
  std::string folder;  // empty = the directory itself
  std::string name;
};

Split split(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return {"", path};
  return {path.substr(0, slash), path.substr(slash + 1)};
}

Result<void> write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t wrote = write(fd, text.data(), text.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return failed("cannot write");
    text.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return {};
}

// A file that is complete and on the disk, not yet under its name.
Result<void> write_temporary(int folder, const std::string& name, const std::string& text,
                             mode_t mode) {
  const files::Fd file = files::open_beneath(folder, name, O_WRONLY | O_CREAT | O_EXCL, mode);
  if (!file) return failed("cannot make a temporary file");
  if (fchmod(file.get(), mode) != 0) return failed("cannot set the mode");
  if (auto done = write_all(file.get(), text); !done) return done;
  if (fsync(file.get()) != 0) return failed("cannot fsync");
  return {};
}

Result<files::Fd> open_folder(int dir, const std::string& folder) {
  files::Fd fd = folder.empty() ? files::Fd(openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC))
                                : files::open_directory(dir, folder);
  if (!fd) return failed("cannot open the folder " + folder);
  return fd;
}

}  // namespace

Result<void> replace_file(int dir, const std::string& path, const std::string& text,
                          const std::function<Result<void>()>& before_rename) {
  const Split where = split(path);
  auto folder = open_folder(dir, where.folder);
  if (!folder && folder.error().code == ErrorCode::not_found) {
    if (auto made = make_folders(dir, {where.folder}); !made) return made;
    folder = open_folder(dir, where.folder);
  }
  if (!folder) return std::unexpected(folder.error());
  struct stat old = {};
  const bool exists = fstatat(folder->get(), where.name.c_str(), &old, AT_SYMLINK_NOFOLLOW) == 0;
  if (exists && !S_ISREG(old.st_mode)) {
    return fail(ErrorCode::invalid_input, path + " is no regular file");
  }
  const std::string temporary = temporary_name();
  const mode_t mode = exists ? old.st_mode & 0755U : file_mode;
  auto done = write_temporary(folder->get(), temporary, text, mode);
  if (done && before_rename) done = before_rename();
  if (done && renameat(folder->get(), temporary.c_str(), folder->get(), where.name.c_str()) != 0) {
    done = failed("cannot rename");
  }
  if (!done) {
    unlinkat(folder->get(), temporary.c_str(), 0);
    return done;
  }
  if (fsync(folder->get()) != 0) return failed("cannot fsync the directory");
  return {};
}

Result<void> edit_file(int dir, const std::string& path,
                       const std::function<Result<std::string>(std::string)>& edit,
                       const std::function<void(const std::string&)>& about_to) {
  static constexpr int rounds_most = 5;
  const auto same = [](const struct stat& a, const struct stat& b) {
    return a.st_ino == b.st_ino && a.st_size == b.st_size && a.st_mtim.tv_sec == b.st_mtim.tv_sec &&
           a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
  };
  Result<void> done;
  for (int round = 0; round < rounds_most; ++round) {
    struct stat before = {};
    auto text = files::read_file(dir, path, wire::cell_file_bytes_most, &before);
    if (!text) return std::unexpected(text.error());
    auto edited = edit(*text);
    if (!edited) return std::unexpected(edited.error());
    if (*edited == *text) {
      if (about_to) about_to(*text);
      return {};
    }
    bool overtaken = false;
    done = replace_file(dir, path, *edited, [&]() -> Result<void> {
      struct stat now = {};
      const bool there = fstatat(dir, path.c_str(), &now, AT_SYMLINK_NOFOLLOW) == 0;
      if (!there || !same(before, now)) {
        overtaken = true;
        return fail(ErrorCode::conflict, path + " was changed by somebody else");
      }
      if (about_to) about_to(*edited);
      return {};
    });
    if (!overtaken) return done;
  }
  return done;
}

Result<void> make_folders(int dir, const std::vector<std::string>& folders) {
  for (const std::string& folder : folders) {
    const Split where = split(folder);
    auto parent = open_folder(dir, where.folder);
    if (!parent) return std::unexpected(parent.error());
    if (mkdirat(parent->get(), where.name.c_str(), folder_mode) != 0) {
      if (errno == EEXIST) continue;
      return failed("cannot make the folder " + folder);
    }
    // An umask may have taken away what others need to see; it never adds.
    if (const files::Fd made = files::open_directory(parent->get(), where.name))
      fchmod(made.get(), folder_mode);
    if (fsync(parent->get()) != 0) return failed("cannot fsync the directory");
  }
  return {};
}

void sync_way_to(const std::string& path) {
  for (std::size_t at = path.rfind('/'); at != std::string::npos && at > 0;
       at = path.rfind('/', at - 1)) {
    const std::string above = path.substr(0, at);
    const files::Fd folder(open(above.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder) fsync(folder.get());
  }
}

Result<void> make_cell(int root, const std::string& name, const wire::CellFiles& files) {
  const std::string hidden = std::string(new_prefix) + name;
  remove_tree(root, hidden);
  const auto fill = [&]() -> Result<void> {
    if (auto made = make_folders(root, {hidden}); !made) return made;
    const files::Fd cell = files::open_directory(root, hidden);
    if (!cell) return failed("cannot open the new cell");
    auto made = make_folders(cell.get(), {std::begin(cell_folders), std::end(cell_folders)});
    if (!made) return made;
    for (const auto& [path, text] : files.files) {
      if (auto written = replace_file(cell.get(), path, text); !written) return written;
    }
    if (renameat2(root, hidden.c_str(), root, name.c_str(), RENAME_NOREPLACE) != 0) {
      return failed("cannot name the new cell");
    }
    if (fsync(root) != 0) return failed("cannot fsync the missions directory");
    return {};
  };
  auto done = fill();
  if (!done) remove_tree(root, hidden);
  return done;
}

Result<void> remove_cell(int root, const std::string& name) {
  static std::atomic<unsigned> counter = 0;
  const std::string hidden = fmt::format("{}{}-{}-{}", gone_prefix, name, getpid(), ++counter);
  if (renameat2(root, name.c_str(), root, hidden.c_str(), RENAME_NOREPLACE) != 0) {
    return failed("cannot remove " + name);
  }
  if (fsync(root) != 0) return failed("cannot fsync the missions directory");
  return remove_tree(root, hidden);
}

void sweep(int root) {
  const auto entries = files::list(root, 100'000);
  if (!entries) return;
  for (const files::Entry& entry : *entries) {
    const bool ours = entry.name.starts_with(new_prefix) || entry.name.starts_with(gone_prefix);
    if (ours && entry.directory) remove_tree(root, entry.name);
  }
}

}  // namespace lazaret::cells
