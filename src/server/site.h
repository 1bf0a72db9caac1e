// The dashboard: which paths are its pages, and its files. Anybody may have them, whoever sent the
// browser here; what they show comes from the API, which asks for a key.
#pragma once

#include <span>

#include "server/call.h"
#include "server/site_file.h"

namespace lazaret::server {

class Site {
 public:
  explicit Site(std::span<const SiteFile> files) : files_(files) {}

  // Something of the dashboard is at `path`; where an operation has it too, the operation is meant.
  bool has(std::string_view method, std::string_view path) const;
  // Of a path that it has. Pages get a nonce of their own each time, in place of each "__NONCE__".
  Answer answer(std::string_view path) const;

 private:
  const SiteFile* find(std::string_view path) const;
  std::span<const SiteFile> files_;
};

}  // namespace lazaret::server
