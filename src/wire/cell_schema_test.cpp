// The JSON Schemas that we ship and the reader that we run must accept the same files: on the
// corpus beside the schemas, and on every single-value mutation of its good files.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "wire/cell_parts.h"
#include "wire/json_patch.h"

namespace lazaret::wire {
namespace {

namespace fs = std::filesystem;

const fs::path schemas = fs::path(__FILE__).parent_path().parent_path().parent_path() / "schemas";
constexpr const char* kinds[] = {"cell", "agent", "task", "isolation", "policies", "permissions"};

std::string read_text(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<Problem> problems_of(const std::string& kind, const std::string& text) {
  std::vector<Problem> problems;
  const auto document = read_json(text);
  if (!document) return {{kind, 1, 1, "", "no JSON", "JSON", Severity::error}};
  const Findings findings{problems, kind, document->source};
  if (document->root.kind != JsonKind::object) {
    findings.error({}, "", "something else", "an object");
    return problems;
  }
  core::CellDefinition cell;
  core::AgentDefinition agent;
  core::FileRuntime runtime;
  core::TaskDefinition task;
  std::string status;
  if (kind == "cell") parts::read_mission(findings, document->root, cell);
  if (kind == "agent") parts::read_agent(findings, document->root, agent, runtime);
  if (kind == "task") parts::read_task(findings, document->root, "", task, status);
  if (kind == "isolation") parts::read_isolation(findings, document->root, cell);
  if (kind == "policies") parts::read_policies(findings, document->root, cell);
  if (kind == "permissions") parts::read_permissions(findings, document->root, cell);
  return problems;
}

bool accepted(const std::string& kind, const std::string& text) {
  return !has_errors(problems_of(kind, text));
}

std::vector<fs::path> corpus(const std::string& kind, const char* verdict) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(schemas / "corpus" / kind / verdict)) {
    files.push_back(entry.path());
  }
  return files;
}

TEST(CellSchema, TheReaderJudgesTheCorpusAsItIsSorted) {
  for (const char* kind : kinds) {
    EXPECT_FALSE(corpus(kind, "good").empty());
    EXPECT_FALSE(corpus(kind, "bad").empty());
    for (const auto& file : corpus(kind, "good")) {
      for (const Problem& problem : problems_of(kind, read_text(file))) {
        ADD_FAILURE() << file << ": " << to_text(problem);
      }
    }
    for (const auto& file : corpus(kind, "bad")) {
      EXPECT_FALSE(accepted(kind, read_text(file))) << file;
    }
  }
}

void spans_of(const JsonValue& value, std::vector<JsonSpan>& out) {
  out.push_back(value.span);
  for (const JsonMember& member : value.members) spans_of(member.value, out);
  for (const JsonValue& item : value.items) spans_of(item, out);
}

void add_case(std::string& lines, const std::string& kind, const std::string& text) {
  lines += "{\"kind\": \"" + kind +
           "\", \"accepted\": " + (accepted(kind, text) ? "true" : "false") +
           ", \"text\": " + wire::quoted(text) + "}\n";
}

TEST(CellSchema, SchemaAndReaderAgreeOnTheCorpusAndItsMutations) {
  if (std::system("/usr/bin/python3 -c 'import jsonschema' 2>/dev/null") != 0) {
    GTEST_SKIP() << "python3-jsonschema is not installed";
  }
  std::string lines;
  for (const char* kind : kinds) {
    for (const auto& file : corpus(kind, "bad")) add_case(lines, kind, read_text(file));
    for (const auto& file : corpus(kind, "good")) {
      const std::string text = read_text(file);
      add_case(lines, kind, text);
      std::vector<JsonSpan> spans;
      spans_of(read_json(text)->root, spans);
      for (const JsonSpan& span : spans) {
        for (const char* value :
             {"null", "true", "0", "-1", "1.5", "1e0", "1e300", "\"\"", "\"x\"", "\"../x\"",
              "\"*\"", "[]", "[\"x\"]", "[0]", "{}", "{\"x\": {}}"}) {
          std::string mutant = text;
          add_case(lines, kind, mutant.replace(span.begin, span.end - span.begin, value));
        }
      }
    }
  }
  const fs::path cases =
      fs::path(testing::TempDir()) / ("lazaret-schema-cases-" + std::to_string(getpid()));
  std::ofstream(cases, std::ios::binary) << lines;
  const std::string command =
      "/usr/bin/python3 " + (schemas / "check.py").string() + " < " + cases.string() + " 2>&1";
  FILE* checker = popen(command.c_str(), "r");
  ASSERT_NE(checker, nullptr);
  std::string output;
  char buffer[4096];
  while (const std::size_t got = fread(buffer, 1, sizeof buffer, checker))
    output.append(buffer, got);
  EXPECT_EQ(pclose(checker), 0) << output;
  fs::remove(cases);
}

}  // namespace
}  // namespace lazaret::wire
