#include "adapters/cells/cell_watch.h"

#include <fmt/format.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "files/beneath.h"

namespace lazaret::cells {
namespace {

constexpr std::uint32_t cell_mask = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE |
                                    IN_DELETE | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF |
                                    IN_ONLYDIR | IN_DONT_FOLLOW | IN_EXCL_UNLINK;
constexpr std::uint32_t root_mask =
    IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE | IN_ATTRIB | IN_ONLYDIR;

Error watch_error(int code, const std::string& path) {
  if (code == ENOSPC || code == EMFILE) {
    return {ErrorCode::unavailable,
            fmt::format("cannot watch {}: the kernel's limit of inotify watches is reached", path),
            {},
            "raise fs.inotify.max_user_watches (and max_user_instances) with sysctl"};
  }
  return files::system_error(code, "cannot watch " + path);
}

}  // namespace

CellWatch::CellWatch(boost::asio::io_context& loop, std::string missions_path, Listener listener)
    : descriptor_(loop), missions_path_(std::move(missions_path)), listener_(std::move(listener)) {}

CellWatch::~CellWatch() { *alive_ = false; }

Result<void> CellWatch::start() {
  const int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (fd < 0) return std::unexpected(watch_error(errno, missions_path_));
  descriptor_.assign(fd);
  root_watch_ = inotify_add_watch(fd, missions_path_.c_str(), root_mask);
  if (root_watch_ < 0) return std::unexpected(watch_error(errno, missions_path_));
  wait();
  return {};
}

Result<void> CellWatch::add(const std::string& name) {
  for (const char* folder : {"", "agents", "tasks", "config"}) {
    const std::string path = missions_path_ + "/" + name + (*folder ? "/" : "") + folder;
    const int watch = inotify_add_watch(descriptor_.native_handle(), path.c_str(), cell_mask);
    if (watch < 0) {
      if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP || errno == EACCES) continue;
      return std::unexpected(watch_error(errno, path));
    }
    cell_of_[watch] = name;
    watches_[name][folder] = watch;
  }
  return {};
}

void CellWatch::remove(const std::string& name) {
  const auto found = watches_.find(name);
  if (found == watches_.end()) return;
  for (const auto& [folder, watch] : found->second) {
    cell_of_.erase(watch);
    inotify_rm_watch(descriptor_.native_handle(), watch);
  }
  watches_.erase(found);
}

void CellWatch::wait() {
  descriptor_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                         [this, alive = alive_](const boost::system::error_code& error) {
                           if (!*alive || error) return;
                           read_all();
                           wait();
                         });
}

// At most so many buffers in one go, so that a storm of changes does not hold the loop.
void CellWatch::read_all() {
  alignas(inotify_event) std::array<char, 64 << 10> buffer;
  for (int round = 0; round < 16; ++round) {
    const ssize_t got = read(descriptor_.native_handle(), buffer.data(), buffer.size());
    if (got <= 0) return;
    take(buffer.data(), static_cast<std::size_t>(got));
  }
}

void CellWatch::take(const char* bytes, std::size_t size) {
  const std::string* last = nullptr;  // events of one cell come in rows
  for (std::size_t at = 0; at + sizeof(inotify_event) <= size;) {
    inotify_event event;
    std::memcpy(&event, bytes + at, sizeof event);
    const char* name = event.len > 0 ? bytes + at + sizeof event : "";
    at += sizeof event + event.len;
    if (event.mask & IN_Q_OVERFLOW) {
      listener_.overflowed();
      continue;
    }
    if (event.wd == root_watch_) {
      if (*name != '\0' && *name != '.') listener_.changed(name);
      continue;
    }
    const auto cell = cell_of_.find(event.wd);
    if (cell == cell_of_.end()) continue;
    if (last == nullptr || *last != cell->second) listener_.changed(cell->second);
    last = &cell->second;
    if (event.mask & IN_IGNORED) {
      const int ended = event.wd;
      std::erase_if(watches_[cell->second], [ended](const auto& w) { return w.second == ended; });
      cell_of_.erase(cell);
      last = nullptr;
    }
  }
}

}  // namespace lazaret::cells
