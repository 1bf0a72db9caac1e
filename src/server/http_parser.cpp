#include "server/http_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <optional>

namespace lazaret::server {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::beast::error_code;
using boost::beast::iequals;
using boost::beast::string_view;

constexpr std::size_t chunk_line_most = 4096;  // size and extensions of one chunk

std::string_view view(string_view text) { return {text.data(), text.size()}; }

Refusal refuse(int status, ErrorCode code, std::string message) {
  return {status, {code, std::move(message), "request", {}}};
}

Refusal bad(std::string message) {
  return refuse(400, ErrorCode::invalid_input, std::move(message));
}

Refusal head_too_large(std::size_t most) {
  return refuse(
      431, ErrorCode::too_large,
      fmt::format("the request's head is larger than {} bytes, the most that is taken", most));
}

// `body_most`: of this request, where its head was read.
Refusal refusal_of(const error_code& error, std::size_t head_most, std::size_t body_most) {
  if (error == http::error::header_limit) return head_too_large(head_most);
  if (error == http::error::body_limit) {
    return refuse(413, ErrorCode::too_large,
                  fmt::format("the request's body is larger than {} bytes, the most that this "
                              "operation takes",
                              body_most));
  }
  return bad("the request is not HTTP/1.1: " + error.message());
}

// The library's parser with our hooks; it keeps no container of fields.
class Parser : public http::basic_parser<true> {
 public:
  Parser(const HttpParser::Limits& limits, RequestHead& head, std::string& body,
         std::optional<Refusal>& refusal)
      : limits_(limits), head_(head), body_(body), refusal_(refusal) {
    header_limit(static_cast<std::uint32_t>(limits.header_bytes));
    eager(false);
  }
  // The bytes that are being looked at: a folded field's value lies elsewhere.
  std::string_view input;
  std::size_t body_most = 0;

 private:
  void stop(Refusal refusal, error_code& error) {
    refusal_ = std::move(refusal);
    error = http::make_error_code(http::error::bad_field);
  }

  void on_request_impl(http::verb, string_view method, string_view target, int version,
                       error_code& error) override {
    head_.method = view(method);
    head_.target = view(target);
    if (version != 11) return stop(bad("only HTTP/1.1 is spoken here"), error);
    if (!target.starts_with('/') && target != "*") {
      return stop(bad("the request's target must begin with \"/\""), error);
    }
    body_most = limits_.body_bytes(head_.method, head_.target);
    body_limit(body_most);
  }
  void on_response_impl(int, string_view, int, error_code&) override {}

  void on_field_impl(http::field name, string_view name_text, string_view value,
                     error_code& error) override {
    if (in_body_) return;  // trailers say nothing that we would act on
    const bool elsewhere = !value.empty() && (value.data() < input.data() ||
                                              value.data() >= input.data() + input.size());
    if (elsewhere) return stop(bad("a header field continues on a second line"), error);
    using http::field;
    if (name == field::host) {
      ++head_.hosts;
      head_.host = view(value);
    } else if (name == field::content_length) {
      if (++lengths_ > 1 || value.find(',') != value.npos) {
        return stop(bad("there is more than one Content-Length"), error);
      }
      check_framing(error);
    } else if (name == field::transfer_encoding) {
      if (++codings_ > 1 || !iequals(value, "chunked")) {
        return stop(bad("the only Transfer-Encoding understood is \"chunked\", once"), error);
      }
      check_framing(error);
    } else if (name == field::connection) {
      if (token_in(value, "close")) head_.wants_close = true;
    } else if (name == field::expect) {
      head_.expects_continue = iequals(value, "100-continue");
      head_.unknown_expectation = !head_.expects_continue;
    } else {
      keep(name, name_text, value);
    }
  }

  void check_framing(error_code& error) {
    if (lengths_ == 0 || codings_ == 0) return;
    stop(bad("there are both Content-Length and Transfer-Encoding"), error);
  }

