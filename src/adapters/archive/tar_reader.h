// Reads such a backup, which may be damaged or hostile.
#pragma once

#include <optional>
#include <string>

#include "adapters/archive/tar_format.h"

namespace lazaret::archive {

class TarReader {
 public:
  static Result<TarReader> open(const std::string& path);
  TarReader(TarReader&& other) noexcept;
  TarReader& operator=(TarReader&&) = delete;
  ~TarReader();

  // The next entry, its data unread; nothing at the archive's end. Errors: invalid_input, with the
  // place in the file, also for names that would lead out of where it is unpacked.
  Result<std::optional<Entry>> next();
  // Up to a piece of its data; empty at its end.
  Result<std::string> read();
  // All of it; error too_large.
  Result<std::string> read_all(std::size_t most);

 private:
  TarReader(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}
  Result<bool> read_block(Block& block);
  std::unexpected<Error> damaged(const std::string& what) const;
  std::string path_;
  int fd_ = -1;
  std::uint64_t at_ = 0;    // in the file
  std::uint64_t left_ = 0;  // of the entry's data
  std::uint64_t padding_ = 0;
};

}  // namespace lazaret::archive
