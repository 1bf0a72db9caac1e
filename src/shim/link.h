// The one connection to a daemon. Newest wins: an accepted hello of the highest epoch replaces what
// was there; everything of an older epoch is refused. Sending never waits: when the daemon does not
// read, the connection is dropped, and its next hello is told the whole state.
#pragma once

#include "shim/protocol.h"

namespace lazaret::shim {

class Link {
 public:
  // Takes over the listening socket.
  void begin(int listener) { listener_ = listener; }
  // A caller stands at the door. It stays a guest until its hello.
  void accept_guest();

  enum class Got { nothing, hello, command };
  // Reads one message; `text` points into a buffer that lives until the next call.
  Got receive_guest(Message& message);
  Got receive(Message& message, const char*& text);

  // False: there is nobody to tell, or he did not read and was dropped.
  bool send(Message message, const char* text = nullptr, size_t size = 0);
  // For what may be lost: kept out when the daemon is behind, without dropping it.
  bool send_if_room(Message message, const char* text, size_t size);
  void drop();

  int listener() const { return listener_; }
  int guest() const { return guest_; }
  int daemon() const { return daemon_; }

 private:
  long read_message(int fd, Message& message);
  void refuse(int fd, Refusal why);

  int listener_ = -1;
  int guest_ = -1;
  int daemon_ = -1;
  uint64_t epoch_ = 0;  // highest that was ever seen
};

}  // namespace lazaret::shim
