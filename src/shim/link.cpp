#include "shim/link.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include "shim/kernel.h"

namespace lazaret::shim {
namespace {

alignas(4096) char text_bytes[text_most];

bool is_understood(uint16_t version) {
  return version >= protocol_oldest && version <= protocol_version;
}

long send_message(int fd, Message& message, const char* text, size_t size) {
  message.text_size = static_cast<uint32_t>(size);
  iovec parts[2] = {{&message, sizeof message}, {const_cast<char*>(text), size}};
  msghdr head{};
  head.msg_iov = parts;
  head.msg_iovlen = size > 0 ? 2 : 1;
  return sendmsg(fd, &head, MSG_DONTWAIT | MSG_NOSIGNAL);
}

}  // namespace

void Link::accept_guest() {
  const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (fd < 0) return;
  if (guest_ >= 0) close(guest_);
  guest_ = fd;
}

// Bytes read; 0 = closed, -1 = nothing there, -2 = no message of ours.
long Link::read_message(int fd, Message& message) {
  iovec parts[2] = {{&message, sizeof message}, {text_bytes, sizeof text_bytes}};
  msghdr head{};
  head.msg_iov = parts;
  head.msg_iovlen = 2;
  const long size = recvmsg(fd, &head, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (size < 0) return errno == EAGAIN || errno == EINTR ? -1 : 0;
  if (size == 0) return 0;
  const auto text = size - static_cast<long>(sizeof message);
  if (text < 0 || message.magic != protocol_magic || message.text_size != text) return -2;
  return size;
}

void Link::refuse(int fd, Refusal why) {
  Message answer;
  answer.kind = Kind::refused;
  answer.epoch = epoch_;
  answer.number = static_cast<int32_t>(why);
  send_message(fd, answer, nullptr, 0);
}

Link::Got Link::receive_guest(Message& message) {
  const long size = read_message(guest_, message);
  if (size == -1) return Got::nothing;
  const bool hello = size > 0 && message.kind == Kind::hello;
  if (hello && is_understood(message.version) && message.epoch >= epoch_) {
    epoch_ = message.epoch;
    drop();
    daemon_ = guest_;
    guest_ = -1;
    return Got::hello;
  }
  if (size != 0) {
    refuse(guest_, !hello                            ? Refusal::malformed
                   : !is_understood(message.version) ? Refusal::unknown_version
                                                     : Refusal::older_epoch);
  }
  close(guest_);
  guest_ = -1;
  return Got::nothing;
}

Link::Got Link::receive(Message& message, const char*& text) {
  const long size = read_message(daemon_, message);
  if (size == -1) return Got::nothing;
  if (size == 0) {
    drop();
    return Got::nothing;
  }
  if (size < 0 || message.epoch != epoch_ || !is_understood(message.version)) {
    refuse(daemon_, size < 0                          ? Refusal::malformed
                    : !is_understood(message.version) ? Refusal::unknown_version
                                                      : Refusal::older_epoch);
    drop();
    return Got::nothing;
  }
  text = text_bytes;
  return Got::command;
}

bool Link::send(Message message, const char* text, size_t size) {
  if (daemon_ < 0) return false;
  message.epoch = epoch_;
  if (send_message(daemon_, message, text, size) >= 0) return true;
  drop();
  return false;
}

bool Link::send_if_room(Message message, const char* text, size_t size) {
  if (daemon_ < 0) return false;
  message.epoch = epoch_;
  return send_message(daemon_, message, text, size) >= 0;
}

void Link::drop() {
  if (daemon_ >= 0) close(daemon_);
  daemon_ = -1;
}

}  // namespace lazaret::shim
