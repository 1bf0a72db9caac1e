// The agent's stdin: whole lines, never waiting for a reader. What the pipe does not take is kept,
// up to a bound; beyond it a line is refused as a whole.
#pragma once

#include <stddef.h>

namespace lazaret::shim {

class Input {
 public:
  // A new pipe (or /dev/null) for a new incarnation; returns the child's end, -1 with errno.
  int begin(bool null_device);
  // Text without newline. False: the agent has closed its stdin, or too much is waiting.
  bool put(const char* text, size_t size);
  // Call when the pipe takes bytes again.
  void flush();
  void end();

  int write_end() const { return write_; }
  bool waiting() const { return pending_ > 0; }

 private:
  int write_ = -1;
  size_t pending_ = 0;
};

}  // namespace lazaret::shim
