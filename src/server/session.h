// One connection: reads requests, one after the other, and writes their answers in the same order.
// Pipelined requests are answered with one write. A slow peer holds up nobody but itself.
#pragma once

#include <boost/asio/generic/stream_protocol.hpp>
#include <chrono>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "server/bounds.h"
#include "server/call.h"
#include "server/door.h"
#include "server/http_parser.h"

namespace lazaret::server {

class Session;
using Sessions = std::list<std::shared_ptr<Session>>;
using SteadyTime = std::chrono::steady_clock::time_point;

// What the requests of a session are put to.
class SessionOwner {
 public:
  virtual ~SessionOwner() = default;
  virtual const Bounds& bounds() const = 0;
  // The head is there. An answer here refuses the request before its body is read.
  virtual std::optional<Answer> on_head(Session& session) = 0;
  // The request is there; leads to session.answer(ticket) now or later, or to begin_stream().
  virtual void on_request(Session& session, std::uint64_t ticket) = 0;
  virtual void on_active(Session& session) = 0;
  virtual void on_closed(Session& session) = 0;
  // Accounts for `delta` bytes of bodies being received; false: there are too many.
  virtual bool count_body(std::ptrdiff_t delta) = 0;
  // "Date: …\r\n" of now.
  virtual std::string_view date_line() = 0;
};

class Session final : public Asker, public Stream, public std::enable_shared_from_this<Session> {
 public:
  using Socket = boost::asio::generic::stream_protocol::socket;
  Session(SessionOwner& owner, Socket socket, Peer peer, HttpParser::Limits limits);
  ~Session() override;

  void start();
  void close();
  // Called every now and then: ends what takes too long.
  void check_time(SteadyTime now);
  // Between two requests, with nothing to send: may be closed for want of room.
  bool is_idle() const;
  bool is_streaming() const { return streaming_; }

  const Peer& peer() const { return peer_; }
  const HttpParser& parser() const { return parser_; }
  std::string take_body() { return parser_.take_body(); }
  Reply reply(std::uint64_t ticket) { return Reply(weak_from_this(), ticket); }
  bool wants_close() const { return !parser_.keep_alive(); }
  // For answers that are written by hand, head and all, to the request at hand.
  std::string& begin_written_answer(std::uint64_t ticket);

  // Asker
  void answer(std::uint64_t ticket, Answer answer) override;
  std::shared_ptr<Stream> begin_stream(std::uint64_t ticket,
                                       std::string_view content_type) override;
  bool waits(std::uint64_t ticket) const override { return waiting_ && ticket == ticket_; }
  void on_leave(std::uint64_t ticket, std::function<void()> left) override;
  // Stream
  bool write(std::string_view bytes) override;
  std::size_t unsent() const override { return out_.size() + sending_.size() - sent_; }
  bool gone() const override { return closed_; }

  // What the owner worked out for this connection, kept from request to request.
  struct Remembered {
    std::string checked_host;  // passed check_origin without Origin and Sec-Fetch-Site
    std::string authorization;
    std::string session_key;  // of a cookie
    std::uint64_t key_generation = 0;
    Identity identity;
  } remembered;
  // And for the request at hand.
  const wire::Operation* operation = nullptr;
  std::vector<std::string> path_values;
  bool is_beat = false;
  bool is_on_site = false;
  Identity identity;
  // Place in the owner's list.
  Sessions::iterator place;

 private:
  enum class Closing { no, after_answer, lingering };
  void read();
  void on_read(std::size_t bytes);
  void on_end_of_input();
  void process();
  bool take_step();  // false: nothing more can be done now
  void on_head();
  void refuse(const Answer& answer);
  void append(const Answer& answer);
  void settle();  // the request at hand has its answer
  void flush();
  void write_rest();
  void on_all_sent();
  void make_room();
  void count_body();

  SessionOwner& owner_;
  Socket socket_;
  const Peer peer_;
  HttpParser parser_;

  std::vector<char> in_;
  std::size_t in_begin_ = 0;
  std::size_t in_end_ = 0;
  std::string out_;      // not yet handed to the kernel
  std::string sending_;  // being sent, from sent_ on
  std::size_t sent_ = 0;

  std::uint64_t ticket_ = 0;
  bool waiting_ = false;  // for the answer to ticket_
  bool streaming_ = false;
  bool processing_ = false;
  bool reading_ = false;
  bool writing_ = false;
  bool end_of_input_ = false;
  bool closed_ = false;
  Closing closing_ = Closing::no;
  std::size_t counted_body_ = 0;
  std::function<void()> left_;

  SteadyTime active_at_;
  SteadyTime request_at_;  // first byte of the request, then the end of its head
  SteadyTime sent_at_;
};

}  // namespace lazaret::server
