#include "wire/checkpoint_manifest.h"

#include <gtest/gtest.h>

#include "wire/token.h"

namespace lazaret::wire {
namespace {

Manifest example() {
  Manifest manifest;
  manifest.agent = AgentId("writer-1");
  manifest.number = 7;
  manifest.incarnation.value = 3;
  manifest.task = TaskId("t-1");
  manifest.workspace = std::string(40, 'a');
  manifest.files = {{"artifacts/a \"quoted\" name", 3, std::string(64, '1')},
                    {"artifacts/deep/er/file", 0, std::string(64, '2')},
                    {"context.json", 12, std::string(64, '3')},
                    {"state.json", 5, std::string(64, '4')}};
  return manifest;
}

TEST(CheckpointManifest, IsReadAsItWasWritten) {
  const auto read = read_manifest(write_manifest(example()));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, example());
}

TEST(CheckpointManifest, CutAnywhereIsRefused) {
  const std::string text = write_manifest(example());
  for (std::size_t length = 0; length + 1 < text.size(); ++length) {
    EXPECT_FALSE(read_manifest(text.substr(0, length))) << length;
  }
}

TEST(CheckpointManifest, TheNameSealsEveryByte) {
  const std::string text = write_manifest(example());
  const std::string id = info_of(example(), text).id;
  EXPECT_TRUE(is_checkpoint_id(id)) << id;
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::string changed = text;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    EXPECT_NE(checkpoint_id(7, to_hex(sha256(changed))), id) << at;
  }
}

TEST(CheckpointManifest, HostilePathsAreNamed) {
  for (const char* path : {"../state.json", "artifacts/../x", "artifacts//x", "/etc/passwd",
                           "artifacts", "artifacts/", "notes.txt", "state.json/x", ""}) {
    Manifest manifest = example();
    manifest.files = {{path, 1, std::string(64, '1')}};
    const auto read = read_manifest(write_manifest(manifest));
    ASSERT_FALSE(read) << path;
    EXPECT_NE(read.error().place.find("/files/0/path"), std::string::npos) << read.error().place;
  }
  Manifest twice = example();
  twice.files[1] = twice.files[0];
  EXPECT_FALSE(read_manifest(write_manifest(twice)));
  Manifest hash = example();
  hash.files[0].sha256 = "abc";
  EXPECT_FALSE(read_manifest(write_manifest(hash)));
  EXPECT_FALSE(read_manifest("[]"));
  EXPECT_FALSE(read_manifest(R"({"format": 2, "agent_id": "a", "number": 1, "files": []})"));
}

TEST(CheckpointManifest, IdsAreStrict) {
  EXPECT_TRUE(is_checkpoint_id("000001-0123456789abcdef"));
  for (const char* text : {"", "-", "1-0123456789abcdef", "000001-0123456789abcdeg",
                           "000001-0123456789abcde", "../../x", "000001-0123456789abcdef/.."}) {
    EXPECT_FALSE(is_checkpoint_id(text)) << text;
  }
}

TEST(CheckpointManifest, SaysWhatTheContextIs) {
  const auto info = info_of(example(), write_manifest(example()));
  EXPECT_EQ(info.context_hash, std::string(64, '3'));
  EXPECT_EQ(info.bytes, 20);
  EXPECT_EQ(info.artifacts, (std::vector<std::string>{"a \"quoted\" name", "deep/er/file"}));
}

TEST(CheckpointManifest, DifferencesNameFilesThatCameWentAndChanged) {
  Manifest after = example();
  after.files.erase(after.files.begin());
  after.files[0].sha256 = std::string(64, '9');
  after.files[0].bytes = 8;
  after.files.insert(after.files.begin(), {"artifacts/aa", 2, std::string(64, '5')});
  EXPECT_EQ(
      differences(example(), after),
      (std::vector<ManifestDifference>{{"artifacts/a \"quoted\" name", FileChange::removed, 3, 0},
                                       {"artifacts/aa", FileChange::added, 0, 2},
                                       {"artifacts/deep/er/file", FileChange::changed, 0, 8}}));
  EXPECT_TRUE(differences(example(), example()).empty());
}

}  // namespace
}  // namespace lazaret::wire
