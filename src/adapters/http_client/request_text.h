// The bytes of a request.
#pragma once

#include "ports/http_client.h"
#include "wire/url.h"

namespace lazaret::http_client {

// Host, Content-Length and Connection are ours; User-Agent is unless it is given. Error:
// invalid_input for a method or a header that would be something else once it is written.
Result<std::string> request_text(const wire::Url& url, const ports::HttpRequest& request);

}  // namespace lazaret::http_client
