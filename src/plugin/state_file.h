// The client's state beside the configuration: state.json, replaced in whole, and a lock, because
// two plugins with one state would both fire a slot.
#pragma once

#include <string>

#include "harborforge/client.h"

namespace lazaret::plugin {

class StateFile : public harborforge::StateStore {
 public:
  explicit StateFile(std::string directory) : directory_(std::move(directory)) {}
  ~StateFile() override;
  StateFile(const StateFile&) = delete;
  StateFile& operator=(const StateFile&) = delete;

  // Makes the directory (0700) where it is missing. Errors: conflict: another process holds it,
  // whose pid is in the message; unavailable.
  Result<void> lock();

  Result<std::string> load() override;
  Result<void> save(const std::string& text) override;

  static constexpr std::size_t most_bytes = std::size_t{64} << 20;

 private:
  std::string directory_;
  int lock_ = -1;
};

// A whole file; not_found where there is none.
Result<std::string> read_file(const std::string& path, std::size_t most);

}  // namespace lazaret::plugin
