// Preloaded into a daemon: its wall clock is as many seconds wrong as the file $WALL_CLOCK says.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec* time) {
  static int (*real)(clockid_t, struct timespec*);
  if (!real) real = (int (*)(clockid_t, struct timespec*))dlsym(RTLD_NEXT, "clock_gettime");
  const int result = real(clock, time);
  if (clock != CLOCK_REALTIME || result != 0) return result;
  char text[32] = {0};
  const int fd = open(getenv("WALL_CLOCK"), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return result;
  if (read(fd, text, sizeof text - 1) > 0) time->tv_sec += atol(text);
  close(fd);
  return result;
}
