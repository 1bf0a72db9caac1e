#include "adapters/cells/cell_looks.h"

#include <boost/asio/post.hpp>

#include "adapters/cells/inner_files.h"

namespace lazaret::cells {

CellLooks::CellLooks(boost::asio::io_context& io)
    : io_(io), worker_(std::make_unique<WriteWorker>([](const std::optional<Error>&) {})) {}

CellLooks::~CellLooks() = default;

template <class T>
void CellLooks::run(std::function<Result<T>()> look, std::function<void(Result<T>)> done) {
  if (*waiting_ >= looks_most) {
    return done(fail(ErrorCode::too_many, "too many files are being looked at", {}, "try again"));
  }
  ++*waiting_;
  worker_->submit_now({[this, alive = std::weak_ptr(waiting_), look = std::move(look), done] {
                         boost::asio::post(io_, [alive, done, got = look()]() mutable {
                           const auto waiting = alive.lock();
                           if (!waiting) return;
                           --*waiting;
                           done(std::move(got));
                         });
                         return Result<void>();
                       },
                       {},
                       {}});
}

void CellLooks::list_artifacts(const std::string& cell, Listed done) {
  run<ports::Artifacts>([cell] { return cells::list_artifacts(cell); }, std::move(done));
}

void CellLooks::read_artifact(const std::string& cell, const std::string& path, Read done) {
  run<std::string>([cell, path] { return cells::read_artifact(cell, path); }, std::move(done));
}

void CellLooks::measure(const std::string& cell, Measured done) {
  run<ports::CellUse>([cell] { return cells::measure(cell); }, std::move(done));
}

}  // namespace lazaret::cells
