// What is written is read back, and what is damaged is found.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "adapters/archive/tar_reader.h"
#include "adapters/archive/tar_writer.h"

namespace lazaret::archive {
namespace {

namespace fs = std::filesystem;

class Archive : public ::testing::Test {
 protected:
  void SetUp() override {
    dir_ = ::testing::TempDir() + "lazaret-archive-" + std::to_string(::getpid()) + "-" +
           ::testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::create_directories(dir_);
    file_ = dir_ + "/a.tar";
  }
  void TearDown() override { fs::remove_all(dir_); }

  Result<void> add(TarWriter& tar, const std::string& name, const std::string& text) {
    const std::string source = dir_ + "/source";
    std::ofstream(source) << text;
    const int fd = ::open(source.c_str(), O_RDONLY);
    auto added = tar.add_file(name, fd);
    ::close(fd);
    return added;
  }
  void make(const std::string& name = "state/x") {
    auto tar = TarWriter::create(file_);
    ASSERT_TRUE(tar);
    ASSERT_TRUE(add(*tar, name, std::string(1000, 'x')));
    ASSERT_TRUE(tar->add_directory("missions/a", 0755));
    ASSERT_TRUE(tar->add_link("missions/a/l", "../../etc/passwd"));
    ASSERT_TRUE(tar->add_text("t", "text"));
    ASSERT_TRUE(tar->finish());
  }
  std::string bytes() {
    std::ifstream in(file_, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void set_bytes(const std::string& text) {
    std::ofstream(file_, std::ios::binary | std::ios::trunc) << text;
  }
  // To its end; how many entries, or the error.
  Result<std::size_t> read() {
    auto tar = TarReader::open(file_);
    if (!tar) return std::unexpected(tar.error());
    for (std::size_t count = 0;; ++count) {
      const auto entry = tar->next();
      if (!entry) return std::unexpected(entry.error());
      if (!*entry) return count;
    }
  }
  std::string dir_;
  std::string file_;
};

TEST_F(Archive, IsReadBackAndByTarToo) {
  const std::string long_name = "missions/" + std::string(120, 'd') + "/" + std::string(150, 'f');
  make(long_name);
  auto tar = TarReader::open(file_);
  ASSERT_TRUE(tar);
  auto entry = tar->next();
  ASSERT_TRUE(entry && *entry) << entry.error().message;
  EXPECT_EQ((*entry)->name, long_name);
  EXPECT_EQ(*tar->read_all(1000), std::string(1000, 'x'));
  EXPECT_EQ((*tar->next())->kind, EntryKind::directory);
  entry = tar->next();
  EXPECT_EQ((*entry)->target, "../../etc/passwd");
  EXPECT_EQ((*tar->next())->name, "t");
  EXPECT_EQ(*tar->read_all(4), "text");
  EXPECT_FALSE(*tar->next());
  const std::string listed = "tar tf " + file_ + " | grep -q " + std::string(150, 'f');
  EXPECT_EQ(std::system(listed.c_str()), 0);
  EXPECT_EQ(fs::status(file_).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(Archive, AFileThatIsThereStaysAndNothingHalfIsLeft) {
  set_bytes("mine");
  const auto tar = TarWriter::create(file_);
  ASSERT_FALSE(tar);
  EXPECT_EQ(tar.error().code, ErrorCode::conflict);
  EXPECT_EQ(bytes(), "mine");
  fs::remove(file_);
  {
    auto unfinished = TarWriter::create(file_);
    ASSERT_TRUE(unfinished->add_text("t", "text"));
  }
  EXPECT_TRUE(fs::is_empty(dir_));
}

TEST_F(Archive, EveryCutIsNoticed) {
  make();
  const std::string whole = bytes();
  ASSERT_TRUE(read());
  for (std::size_t size = 0; size + 2 * block_bytes < whole.size(); size += 101) {
    set_bytes(whole.substr(0, size));
    const auto count = read();
    ASSERT_FALSE(count) << size;
    EXPECT_NE(count.error().message.find("damaged"), std::string::npos) << count.error().message;
  }
}

TEST_F(Archive, AChangedHeaderIsNoticed) {
  make();
  const std::string whole = bytes();
  for (std::size_t at = 0; at < 350; at += 7) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    set_bytes(changed);
    EXPECT_FALSE(read()) << at;
  }
}

TEST_F(Archive, NamesThatLeadOutAreRefused) {
  for (const char* name : {"../x", "/etc/x", "a/../../x", "a//x", "./x", "."}) {
    fs::remove(file_);
    auto tar = TarWriter::create(file_);
    ASSERT_TRUE(tar->add_text(name, "text"));
    ASSERT_TRUE(tar->finish());
    const auto count = read();
    ASSERT_FALSE(count) << name;
    EXPECT_EQ(count.error().code, ErrorCode::invalid_input);
  }
}

}  // namespace
}  // namespace lazaret::archive
