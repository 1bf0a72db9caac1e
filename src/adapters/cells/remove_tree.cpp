#include "adapters/cells/remove_tree.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>

#include "files/beneath.h"

namespace lazaret::cells {
namespace {

constexpr int depth_most = 48;           // open directories at once
constexpr std::size_t at_once = 10'000;  // entries of a directory that are listed together

class Remover {
 public:
  Remover(int top, dev_t device) : top_(top), device_(device) {}

  // Empties `dir`. What lies deeper than depth_most is moved up to the top, and emptied from there.
  Result<void> empty(int dir, int depth) {
    while (true) {
      auto entries = list_some(dir);
      if (!entries) return std::unexpected(entries.error());
      if (entries->empty()) return {};
      for (const files::Entry& entry : *entries) {
        if (auto done = remove(dir, entry.name, depth); !done) return done;
      }
    }
  }

 private:
  static Result<std::vector<files::Entry>> list_some(int dir) {
    auto entries = files::list(dir, at_once);
    if (entries || entries.error().code != ErrorCode::too_many) return entries;
    return files::list(dir, 100 * at_once);
  }

  Result<void> remove(int dir, const std::string& name, int depth) {
    if (unlinkat(dir, name.c_str(), 0) == 0 || errno == ENOENT) return {};
    if (errno != EISDIR && errno != EPERM && errno != EACCES) {
      return std::unexpected(files::system_error(errno, "cannot remove " + name));
    }
    const int refused = errno;
    files::Fd inner = files::open_directory(dir, name);
    if (!inner && errno == EACCES && fchmodat(dir, name.c_str(), 0700, 0) == 0) {
      inner = files::open_directory(dir, name);
    }
    if (!inner) return std::unexpected(files::system_error(refused, "cannot remove " + name));
    struct stat info = {};
    if (fstat(inner.get(), &info) != 0 || info.st_dev != device_) {
      return fail(ErrorCode::refused, name + " is another file system; unmount it first");
    }
    fchmod(inner.get(), 0700);
    if (depth >= depth_most) {
      const std::string up = fmt::format(".deep-{}", ++moved_);
      if (renameat(dir, name.c_str(), top_, up.c_str()) == 0) return {};
      return std::unexpected(files::system_error(errno, "cannot move " + name));
    }
    if (auto done = empty(inner.get(), depth + 1); !done) return done;
    if (unlinkat(dir, name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT) return {};
    return std::unexpected(files::system_error(errno, "cannot remove " + name));
  }

  int top_;
  dev_t device_;
  unsigned moved_ = 0;
};

}  // namespace

Result<void> remove_tree(int parent, const std::string& name) {
  const files::Fd top = files::open_directory(parent, name);
  if (!top) {
    if (errno == ENOENT) return {};
    return std::unexpected(files::system_error(errno, "cannot open " + name));
  }
  struct stat above = {};
  struct stat info = {};
  if (fstat(parent, &above) != 0 || fstat(top.get(), &info) != 0 || info.st_dev != above.st_dev) {
    return fail(ErrorCode::refused, name + " is another file system; unmount it first");
  }
  fchmod(top.get(), 0700);
  if (auto done = Remover(top.get(), info.st_dev).empty(top.get(), 0); !done) return done;
  if (unlinkat(parent, name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT) return {};
  return std::unexpected(files::system_error(errno, "cannot remove " + name));
}

}  // namespace lazaret::cells