  void keep(http::field name, string_view name_text, string_view value) {
    using http::field;
    if (name == field::authorization)
      head_.authorization = view(value);
    else if (name == field::cookie)
      join(head_.cookie, value, "; ");
    else if (name == field::content_type)
      head_.content_type = view(value);
    else if (name == field::accept)
      join(head_.accept, value, ", ");
    else if (name == field::accept_encoding)
      join(head_.accept_encoding, value, ", ");
    else if (name == field::origin)
      head_.origin = view(value);
    else if (name == field::if_match)
      head_.if_match = view(value);
    else if (name == field::if_none_match)
      head_.if_none_match = view(value);
    else if (iequals(name_text, "Idempotency-Key"))
      head_.idempotency_key = view(value);
    else if (iequals(name_text, "Last-Event-ID"))
      head_.last_event_id = view(value);
    else if (iequals(name_text, "Sec-Fetch-Site"))
      head_.fetch_site = view(value);
    else if (iequals(name_text, "X-API-Key"))
      head_.api_key = view(value);
    else if (iequals(name_text, "X-Agent-ID"))
      head_.agent_id = view(value);
    else if (iequals(name_text, "X-Claw-Identifier"))
      head_.claw = view(value);
  }

  static void join(std::string& all, string_view one, string_view between) {
    if (!all.empty()) all += view(between);
    all += view(one);
  }

  static bool token_in(string_view list, string_view token) {
    for (std::size_t at = 0; at < list.size();) {
      auto comma = list.find(',', at);
      if (comma == string_view::npos) comma = list.size();
      auto one = list.substr(at, comma - at);
      while (!one.empty() && (one.front() == ' ' || one.front() == '\t')) one.remove_prefix(1);
      while (!one.empty() && (one.back() == ' ' || one.back() == '\t')) one.remove_suffix(1);
      if (iequals(one, token)) return true;
      at = comma + 1;
    }
    return false;
  }

  void on_header_impl(error_code& error) override {
    in_body_ = true;
    if (head_.hosts == 0) return stop(bad("there is no Host"), error);
    if (head_.hosts > 1) return stop(bad("there is more than one Host"), error);
  }
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override {
    if (length) body_.reserve(std::min<std::size_t>(static_cast<std::size_t>(*length), 64 * 1024));
  }
  std::size_t on_body_impl(string_view piece, error_code&) override {
    body_.append(piece.data(), piece.size());
    return piece.size();
  }
  void on_chunk_header_impl(std::uint64_t, string_view extensions, error_code& error) override {
    if (extensions.size() > chunk_line_most) stop(bad("a chunk's extensions are too long"), error);
  }
  std::size_t on_chunk_body_impl(std::uint64_t, string_view piece, error_code&) override {
    body_.append(piece.data(), piece.size());
    return piece.size();
  }
  void on_finish_impl(error_code&) override {}

  const HttpParser::Limits& limits_;
  RequestHead& head_;
  std::string& body_;
  std::optional<Refusal>& refusal_;
  int lengths_ = 0;
  int codings_ = 0;
  bool in_body_ = false;
};

}  // namespace

void RequestHead::clear() {
  for (std::string* one : {&method, &target, &host, &authorization, &cookie, &content_type, &accept,
                           &accept_encoding, &origin, &fetch_site, &if_match, &if_none_match,
                           &idempotency_key, &last_event_id, &api_key, &agent_id, &claw}) {
    one->clear();
  }
  hosts = 0;
  expects_continue = unknown_expectation = wants_close = false;
}

struct HttpParser::Impl {
  explicit Impl(Limits given) : limits(std::move(given)) {}
  Limits limits;
  RequestHead head;
  std::string body;
  std::optional<Refusal> refusal;
  std::optional<Parser> parser;
  std::size_t looked_at = 0;   // bytes at hand that were searched for bare line feeds
  std::size_t head_bytes = 0;  // of the head, used already
  bool head_told = false;
  bool begun = false;
};

HttpParser::HttpParser(Limits limits) : impl_(std::make_unique<Impl>(std::move(limits))) {
  reset();
}
HttpParser::~HttpParser() = default;

