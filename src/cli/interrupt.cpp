#include "cli/interrupt.h"

#include <atomic>

namespace lazaret::cli {
namespace {

std::atomic<int> seen{0};
static_assert(std::atomic<int>::is_always_lock_free);  // so that a signal handler may touch it

void note(int) { seen.fetch_add(1, std::memory_order_relaxed); }

}  // namespace

Interrupts::Interrupts() {
  seen = 0;
  struct sigaction action{};
  action.sa_handler = note;  // no SA_RESTART: sleeps end at once
  sigaction(SIGINT, &action, &before_int_);
  sigaction(SIGTERM, &action, &before_term_);
}

Interrupts::~Interrupts() {
  sigaction(SIGINT, &before_int_, nullptr);
  sigaction(SIGTERM, &before_term_, nullptr);
}

int Interrupts::count() { return seen.load(std::memory_order_relaxed); }

}  // namespace lazaret::cli
