#include "adapters/process/shim_link.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>

namespace lazaret::process {
namespace {

constexpr int messages_at_once = 32;  // of one shim, before others have their turn
constexpr auto outbox_pause = std::chrono::milliseconds(5);

}  // namespace

std::shared_ptr<ShimLink> ShimLink::connect(boost::asio::io_context& io, const fs::path& socket,
                                            std::uint64_t epoch) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string& path = socket.native();
  if (path.size() >= sizeof address.sun_path) return nullptr;
  std::memcpy(address.sun_path, path.data(), path.size());
  Descriptor fd(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return nullptr;
  const auto* target = reinterpret_cast<const sockaddr*>(&address);
  if (::connect(fd.get(), target, sizeof address) != 0) return nullptr;
  return std::make_shared<ShimLink>(io, fd.release(), epoch);
}

ShimLink::ShimLink(boost::asio::io_context& io, int fd, std::uint64_t epoch)
    : socket_(io, fd), retry_(io), epoch_(epoch) {}

void ShimLink::begin(OnMessage message, OnLost lost) {
  message_ = std::move(message);
  lost_ = std::move(lost);
  send({});
  wait();
}

void ShimLink::wait() {
  socket_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                     [self = shared_from_this()](const boost::system::error_code& error) {
                       if (self->open_ && !error) self->take();
                     });
}

void ShimLink::take() {
  alignas(shim::Message) char bytes[sizeof(shim::Message) + shim::notify_most];
  for (int taken = 0; taken < messages_at_once && open_; ++taken) {
    const ssize_t size = ::recv(socket_.native_handle(), bytes, sizeof bytes, MSG_DONTWAIT);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) break;
    shim::Message message;
    if (size < static_cast<ssize_t>(sizeof message)) return lose();
    std::memcpy(&message, bytes, sizeof message);
    const auto text = static_cast<std::size_t>(size) - sizeof message;
    if (message.magic != shim::protocol_magic || message.text_size != text) return lose();
    shim_version_ = message.version;
    message_(message, {bytes + sizeof message, text});
  }
  if (open_) wait();
}

bool ShimLink::send(shim::Message message, std::string_view text) {
  if (!open_) return false;
  message.epoch = epoch_;
  message.version = std::min(shim::protocol_version, shim_version_);
  message.text_size = static_cast<std::uint32_t>(text.size());
  std::string bytes(reinterpret_cast<const char*>(&message), sizeof message);
  bytes.append(text);
  if (outbox_.empty() && send_now(bytes)) return true;
  if (outbox_.size() >= outbox_most) return false;
  outbox_.push_back(std::move(bytes));
  if (outbox_.size() == 1) flush();
  return true;
}

// A shim that has gone is noticed by reading.
bool ShimLink::send_now(std::string_view bytes) {
  const ssize_t sent =
      ::send(socket_.native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  return sent >= 0 || (errno != EAGAIN && errno != ENOBUFS);
}

void ShimLink::flush() {
  while (!outbox_.empty() && send_now(outbox_.front())) outbox_.pop_front();
  if (outbox_.empty()) return;
  retry_.expires_after(outbox_pause);
  retry_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
    if (self->open_ && !error) self->flush();
  });
}

void ShimLink::lose() {
  const OnLost lost = lost_;
  close();
  if (lost) lost();
}

void ShimLink::close() {
  if (!open_) return;
  open_ = false;
  lost_ = nullptr;
  retry_.cancel();
  boost::system::error_code ignored;
  socket_.close(ignored);
}

}  // namespace lazaret::process
