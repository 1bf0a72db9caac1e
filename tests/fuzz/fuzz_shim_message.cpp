// Messages between daemon and shim, at both ends: the shim obeys nothing but a whole command of the
// daemon's epoch; the daemon hears nothing but a whole message.
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>

#include "adapters/process/shim_link.h"
#include "fuzz.h"
#include "shim/link.h"

namespace {

using namespace lazaret;

// Gives a client's end; the shim's end waits at the listener's door.
int call_at(int listener) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  LAZARET_ASSERT(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  const int fd = ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  LAZARET_ASSERT(::connect(fd, reinterpret_cast<const sockaddr*>(&address), size) == 0);
  return fd;
}

int listener() {
  const int fd = ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  sockaddr address{};
  address.sa_family = AF_UNIX;  // no name: the kernel gives one
  LAZARET_ASSERT(::bind(fd, &address, sizeof address.sa_family) == 0 && ::listen(fd, 4) == 0);
  return fd;
}

void send(int fd, std::string_view bytes) {
  (void)::send(fd, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
}

void at_the_shim(const std::vector<std::string_view>& parts) {
  static const int door = listener();
  shim::Link link;
  link.begin(door);
  const int daemon = call_at(door);
  link.accept_guest();
  shim::Message message;
  bool greeted = false;
  std::uint64_t epoch = 0;
  for (const std::string_view part : parts) {
    send(daemon, part);
    if (!greeted) {
      if (link.guest() < 0) break;
      greeted = link.receive_guest(message) == shim::Link::Got::hello;
      if (greeted) epoch = message.epoch;
      continue;
    }
    if (link.daemon() < 0) break;
    const char* text = nullptr;
    if (link.receive(message, text) != shim::Link::Got::command) continue;
    LAZARET_ASSERT(message.epoch == epoch && message.magic == shim::protocol_magic);
    LAZARET_ASSERT(sizeof message + message.text_size == part.size());
    LAZARET_ASSERT(std::memcmp(text, part.data() + sizeof message, message.text_size) == 0);
  }
  link.drop();
  if (link.guest() >= 0) ::close(link.guest());
  ::close(daemon);
}

void at_the_daemon(const std::vector<std::string_view>& parts) {
  int ends[2] = {-1, -1};
  LAZARET_ASSERT(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0);
  boost::asio::io_context io;
  const auto link = std::make_shared<process::ShimLink>(io, ends[0], 7);
  std::size_t heard = 0;
  int lost = 0;
  link->begin(
      [&](const shim::Message& message, std::string_view text) {
        ++heard;
        LAZARET_ASSERT(message.text_size == text.size() && text.size() <= shim::notify_most);
      },
      [&] { ++lost; });
  for (const std::string_view part : parts) send(ends[1], part);
  io.poll();
  LAZARET_ASSERT(heard <= parts.size() && lost <= 1);
  link->close();
  io.poll();
  ::close(ends[1]);
}

}  // namespace

// Parts of messages: 96 bytes of head each, and what its text_size says, if it is there.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text = fuzz::text_of(data, size);
  std::vector<std::string_view> parts;
  while (!text.empty() && parts.size() < 16) {
    const std::size_t length = fuzz::take_byte(text) + (parts.empty() ? 0U : 32U);
    parts.push_back(text.substr(0, length));
    text.remove_prefix(parts.back().size());
  }
  std::erase_if(parts, [](std::string_view part) { return part.empty(); });
  at_the_shim(parts);
  at_the_daemon(parts);
  return 0;
}
