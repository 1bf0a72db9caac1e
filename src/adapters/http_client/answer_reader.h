// One HTTP/1.x answer out of bytes, strictly: what two readers could understand differently is
// refused, and nothing is kept beyond its bound.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "ports/http_client.h"

namespace lazaret::http_client {

class AnswerReader {
 public:
  struct Limits {
    std::size_t head_bytes = 64 * 1024;  // of all heads (1xx too) and trailers together
    std::size_t body_bytes = 16 * 1024 * 1024;
  };
  enum class Step { need_more, done, refused };

  // `to_head`: the request was a HEAD, so that no body follows whatever is announced.
  AnswerReader(Limits limits, bool to_head) : limits_(limits), to_head_(to_head) {}

  // The next bytes. done: the answer is whole; refused: see error().
  Step feed(std::string_view bytes);
  // The other side sends nothing more.
  Step end();

  bool begun() const { return begun_; }  // at least one byte was seen
  bool has_head() const { return phase_ > Phase::head; }
  bool needs_end() const { return phase_ == Phase::until_end; }  // only its end ends the answer
  // The connection may carry another request. Only of a whole answer.
  bool keeps_alive() const { return keeps_alive_ && in_.empty(); }
  ports::HttpAnswer take() { return std::move(answer_); }
  const Error& error() const { return error_; }

 private:
  enum class Phase {
    status_line,
    head,
    body,  // remaining_ bytes
    chunk_size,
    chunk,      // remaining_ bytes
    chunk_end,  // its line feed
    trailers,
    until_end,
    done,
    refused
  };
  Step step();
  bool on_line(std::string_view line);
  bool on_status_line(std::string_view line);
  bool on_field(std::string_view line);
  bool on_framing(std::string_view name, std::string_view value);
  bool on_head();
  bool on_chunk_size(std::string_view line);
  bool take_body();
  bool refuse(ErrorCode code, std::string why);
  bool too_large();
  bool bad(std::string why) { return refuse(ErrorCode::unavailable, std::move(why)); }

  Limits limits_;
  bool to_head_;
  Phase phase_ = Phase::status_line;
  std::string in_;
  std::size_t at_ = 0;         // before it everything was understood
  std::size_t searched_ = 0;   // bytes from there on that hold no line feed
  std::size_t head_used_ = 0;  // bytes of heads and trailers
  std::uint64_t remaining_ = 0;
  int interim_ = 0;  // 1xx answers before this one
  bool has_length_ = false;
  bool is_chunked_ = false;
  bool is_old_ = false;  // HTTP/1.0
  bool begun_ = false;
  bool keeps_alive_ = true;
  ports::HttpAnswer answer_;
  Error error_;
};

}  // namespace lazaret::http_client
