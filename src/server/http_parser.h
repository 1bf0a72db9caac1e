// One HTTP/1.1 request out of bytes, strictly: what two readers could understand differently is
// refused.
#pragma once

#include <boost/system/error_code.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "wire/operations.h"

namespace lazaret::server {

// What we look at. Strings keep their storage from request to request.
struct RequestHead {
  std::string method;
  std::string target;
  std::string host;
  std::string authorization;
  std::string cookie;  // all of them, joined by "; "
  std::string content_type;
  std::string accept;
  std::string accept_encoding;
  std::string origin;
  std::string fetch_site;
  std::string if_match;
  std::string if_none_match;
  std::string idempotency_key;
  std::string last_event_id;
  std::string api_key;   // X-API-Key
  std::string agent_id;  // X-Agent-ID
  std::string claw;      // X-Claw-Identifier
  int hosts = 0;         // how many Host lines there were
  bool expects_continue = false;
  bool unknown_expectation = false;
  bool wants_close = false;
  void clear();
};

struct Refusal {
  int status = 400;
  Error error;
};

class HttpParser {
 public:
  struct Limits {
    std::size_t header_bytes = 16 * 1024;
    // Of the request with this method and target.
    std::function<std::size_t(std::string_view method, std::string_view target)> body_bytes;
  };
  enum class Step {
    need_more,  // of the head, or of the body
    head,       // the head is there; step() again for the body
    done,       // the whole request is there
    refused     // see refusal(); nothing more can be read from this connection
  };

  explicit HttpParser(Limits limits);
  ~HttpParser();

  // Gets ready for the next request.
  void reset();
  // Looks at the bytes that have not been used yet, all of them each time; `used` of them are done
  // with.
  Step step(std::string_view bytes, std::size_t& used);

  const RequestHead& head() const;
  const std::string& body() const;
  std::string take_body();
  const Refusal& refusal() const;
  bool keep_alive() const;
  bool begun() const;  // at least one byte of the request was seen
  bool has_head() const;
  std::size_t expected_body() const;  // bytes announced, as far as they are

 private:
  Step after(const boost::system::error_code& error, bool in_head, std::size_t eaten,
             std::size_t given);
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lazaret::server
