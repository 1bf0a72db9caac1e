// Requests to other programs' HTTP servers.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/instant.h"
#include "base/result.h"

namespace lazaret::ports {

struct HttpRequest {
  std::string method = "GET";
  std::string url;  // http:// or https://, with path and query
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

struct HttpAnswer {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;
};

class HttpClient {
 public:
  using Done = std::function<void(Result<HttpAnswer>)>;
  virtual ~HttpClient() = default;
  // `done` is called once, in a later turn of the loop, with whatever the server answered, or with
  // an Error: invalid_input (the URL), unavailable (no connection, no whole answer before the
  // deadline), too_large (the answer). Connections are kept and used again; a request is never sent
  // twice.
  virtual void send(HttpRequest request, Duration deadline, Done done) = 0;
};

}  // namespace lazaret::ports
