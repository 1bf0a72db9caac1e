// Ctrl-C (and SIGTERM) counted instead of deadly, for as long as one of these lives.
#pragma once

#include <signal.h>

namespace lazaret::cli {

class Interrupts {
 public:
  Interrupts();
  ~Interrupts();
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;
  static int count();

 private:
  struct sigaction before_int_{};
  struct sigaction before_term_{};
};

}  // namespace lazaret::cli