void HttpParser::reset() {
  Impl& it = *impl_;
  it.head.clear();
  it.body.clear();
  if (it.body.capacity() > 64 * 1024) it.body.shrink_to_fit();
  it.refusal.reset();
  it.parser.emplace(it.limits, it.head, it.body, it.refusal);
  it.looked_at = it.head_bytes = 0;
  it.head_told = it.begun = false;
}

namespace {

// In a head, each line feed follows a carriage return; the library would wait for one for ever.
bool has_bare_line_feed(std::string_view bytes, std::size_t from) {
  for (auto at = bytes.find('\n', from); at != std::string_view::npos;
       at = bytes.find('\n', at + 1)) {
    if (at == 0 || bytes[at - 1] != '\r') return true;
    if (at == 1 || bytes[at - 2] == '\n') return false;  // the head's end; a body may hold anything
  }
  return false;
}

}  // namespace

HttpParser::Step HttpParser::step(std::string_view bytes, std::size_t& used) {
  Impl& it = *impl_;
  used = 0;
  if (it.refusal) return Step::refused;
  if (it.parser->is_done()) return Step::done;
  if (bytes.empty()) return Step::need_more;
  const bool in_head = !it.parser->is_header_done();
  if (!it.begun && bytes == "\r") return Step::need_more;  // it may become an empty line
  if (!it.begun && bytes.starts_with("\r\n")) {            // RFC 9112 2.2: one is passed over
    bytes.remove_prefix(2);
    used = 2;
  }
  it.begun = true;
  if (in_head && has_bare_line_feed(bytes, it.looked_at)) {
    it.refusal = bad("a line ends with a line feed alone");
    return Step::refused;
  }
  error_code error;
  std::size_t eaten = 0;
  while (eaten < bytes.size() && !it.parser->is_done()) {
    it.parser->input = bytes.substr(eaten);
    const auto put =
        it.parser->put(asio::const_buffer(bytes.data() + eaten, bytes.size() - eaten), error);
    eaten += put;
    if (error || (it.parser->is_header_done() && !it.head_told)) break;
    if (put == 0) break;
  }
  used += eaten;
  return after(error, in_head, eaten, bytes.size());
}

HttpParser::Step HttpParser::after(const boost::system::error_code& error, bool in_head,
                                   std::size_t eaten, std::size_t given) {
  Impl& it = *impl_;
  if (error && error != http::error::need_more) {
    if (!it.refusal) it.refusal = refusal_of(error, it.limits.header_bytes, it.parser->body_most);
    return Step::refused;
  }
  if (in_head) {
    it.looked_at = given - eaten;
    it.head_bytes += eaten;
    const bool over =
        !it.parser->is_header_done() && it.head_bytes + it.looked_at > it.limits.header_bytes;
    if (over || it.head_bytes > it.limits.header_bytes) {
      it.refusal = head_too_large(it.limits.header_bytes);
      return Step::refused;
    }
  }
  if (it.parser->is_header_done() && !it.head_told) {
    it.head_told = true;
    return Step::head;
  }
  if (it.parser->is_done()) return Step::done;
  if (!in_head && given - eaten > chunk_line_most) {
    it.refusal = bad("a chunk's line is too long");
    return Step::refused;
  }
  return Step::need_more;
}

const RequestHead& HttpParser::head() const { return impl_->head; }
const std::string& HttpParser::body() const { return impl_->body; }
std::string HttpParser::take_body() { return std::move(impl_->body); }
const Refusal& HttpParser::refusal() const { return *impl_->refusal; }
bool HttpParser::keep_alive() const { return !impl_->head.wants_close; }
bool HttpParser::begun() const { return impl_->begun; }
bool HttpParser::has_head() const { return impl_->head_told; }

std::size_t HttpParser::expected_body() const {
  const auto length = impl_->parser->content_length();
  return length ? static_cast<std::size_t>(*length) : 0;
}

}  // namespace lazaret::server
