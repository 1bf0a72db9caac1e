// The dashboard: which paths are its pages, and its files. Anybody may have them, whoever sent the
// browser here; what they show comes from the API, which asks for a key.
#pragma once

#include <span>

#include "server/call.h"
#include "server/http_parser.h"
#include "server/site_file.h"

namespace lazaret::server {

class Site {
 public:
  explicit Site(std::span<const SiteFile> files) : files_(files) {}

  // What is asked for is of the dashboard; where an operation has the path too, the operation is
  // meant. A browser that asks for a page which is not there gets the dashboard too: it says so,
  // and where to go.
  bool has(const RequestHead& head) const;
  // Of a request for what it has. Pages get a nonce of their own each time, in place of each
  // "__NONCE__".
  Answer answer(const RequestHead& head) const;

 private:
  const SiteFile* find(std::string_view path) const;
  std::span<const SiteFile> files_;
};

}  // namespace lazaret::server
