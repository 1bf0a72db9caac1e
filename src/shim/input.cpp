#include "shim/input.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>

#include "shim/kernel.h"
#include "shim/protocol.h"

namespace lazaret::shim {
namespace {

alignas(4096) char pending_bytes[stdin_pending_most];

}  // namespace

int Input::begin(bool null_device) {
  end();
  if (null_device) return open("/dev/null", O_RDONLY | O_CLOEXEC);
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return -1;
  write_ = ends[1];
  fcntl(write_, F_SETFL, O_NONBLOCK);
  return ends[0];
}

bool Input::put(const char* text, size_t size) {
  if (write_ < 0 || pending_ + size + 1 > sizeof pending_bytes) return false;
  char newline = '\n';
  size_t done = 0;
  if (pending_ == 0) {
    const iovec parts[2] = {{const_cast<char*>(text), size}, {&newline, 1}};
    const ssize_t written = writev(write_, parts, 2);
    if (written < 0 && errno != EAGAIN) {
      end();
      return false;
    }
    done = written > 0 ? static_cast<size_t>(written) : 0;
    if (done == size + 1) return true;
  }
  const size_t rest = size - (done < size ? done : size);
  memcpy(pending_bytes + pending_, text + size - rest, rest);
  pending_ += rest;
  pending_bytes[pending_++] = newline;
  return true;
}

void Input::flush() {
  const ssize_t written = write(write_, pending_bytes, pending_);
  if (written < 0) {
    if (errno != EAGAIN) end();
    return;
  }
  pending_ -= static_cast<size_t>(written);
  memmove(pending_bytes, pending_bytes + written, pending_);
  if (pending_ == 0) madvise(pending_bytes, sizeof pending_bytes, MADV_DONTNEED);
}

void Input::end() {
  if (write_ >= 0) close(write_);
  write_ = -1;
  pending_ = 0;
}

}  // namespace lazaret::shim
