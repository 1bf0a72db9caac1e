// Calls that the C library of our oldest platform does not wrap, and the few idioms of this
// program.
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

namespace lazaret::shim {

// clone3 that may share our memory and stack (CLONE_VM | CLONE_VFORK): it must be inlined, because
// a wrapper's return address would be overwritten by the child before the parent comes back to it.
[[gnu::always_inline]] inline long raw_clone3(const clone_args* args, size_t size) {
  long result;
#if defined(__x86_64__)
  asm volatile("syscall"
               : "=a"(result)
               : "a"(SYS_clone3), "D"(args), "S"(size)
               : "rcx", "r11", "memory");
#elif defined(__aarch64__)
  register long number asm("x8") = SYS_clone3;
  register long first asm("x0") = reinterpret_cast<long>(args);
  register size_t second asm("x1") = size;
  asm volatile("svc #0" : "+r"(first) : "r"(number), "r"(second) : "memory");
  result = first;
#else
#error "say here how this processor enters the kernel"
#endif
  return result;
}

// The same without CLONE_INTO_CGROUP, for kernels and sandboxes that have no clone3.
[[gnu::always_inline]] inline long raw_vfork(unsigned long flags) {
  long result;
#if defined(__x86_64__)
  register long tls asm("r8") = 0;
  register long child_tid asm("r10") = 0;
  asm volatile("syscall"
               : "=a"(result)
               : "a"(SYS_clone), "D"(flags), "S"(0L), "d"(0L), "r"(child_tid), "r"(tls)
               : "rcx", "r11", "memory");
#else
  register long number asm("x8") = SYS_clone;
  register long first asm("x0") = static_cast<long>(flags);
  register long stack asm("x1") = 0;
  register long parent_tid asm("x2") = 0;
  register long tls asm("x3") = 0;
  register long child_tid asm("x4") = 0;
  asm volatile("svc #0"
               : "+r"(first)
               : "r"(number), "r"(stack), "r"(parent_tid), "r"(tls), "r"(child_tid)
               : "memory");
  result = first;
#endif
  return result;
}

inline void close_from(unsigned first) {
#ifdef SYS_close_range
  if (syscall(SYS_close_range, first, ~0U, 0) == 0) return;
#endif
  for (unsigned fd = first; fd < 1024; ++fd) close(static_cast<int>(fd));
}

// The first bytes of a file, NUL-terminated; -1 when it cannot be read.
inline long read_start(const char* path, char* into, size_t most) {
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return -1;
  const long size = read(fd, into, most - 1);
  close(fd);
  into[size > 0 ? size : 0] = 0;
  return size;
}

inline bool write_word(const char* path, const char* text, size_t size) {
  const int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool written = write(fd, text, size) == static_cast<ssize_t>(size);
  const int error = errno;
  close(fd);
  errno = error;
  return written;
}

inline int64_t clock_ns(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

inline int64_t monotonic_ms() { return clock_ns(CLOCK_MONOTONIC) / 1'000'000; }

// Decimal digits of `value` before `end`; returns where they begin.
inline char* digits_before(char* end, uint64_t value) {
  do {
    *--end = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value != 0);
  return end;
}

}  // namespace lazaret::shim
