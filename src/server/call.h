// One checked request on its way to its handler, and the way back.
#pragma once

#include <boost/json.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "server/identity.h"
#include "wire/api_input.h"
#include "wire/operations.h"

namespace lazaret::server {

namespace json = boost::json;

struct Answer {
  int status = 200;
  std::string body;
  std::string content_type = "application/json";
  std::string headers;                  // further lines, each with its CRLF
  std::string_view cache = "no-store";  // a literal
};
Answer json_answer(int status, const json::value& value);
Answer problem_answer(const Error& error, int status = 0);  // 0: as the code says
// For the contracts of others: {"detail": …}.
Answer detail_answer(const Error& error, int status = 0);

// An endless answer. Writes are bounded: a reader that is too slow is cut off.
class Stream {
 public:
  virtual ~Stream() = default;
  // false: the stream is gone.
  virtual bool write(std::string_view bytes) = 0;
  virtual std::size_t unsent() const = 0;
  virtual bool gone() const = 0;
  // Called whenever everything was sent.
  std::function<void()> on_drained;
  // Called once, when the other side has left.
  std::function<void()> on_gone;
};

// Who waits for an answer: a connection, in tests anything.
class Asker {
 public:
  virtual ~Asker() = default;
  virtual void answer(std::uint64_t ticket, Answer answer) = 0;
  // Null when the asker has left. Begins the answer with `content_type`, without a length.
  virtual std::shared_ptr<Stream> begin_stream(std::uint64_t ticket,
                                               std::string_view content_type) = 0;
  virtual bool waits(std::uint64_t ticket) const = 0;
  // Called once when the asker leaves before it was answered.
  virtual void on_leave(std::uint64_t ticket, std::function<void()> left) = 0;
};

// Answers exactly one request; may outlive its connection.
class Reply {
 public:
  Reply(std::weak_ptr<Asker> asker, std::uint64_t ticket)
      : asker_(std::move(asker)), ticket_(ticket) {}

  void send(Answer answer) const;
  void ok(const json::value& value, int status = 200) const { send(json_answer(status, value)); }
  void fail(const Error& error, int status = 0) const {
    send(foreign ? detail_answer(error, status) : problem_answer(error, status));
  }
  bool gone() const;
  void on_leave(std::function<void()> left) const;
  std::shared_ptr<Stream> begin_stream(std::string_view content_type) const;
  // Tells who waits that the answer comes too late; send() still shows it to the witness.
  void delay(const Error& error) const;

  bool foreign = false;  // whoever asks speaks somebody else's contract
  // Sees the answer before it leaves.
  std::function<void(const Answer&)> witness;

 private:
  std::weak_ptr<Asker> asker_;
  std::uint64_t ticket_;
};

class Once;

struct Call {
  const wire::Operation& operation;
  Identity identity;
  wire::Inputs inputs;
  std::string if_match;
  std::string if_none_match;
  std::string last_event_id;
  std::string host;
  std::string cookie;
  Reply reply;
  // Of the contracts of others.
  std::string body;
  std::string agent_header;
  std::string claw_header;
  std::shared_ptr<Once> once;  // of a request with an Idempotency-Key; null without
};

}  // namespace lazaret::server
