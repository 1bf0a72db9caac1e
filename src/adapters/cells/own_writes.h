// What we ourselves last wrote to each file, so that the echo of our own write is not taken for a
// person's edit. Written by the worker just before a file becomes visible, read by the loop.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace lazaret::cells {

class OwnWrites {
 public:
  void note(const std::string& cell, const std::string& file, std::uint64_t hash) {
    const std::lock_guard lock(mutex_);
    hashes_[cell][file] = hash;
  }
  bool is_own(const std::string& cell, const std::string& file, std::uint64_t hash) const {
    return hash != 0 && last(cell, file) == hash;
  }
  // 0 = none.
  std::uint64_t last(const std::string& cell, const std::string& file) const {
    const std::lock_guard lock(mutex_);
    const auto found = hashes_.find(cell);
    if (found == hashes_.end()) return 0;
    const auto own = found->second.find(file);
    return own == found->second.end() ? 0 : own->second;
  }
  void forget(const std::string& cell) {
    const std::lock_guard lock(mutex_);
    hashes_.erase(cell);
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::map<std::string, std::uint64_t>> hashes_;
};

}  // namespace lazaret::cells
