// One daemon a state directory.
#pragma once

#include <string>

#include "base/result.h"

namespace lazaret::main {

// Holds the lock until it is destroyed (or the process ends).
class StateLock {
 public:
  // Error: conflict, naming the pid that holds it.
  static Result<StateLock> take(const std::string& file);
  StateLock(StateLock&& other) noexcept;
  StateLock& operator=(StateLock&&) = delete;
  ~StateLock();

 private:
  explicit StateLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace lazaret::main
