// One file of the dashboard, as the build puts it into the program.
#pragma once

#include <string_view>

namespace lazaret::server {

struct SiteFile {
  std::string_view path;  // "/index.html", "/assets/app-1f3c.js"
  std::string_view content_type;
  std::string_view bytes;  // gzip; /index.html as it is
};

}  // namespace lazaret::server
