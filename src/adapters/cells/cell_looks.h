// ports::CellFiles on a thread of its own, one look after the other.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>

#include "adapters/cells/write_worker.h"
#include "ports/cell_files.h"

namespace lazaret::cells {

inline constexpr std::size_t looks_most = 32;  // that wait; more are refused with too_many

class CellLooks final : public ports::CellFiles {
 public:
  explicit CellLooks(boost::asio::io_context& io);
  ~CellLooks() override;  // nobody is answered after it
  void list_artifacts(const std::string& cell, Listed done) override;
  void read_artifact(const std::string& cell, const std::string& path, Read done) override;
  void measure(const std::string& cell, Measured done) override;

 private:
  // `look` on the thread, then what it returned to `done` on the loop's.
  template <class T>
  void run(std::function<Result<T>()> look, std::function<void(Result<T>)> done);

  boost::asio::io_context& io_;
  std::shared_ptr<std::size_t> waiting_ = std::make_shared<std::size_t>(0);  // the loop's
  std::unique_ptr<WriteWorker> worker_;
};

}  // namespace lazaret::cells
