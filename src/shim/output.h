// What the agent prints: one pipe for stdout and stderr, written to its log, turned over by size.
// The agent is never made to wait for a disk: what cannot be written is dropped, and its lines
// counted. Only for a reader who holds the oldest log (records.h) is it made to wait.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace lazaret::shim {

class Output {
 public:
  // One pipe for all incarnations; false: errno says why.
  bool open_pipe();
  // For the next incarnation. A log that cannot be opened drops lines, it does not hinder the
  // start.
  void begin(const char* log_file, int64_t bytes_most, uint32_t kept);
  // Takes what is in the pipe, at most one buffer of it; false: it is empty.
  bool take();
  // The log is full, and a reader holds the one that would be dropped for the next: take() no more.
  bool is_held() const;
  // Everything that is left; the log then ends with a newline.
  void finish();

  int read_end() const { return read_; }
  int write_end() const { return write_; }
  // Since begin(), with the newline that ends an unfinished last line.
  uint64_t bytes() const { return bytes_; }

 private:
  void open_log();
  void put(const char* text, size_t size);
  void write_out(const char* text, size_t size);
  void turn_over();
  bool tell_loss();

  int read_ = -1;
  int write_ = -1;
  int log_ = -1;
  int64_t size_ = 0;  // of the log file
  int64_t bytes_most_ = 0;
  uint32_t kept_ = 0;
  uint64_t bytes_ = 0;
  uint64_t lost_lines_ = 0;
  bool line_lost_ = false;  // the beginning of a line whose end has not come yet
  bool line_open_ = false;  // the last byte in the log was no newline
  char path_[1024] = {};
};

}  // namespace lazaret::shim
