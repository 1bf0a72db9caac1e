#include "adapters/http_client/stream.h"

#include <sys/socket.h>

#include <cerrno>
#include <cstring>

namespace lazaret::http_client {
namespace {

class PlainStream : public Stream {
 public:
  explicit PlainStream(int descriptor) : descriptor_(descriptor) {}
  State handshake() override { return State::done; }
  Moved write(std::string_view bytes) override {
    return moved(::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL), State::wants_write);
  }
  Moved read(char* into, std::size_t room) override {
    const ssize_t got = ::recv(descriptor_, into, room, 0);
    return got == 0 ? Moved{State::ended} : moved(got, State::wants_read);
  }
  std::string why() const override { return std::strerror(error_); }

 private:
  Moved moved(ssize_t bytes, State if_later) {
    if (bytes >= 0) return {State::done, static_cast<std::size_t>(bytes)};
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return {if_later};
    error_ = errno;
    return {State::failed};
  }
  int descriptor_;
  int error_ = 0;
};

}  // namespace

std::unique_ptr<Stream> plain_stream(int descriptor) {
  return std::make_unique<PlainStream>(descriptor);
}

}  // namespace lazaret::http_client
