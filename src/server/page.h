// The few pages that are made here, and not by the dashboard.
#pragma once

#include "server/call.h"

namespace lazaret::server {

// For a link that is used, or too old: says how to get another. Status 401.
Answer stale_link_page();
// For a program that was built without the dashboard.
Answer no_site_page();

}  // namespace lazaret::server
