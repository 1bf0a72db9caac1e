// A synchronous client of the daemon's HTTP API, over its unix socket or TCP.
//
//   auto endpoint = find_endpoint(Target{.state = "/tmp/x"}, process_environment());
//   Client client(*endpoint);
//   Result<boost::json::value> status = client.call("GET", "/api/v1/status");
//
// A daemon that restarts is waited for, within bounds: requests are safe to repeat (a POST carries
// an Idempotency-Key), so a broken connection is tried again. Not for use by several threads at
// once.
#pragma once

#include <boost/json/value.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "cli/endpoint.h"
#include "cli/socket.h"
#include "cli/sse.h"

namespace lazaret::cli {

inline constexpr std::size_t largest_answer = 64 * 1024 * 1024;

struct ClientTimes {
  std::chrono::milliseconds answer{30'000};          // from the request to its whole answer
  std::chrono::milliseconds restart{15'000};         // for a daemon whose keeper lives
  std::chrono::milliseconds maybe_restart{2'000};    // for a socket that is there, but refuses
  std::chrono::milliseconds stream_silence{60'000};  // a stream must send something this often
};

struct Answer {
  unsigned status = 0;
  std::string content_type;
  std::string etag;
  std::string body;
};

class Client {
 public:
  explicit Client(Endpoint endpoint, ClientTimes times = {});

  const Endpoint& endpoint() const { return endpoint_; }
  ClientTimes& times() { return times_; }

  // The JSON of a 2xx answer (null when it has no body). Anything else is an Error whose code tells
  // what happened (not_found, conflict, fenced, refused, …) and whose text is the daemon's own.
  // `target` is path and query, already escaped: see escaped().
  Result<boost::json::value> call(std::string_view method, std::string_view target,
                                  const std::optional<boost::json::value>& body = std::nullopt);

  // The same without reading the body: for /metrics, /openapi.json and answers that are text.
  Result<Answer> fetch(std::string_view method, std::string_view target,
                       const std::optional<boost::json::value>& body = std::nullopt);

  // Server-sent events until `on_event` returns false, or `cancelled` says so: both end well. The
  // stream is taken up again after the last id when the daemon restarts.
  Result<void> stream(std::string_view target,
                      const std::function<bool(const StreamEvent&)>& on_event,
                      const Cancelled& cancelled = {}, std::string last_id = {});

  // Somebody answers at the endpoint: waits for a restart as call() does, sends nothing.
  Result<void> reach();

 private:
  Result<void> connect(Deadline deadline);
  Result<Answer> exchange(const std::string& request, Deadline deadline);
  Result<void> stream_once(std::string_view target, SseReader& reader, std::string& last_id,
                           const std::function<bool(const StreamEvent&)>& on_event,
                           const Cancelled& cancelled, bool& ended);
  std::string head(std::string_view method, std::string_view target) const;
  Result<void> trust_run_directory() const;
  std::chrono::milliseconds patience() const;

  Endpoint endpoint_;
  ClientTimes times_;
  Socket socket_;
};

// One segment of a path or one value of a query, percent-escaped.
std::string escaped(std::string_view text);

// What a problem+json answer (or any other error answer) says, as an Error.
Error error_of(const Answer& answer);

// The error of a daemon that is not there, as opposed to one that answered with an error.
bool is_daemon_away(const Error& error);

}  // namespace lazaret::cli
