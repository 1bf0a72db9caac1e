#include "web/site.h"

namespace lazaret::web {

std::span<const server::SiteFile> site() { return {}; }

}  // namespace lazaret::web
