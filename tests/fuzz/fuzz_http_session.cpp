// A whole connection, over a real socket: whatever is sent, in whatever pieces, every request has
// one answer in its turn, streams and late answers too, and nothing is left when it is over.
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include "fuzz.h"
#include "server/session.h"

namespace {

using namespace lazaret;
namespace asio = boost::asio;

class Owner final : public server::SessionOwner {
 public:
  Owner() {
    bounds_.header_bytes = 512;
    bounds_.unsent_bytes = 4096;
    bounds_.stream_bytes = 4096;
  }
  const server::Bounds& bounds() const override { return bounds_; }
  std::optional<server::Answer> on_head(server::Session& session) override {
    if (!session.parser().head().target.starts_with("/no")) return std::nullopt;
    return server::problem_answer({ErrorCode::not_found, "there is no such thing", {}, {}});
  }
  void on_request(server::Session& session, std::uint64_t ticket) override {
    ++requests;
    const std::string target = session.parser().head().target;
    server::Answer answer{.body = session.take_body(), .headers = {}};
    if (target.starts_with("/late")) {
      LAZARET_ASSERT(!late_);  // one request at a time
      late_ = [reply = session.reply(ticket), answer] { reply.send(answer); };
      return;
    }
    if (target.starts_with("/stream")) {
      const auto stream = session.begin_stream(ticket, "text/event-stream");
      if (stream) stream->write("data: 1\n\n");
      return;
    }
    session.answer(ticket, std::move(answer));
  }
  void on_active(server::Session&) override {}
  void on_closed(server::Session&) override { ++closed; }
  bool count_body(std::ptrdiff_t delta) override {
    bodies += delta;
    LAZARET_ASSERT(bodies >= 0);
    return bodies < 64 * 1024;
  }
  std::string_view date_line() override { return "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n"; }
  bool answer_late() {
    if (!late_) return false;
    std::exchange(late_, nullptr)();
    return true;
  }

  int requests = 0;
  int closed = 0;
  std::ptrdiff_t bodies = 0;

 private:
  server::Bounds bounds_;
  std::function<void()> late_;
};

std::size_t read_rest(int fd) {
  char bytes[4096];
  std::size_t all = 0;
  for (ssize_t got = 0; (got = ::recv(fd, bytes, sizeof bytes, MSG_DONTWAIT)) > 0;) {
    all += static_cast<std::size_t>(got);
  }
  return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text = fuzz::text_of(data, size);
  const unsigned how = fuzz::take_byte(text);
  const std::size_t piece = (how & 1U) != 0 ? text.size() + 1 : 1 + how / 2;
  asio::io_context io;
  int ends[2] = {-1, -1};
  LAZARET_ASSERT(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
  Owner owner;
  std::size_t answered = 0;
  {
    server::Session::Socket socket(io);
    socket.assign(asio::generic::stream_protocol(AF_UNIX, SOCK_STREAM), ends[0]);
    const auto session = std::make_shared<server::Session>(
        owner, std::move(socket), server::Peer{},
        server::HttpParser::Limits{.header_bytes = 512,
                                   .body_bytes = [](auto, auto) { return std::size_t{1024}; }});
    session->start();
    for (std::size_t at = 0; at < text.size(); at += piece) {
      const std::string_view now = text.substr(at, piece);
      if (::send(ends[1], now.data(), now.size(), MSG_NOSIGNAL | MSG_DONTWAIT) < 0) break;
      io.poll();
      answered += read_rest(ends[1]);
      if ((how & 2U) != 0 && owner.answer_late()) io.poll();
    }
    ::shutdown(ends[1], SHUT_WR);
    do {
      io.poll();
      answered += read_rest(ends[1]);
    } while (owner.answer_late());
    session->close();
    io.poll();
  }
  ::close(ends[1]);
  LAZARET_ASSERT(owner.closed == 1 && owner.bodies == 0);
  LAZARET_ASSERT(owner.requests == 0 || answered > 0);
  return 0;
}
