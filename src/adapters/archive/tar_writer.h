// Writes a backup: a tar archive whose last entries are its hash list (manifest.json) and that
// list's own hash. It becomes visible, mode 0600, when it is whole and on the disk.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "adapters/archive/tar_format.h"

namespace lazaret::archive {

struct Written {
  std::string name;
  std::uint64_t size = 0;
  std::string sha256;  // hex
};

class TarWriter {
 public:
  // Errors: conflict where the file is there; unavailable.
  static Result<TarWriter> create(const std::string& path);
  TarWriter(TarWriter&& other) noexcept;
  TarWriter& operator=(TarWriter&&) = delete;
  ~TarWriter();  // what was not finished is removed

  // As much as the open file has now; what it loses meanwhile is written as zeroes. Errors:
  // too_large and invalid_input (no regular file): nothing was written; unavailable.
  Result<void> add_file(const std::string& name, int fd);
  Result<void> add_text(const std::string& name, std::string_view text);
  Result<void> add_directory(const std::string& name, std::uint32_t mode);
  Result<void> add_link(const std::string& name, const std::string& target);

  const std::vector<Written>& written() const { return written_; }
  std::uint64_t bytes() const { return bytes_; }
  Result<void> finish();

 private:
  TarWriter(std::string path, std::string partial, int fd)
      : path_(std::move(path)), partial_(std::move(partial)), fd_(fd) {}
  Result<void> put(std::string_view bytes);
  Result<void> begin(const Entry& entry);
  Result<void> pad(std::uint64_t size);

  std::string path_;
  std::string partial_;
  int fd_ = -1;
  std::uint64_t bytes_ = 0;
  std::vector<Written> written_;
};

}  // namespace lazaret::archive
