// Tells which cells changed on the disk, by inotify; nothing is polled.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "base/result.h"

namespace lazaret::cells {

class CellWatch {
 public:
  struct Listener {
    std::function<void(const std::string& name)> changed;  // a directory below the missions path
    std::function<void()> overflowed;                      // anything may have changed
  };

  CellWatch(boost::asio::io_context& loop, std::string missions_path, Listener listener);
  ~CellWatch();

  Result<void> start();
  // Watches the cell's directory and the folders it has by now; may be repeated. The error names
  // the kernel's limit where that is the cause.
  Result<void> add(const std::string& name);
  void remove(const std::string& name);

 private:
  void wait();
  void read_all();
  void take(const char* bytes, std::size_t size);

  boost::asio::posix::stream_descriptor descriptor_;
  std::string missions_path_;
  Listener listener_;
  int root_watch_ = -1;
  std::map<int, std::string> cell_of_;
  std::map<std::string, std::map<std::string, int>> watches_;  // cell -> folder -> watch
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lazaret::cells
