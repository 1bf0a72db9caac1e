#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <cerrno>
#include <limits>

#include "adapters/http_client/stream.h"

namespace lazaret::http_client {
namespace {

// OpenSSL's own one raises SIGPIPE where the other side has gone.
int bio_write(BIO* bio, const char* bytes, int length) {
  BIO_clear_retry_flags(bio);
  const int descriptor = *static_cast<int*>(BIO_get_data(bio));
  const ssize_t sent = ::send(descriptor, bytes, static_cast<std::size_t>(length), MSG_NOSIGNAL);
  if (sent < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_write(bio);
  return static_cast<int>(sent);
}

int bio_read(BIO* bio, char* into, int room) {
  BIO_clear_retry_flags(bio);
  const int descriptor = *static_cast<int*>(BIO_get_data(bio));
  const ssize_t got = ::recv(descriptor, into, static_cast<std::size_t>(room), 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_read(bio);
  if (got == 0) BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
  return static_cast<int>(got);
}

long bio_control(BIO* bio, int what, long, void*) {
  if (what == BIO_CTRL_FLUSH) return 1;
  if (what == BIO_CTRL_EOF) return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0 ? 1 : 0;
  return 0;
}

BIO_METHOD* socket_without_signals() {
  static BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
    BIO_meth_set_write(made, bio_write);
    BIO_meth_set_read(made, bio_read);
    BIO_meth_set_ctrl(made, bio_control);
    return made;
  }();
  return method;
}

SSL_CTX* context() {
  static SSL_CTX* const made = [] {
    SSL_CTX* fresh = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_default_verify_paths(fresh);
    SSL_CTX_set_verify(fresh, SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_min_proto_version(fresh, TLS1_2_VERSION);
    SSL_CTX_set_mode(fresh, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
    return fresh;
  }();
  return made;
}

class TlsStream : public Stream {
 public:
  TlsStream(int descriptor, const std::string& host)
      : descriptor_(descriptor), ssl_(SSL_new(context()), SSL_free) {
    BIO* bio = BIO_new(socket_without_signals());
    BIO_set_data(bio, &descriptor_);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl_.get(), bio, bio);
    SSL_set1_host(ssl_.get(), host.c_str());
    boost::system::error_code is_name;
    boost::asio::ip::make_address(host, is_name);
    if (is_name) SSL_set_tlsext_host_name(ssl_.get(), host.c_str());
    SSL_set_connect_state(ssl_.get());
  }
  State handshake() override {
    ERR_clear_error();
    return state_of(SSL_do_handshake(ssl_.get()));
  }
  Moved write(std::string_view bytes) override {
    ERR_clear_error();
    const int sent = SSL_write(ssl_.get(), bytes.data(), bounded(bytes.size()));
    return {state_of(sent), sent > 0 ? static_cast<std::size_t>(sent) : 0};
  }
  Moved read(char* into, std::size_t room) override {
    ERR_clear_error();
    const int got = SSL_read(ssl_.get(), into, bounded(room));
    return {state_of(got), got > 0 ? static_cast<std::size_t>(got) : 0};
  }
  std::string why() const override { return why_; }

 private:
  static int bounded(std::size_t bytes) {
    return static_cast<int>(std::min<std::size_t>(bytes, std::numeric_limits<int>::max()));
  }
  State state_of(int result) {
    if (result > 0) return State::done;
    switch (SSL_get_error(ssl_.get(), result)) {
      case SSL_ERROR_WANT_READ:
        return State::wants_read;
      case SSL_ERROR_WANT_WRITE:
        return State::wants_write;
      case SSL_ERROR_ZERO_RETURN:
        return State::ended;
      default:
        break;
    }
    if (const long bad = SSL_get_verify_result(ssl_.get()); bad != X509_V_OK) {
      why_ = std::string("its certificate is not trusted: ") + X509_verify_cert_error_string(bad);
    } else {
      const char* reason = ERR_reason_error_string(ERR_peek_error());
      why_ = std::string("TLS: ") + (reason ? reason : "the connection broke off");
    }
    ERR_clear_error();
    return State::failed;
  }

  int descriptor_;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_;
  std::string why_;
};

}  // namespace

std::unique_ptr<Stream> tls_stream(int descriptor, const std::string& host) {
  return std::make_unique<TlsStream>(descriptor, host);
}

}  // namespace lazaret::http_client
