// spawn.spec, overwritten in place and so perhaps torn: the shim starts what is whole, or nothing.
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <cstring>

#include "fuzz.h"
#include "shim/launch.h"

namespace {

using namespace lazaret;

// The file lives in a directory of its own, in memory where that can be.
int spec_file() {
  char name[] = "/dev/shm/lz-fuzz-XXXXXX";
  LAZARET_ASSERT(::mkdtemp(name) != nullptr && ::chdir(name) == 0);
  const int fd = ::open("spawn.spec", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  LAZARET_ASSERT(fd >= 0);
  return fd;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const int fd = spec_file();
  std::string bytes(fuzz::text_of(data, size));
  shim::SpecHead head;
  if (bytes.size() >= sizeof head && (bytes.back() & 1) != 0) {
    // Half of the inputs get a right size, or hardly one would be looked at further.
    std::memcpy(&head, bytes.data(), sizeof head);
    head.total_bytes = static_cast<std::uint32_t>(bytes.size());
    bytes.back() = 0;
    std::memcpy(bytes.data(), &head, sizeof head);
  }
  LAZARET_ASSERT(::ftruncate(fd, 0) == 0);
  LAZARET_ASSERT(::pwrite(fd, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
  shim::Launch what;
  if (!shim::load_spec(what, 7, 11)) return 0;
  std::size_t length = std::strlen(what.program) + std::strlen(what.directory) +
                       std::strlen(what.log_file) + std::strlen(what.group) +
                       std::strlen(what.oom_file);
  for (std::uint32_t i = 0; i < what.head->joins; ++i) length += std::strlen(what.joins[i]);
  for (char** one = what.arguments; *one != nullptr; ++one) length += std::strlen(*one);
  for (char** one = what.variables; *one != nullptr; ++one) length += std::strlen(*one);
  LAZARET_ASSERT(length < bytes.size());
  shim::forget_spec();
  return 0;
}
