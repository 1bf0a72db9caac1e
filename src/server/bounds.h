// What the server holds at most, and how long it waits. Every queue and body here has its name in
// this struct; the settings table fills it.
#pragma once

#include <chrono>
#include <cstddef>

#include "ports/journal.h"

namespace lazaret::server {

struct Bounds {
  std::size_t connections = 10'000;  // past it, the longest idle one gives way
  int backlog = 4096;
  std::size_t header_bytes = 16 * 1024;  // 431 beyond
  std::size_t body_bytes = 1024 * 1024;  // 413 beyond
  std::size_t big_body_bytes =
      16 * 1024 * 1024;  // for operations that say so (adding tasks, cells)
  std::size_t all_bodies_bytes = 256 * 1024 * 1024;  // being received at once, over all connections
  std::size_t unsent_bytes =
      1024 * 1024;  // answers of one connection; past it nothing more is read
  std::size_t stream_bytes = 1024 * 1024;  // unsent events of one stream; past it the client is cut
  std::size_t streams = 256;
  std::size_t waiting_for_work = 4096;   // long polls
  std::size_t external_agents = 10'000;  // registered by their first heartbeat
  std::size_t known_names = 200'000;     // heartbeat ids remembered; forgotten all at once
  std::size_t idempotency_keys = ports::receipts_most;
  std::size_t idempotency_bytes = ports::receipt_bytes_most;  // of the answers remembered
  std::size_t idempotency_body_bytes = 64 * 1024;             // larger answers are not remembered
  std::size_t keys = 1000;
  Duration idempotency_kept = ports::receipts_kept;
  std::chrono::milliseconds header_time{10'000};   // from a request's first byte to its whole head
  std::chrono::milliseconds body_time{30'000};     // from the head to the whole body
  std::chrono::milliseconds idle_time{75'000};     // between requests
  std::chrono::milliseconds write_time{30'000};    // without the peer taking a byte
  std::chrono::milliseconds linger_time{1'000};    // after a refusal, so that it arrives
  std::chrono::milliseconds stream_pulse{15'000};  // a comment, so that dead streams are noticed
};

}  // namespace lazaret::server
