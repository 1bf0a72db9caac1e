// Bytes over a connected socket, plain or TLS, which never block: whoever has to wait waits for the
// descriptor and tries again.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace lazaret::http_client {

class Stream {
 public:
  enum class State { done, wants_read, wants_write, ended, failed };
  struct Moved {
    State state = State::done;
    std::size_t bytes = 0;  // with done
  };
  virtual ~Stream() = default;
  // To be repeated until done; a plain stream is done at once.
  virtual State handshake() = 0;
  virtual Moved write(std::string_view bytes) = 0;
  // ended: the other side has said that it sends nothing more.
  virtual Moved read(char* into, std::size_t room) = 0;
  // Of `failed`; says nothing of what was sent.
  virtual std::string why() const = 0;
};

// The descriptor stays the caller's.
std::unique_ptr<Stream> plain_stream(int descriptor);
// The server has to show a certificate for `host` that this system's authorities vouch for
// (SSL_CERT_FILE and SSL_CERT_DIR name others). What is needed for TLS at all is made at the first
// call.
std::unique_ptr<Stream> tls_stream(int descriptor, const std::string& host);

}  // namespace lazaret::http_client
