// What agents leave below artifacts/ is shown, and leads nobody out of it.
#include "adapters/cells/inner_files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <fstream>

#include "adapters/cells/cell_looks.h"
#include "files/beneath.h"

namespace lazaret::cells {
namespace {

namespace fs = std::filesystem;

class InnerFiles : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "lazaret-inner-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    cell_ = pattern;
  }
  void TearDown() override { fs::remove_all(cell_); }
  void put(const std::string& path, const std::string& text, int age) {
    const fs::path file = cell_ / path;
    fs::create_directories(file.parent_path());
    std::ofstream(file) << text;
    fs::last_write_time(file, fs::file_time_type::clock::now() - std::chrono::seconds(age));
  }
  ErrorCode refusal(const std::string& path) {
    const auto read = read_artifact(cell_.string(), path);
    EXPECT_FALSE(read) << path;
    return read ? ErrorCode::internal : read.error().code;
  }
  fs::path cell_;
};

TEST_F(InnerFiles, TheNewestComeFirstWithTheirFolders) {
  EXPECT_TRUE(list_artifacts(cell_.string())->files.empty());
  put("artifacts/old.txt", "12345", 50);
  put("artifacts/reports/a/new.md", "1", 10);
  put("work/other", "1", 10);
  const auto found = list_artifacts(cell_.string());
  ASSERT_TRUE(found) << found.error().message;
  ASSERT_EQ(found->files.size(), 2U);
  EXPECT_EQ(found->files[0].path, "reports/a/new.md");
  EXPECT_EQ(found->files[1].path, "old.txt");
  EXPECT_EQ(found->files[1].bytes, 5U);
  EXPECT_GT(found->files[0].modified_at, found->files[1].modified_at);
  EXPECT_FALSE(found->more);
  EXPECT_EQ(read_artifact(cell_.string(), "reports/a/new.md"), "1");
}

TEST_F(InnerFiles, LinksAndOtherKindsLeadNowhere) {
  put("secret", "x", 1);
  put("artifacts/plain", "x", 1);
  fs::create_symlink("../secret", cell_ / "artifacts/link");
  fs::create_symlink("..", cell_ / "artifacts/up");
  ASSERT_EQ(mkfifo((cell_ / "artifacts/pipe").c_str(), 0600), 0);
  EXPECT_EQ(list_artifacts(cell_.string())->files.size(), 1U);
  for (const char* path : {"link", "up/secret", "../secret", "plain/../../secret", "pipe", "."}) {
    EXPECT_EQ(refusal(path), ErrorCode::invalid_input) << path;
  }
  EXPECT_EQ(refusal("/etc/passwd"), ErrorCode::invalid_input);
  EXPECT_EQ(refusal("nothing"), ErrorCode::not_found);
  fs::remove_all(cell_ / "artifacts");
  fs::create_symlink("/etc", cell_ / "artifacts");
  EXPECT_EQ(refusal("passwd"), ErrorCode::invalid_input);
  EXPECT_FALSE(list_artifacts(cell_.string()));
}

TEST_F(InnerFiles, ACellIsMeasuredWithAllThatIsInIt) {
  put("artifacts/a", std::string(100'000, 'x'), 1);
  put("work/scout/b", std::string(50'000, 'x'), 1);
  fs::create_symlink("/usr", cell_ / "work/usr");
  const auto use = measure(cell_.string());
  ASSERT_TRUE(use);
  EXPECT_EQ(use->files, 2U);
  EXPECT_GE(use->bytes, 150'000U);
  EXPECT_LT(use->bytes, 400'000U);
  EXPECT_TRUE(use->all);
  EXPECT_FALSE(measure((cell_ / "nothing").string()));
}

TEST_F(InnerFiles, ThereAreBounds) {
  for (std::size_t i = 0; i <= ports::artifacts_most; ++i) {
    put("artifacts/" + std::to_string(i), "", static_cast<int>(i));
  }
  const auto found = list_artifacts(cell_.string());
  EXPECT_EQ(found->files.size(), ports::artifacts_most);
  EXPECT_TRUE(found->more);
  EXPECT_EQ(found->files.front().path, "0");
  put("artifacts/large", "", 0);
  fs::resize_file(cell_ / "artifacts/large", ports::artifact_bytes_most + 1);
  EXPECT_EQ(refusal("large"), ErrorCode::too_large);
  std::string deep = "artifacts";
  for (int i = 0; i < 20; ++i) deep += "/d";
  put(deep + "/f", "", 0);
  Visit wish{.until = std::chrono::steady_clock::now() + std::chrono::hours(1),
             .each = [](const std::string& path, const struct stat&) { EXPECT_NE(path[0], 'd'); }};
  const files::Fd top = files::open_root((cell_ / "artifacts").string());
  EXPECT_FALSE(visit(top.get(), wish));
}

TEST_F(InnerFiles, LooksAreAnsweredOnTheLoopAndTooManyAreRefused) {
  put("artifacts/a", "hello", 1);
  boost::asio::io_context io;
  CellLooks looks(io);
  std::size_t read = 0;
  std::size_t refused = 0;
  for (std::size_t i = 0; i < looks_most + 3; ++i) {
    looks.read_artifact(cell_.string(), "a", [&](const Result<std::string>& bytes) {
      ++(bytes ? read : refused);
      if (bytes) {
        EXPECT_EQ(*bytes, "hello");
      } else {
        EXPECT_EQ(bytes.error().code, ErrorCode::too_many);
      }
    });
  }
  EXPECT_EQ(read, 0U);
  EXPECT_EQ(refused, 3U);
  const auto work = boost::asio::make_work_guard(io);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (read < looks_most && std::chrono::steady_clock::now() < end) io.run_one_for(1s);
  EXPECT_EQ(read, looks_most);
}

}  // namespace
}  // namespace lazaret::cells
