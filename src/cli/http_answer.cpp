#include "cli/http_answer.h"

#include <fmt/format.h>

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

namespace lazaret::cli {
namespace {

namespace http = boost::beast::http;
using Parser = http::response_parser<http::string_body>;

constexpr std::uint32_t largest_head = 64 * 1024;

std::string field(const Parser& parser, http::field name) {
  auto value = parser.get()[name];
  return {value.data(), value.size()};
}

std::unexpected<Error> bad_answer(std::string_view why) {
  return fail(ErrorCode::unavailable, fmt::format("the answer is no HTTP: {}", why), "answer",
              "is another program listening there?");
}

// Hands the body's new bytes on. False ends the reading.
bool pass_on(Parser& parser, Answer& answer, AnswerReading& reading) {
  if (!parser.is_header_done()) return true;
  if (answer.status == 0) {
    answer.status = parser.get().result_int();
    answer.content_type = field(parser, http::field::content_type);
    answer.etag = field(parser, http::field::etag);
  }
  std::string& fresh = parser.get().body();
  if (fresh.empty()) return true;
  // An error's body is always collected: it is the explanation.
  if (reading.on_body && answer.status < 300) {
    if (!reading.on_body(answer, fresh)) return false;
  } else {
    answer.body += fresh;
  }
  fresh.clear();
  return true;
}

}  // namespace

Result<Answer> read_answer(Socket& socket, AnswerReading& reading) {
  Parser parser;
  parser.eager(true);
  parser.header_limit(largest_head);
  parser.body_limit(boost::none);
  Answer answer;
  std::string bytes;
  boost::beast::error_code error;
  while (!parser.is_done()) {
    auto got = socket.receive(bytes, reading.deadline(), reading.cancelled);
    if (!got) return std::unexpected(got.error());
    if (*got == 0) {
      if (!parser.got_some()) return fail(ErrorCode::unavailable, "the connection was closed");
      parser.put_eof(error);
      if (error) return fail(ErrorCode::unavailable, "the answer broke off", "broke off");
      break;
    }
    reading.got_anything = true;
    // put() takes what it understands; the rest waits for more bytes.
    while (!bytes.empty() && !parser.is_done()) {
      const auto used = parser.put(boost::asio::buffer(bytes), error);
      bytes.erase(0, used);
      if (error == http::error::need_more) break;
      if (error) return bad_answer(error.message());
      if (used == 0) break;
      if (!pass_on(parser, answer, reading)) {
        reading.stopped = true;
        return answer;
      }
      if (answer.body.size() > largest_answer) return bad_answer("it is too large");
    }
  }
  pass_on(parser, answer, reading);
  reading.keep_alive = parser.is_done() && parser.get().keep_alive();
  return answer;
}

}  // namespace lazaret::cli
