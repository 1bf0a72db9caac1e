#include "wire/cell_policies.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "wire/api_encode.h"
#include "wire/cell_file.h"
#include "wire/json_document.h"

namespace lazaret::wire {
namespace {

constexpr const char* id = "6f1c2a52-1111-4222-8333-444455556666";

// What is wrong in a cell with one more member in its cell.json, or with this policies.json.
std::vector<std::string> problems_of(const std::string& member, const std::string& policies) {
  CellFiles cell;
  cell.directory = fmt::format("/missions/{}", id);
  cell.files["cell.json"] =
      fmt::format(R"({{"cell_id": "{}", "mission_name": "m", "created_at": "2026-01-01T00:00:00Z",)"
                  "\n"
                  R"("created_by": "t"{}}})",
                  id, member.empty() ? "" : ",\n" + member);
  cell.files["config/policies.json"] = policies;
  std::vector<std::string> out;
  for (const Problem& one : read_cell(cell).problems) out.push_back(to_text(one));
  return out;
}

using Lines = std::vector<std::string>;

TEST(CellPolicies, AnUnknownNameIsNamedWithItsPlaceAndTheLikelyOne) {
  EXPECT_EQ(problems_of(R"("lazaret": {"checkpoint_kept": 3})", "{}"),
            Lines{"cell.json:3:13 /lazaret/checkpoint_kept: warning: found the unknown field "
                  "\"checkpoint_kept\", expected perhaps \"checkpoints_kept\""});
  EXPECT_EQ(problems_of("", "{\"lazaret\": {\n  \"stratgy\": \"one_for_all\"}}"),
            Lines{"config/policies.json:2:3 /lazaret/stratgy: warning: found the unknown field "
                  "\"stratgy\", expected perhaps \"strategy\""});
  EXPECT_EQ(problems_of("", R"({"revive_timeout_seconds": 3})"),
            Lines{"config/policies.json:1:2 /revive_timeout_seconds: warning: found the unknown "
                  "field \"revive_timeout_seconds\", expected perhaps \"revive_timeout\""});
  EXPECT_EQ(problems_of("", R"({"lazaret": {"backoff_most": 3}})"),
            Lines{"config/policies.json:1:14 /lazaret/backoff_most: warning: found the unknown "
                  "field \"backoff_most\", expected perhaps \"backoff_most_seconds\""});
}

TEST(CellPolicies, AKnownNameInThePlaceWhereItDoesNotCountIsNamed) {
  EXPECT_EQ(problems_of(R"("policies": {"max_retries": 1})", "{}"),
            Lines{"cell.json:3:14 /policies/max_retries: warning: found \"max_retries\" where it "
                  "does not count, expected it in config/policies.json"});
  EXPECT_EQ(problems_of(R"("stable_after_seconds": 1)", "{}"),
            Lines{"cell.json:3:1 /stable_after_seconds: warning: found \"stable_after_seconds\" "
                  "where it does not count, expected it in the object \"lazaret\" of "
                  "config/policies.json"});
  EXPECT_EQ(problems_of("", R"({"lazaret": {"max_retries": 3}})"),
            Lines{"config/policies.json:1:14 /lazaret/max_retries: warning: found \"max_retries\" "
                  "where it does not count, expected it in config/policies.json, outside of "
                  "\"lazaret\""});
  EXPECT_EQ(problems_of("", R"({"strategy": "one_for_all"})"),
            Lines{"config/policies.json:1:2 /strategy: warning: found \"strategy\" where it does "
                  "not count, expected it in the object \"lazaret\" of config/policies.json"});
}

TEST(CellPolicies, WhatOtherToolsPutIntoTheFilesIsTheirs) {
  EXPECT_EQ(problems_of(R"("x_tool": {"max_retries": 1})", R"({"x_tool": 1})"), Lines{});
}

// What `mission show` prints can be copied into the file.
TEST(CellPolicies, TheApiShowsTheNamesAndWordsOfTheFiles) {
  core::Policies shown;
  shown.handoff_approval = core::HandoffApproval::manual;
  const auto value = api_value(shown, {});
  EXPECT_EQ(value.at("handoff_approval"), "manual");
  EXPECT_EQ(api_value(core::Policies{}, {}).at("handoff_approval"), "auto");
  EXPECT_EQ(value.as_object().size(), 17U);
  for (const auto& [name, one] : value.as_object()) {
    const std::string member =
        fmt::format("{{\"{}\": {}}}", std::string_view(name), json_document(one));
    core::CellDefinition cell;
    const bool outer = parts::change_policies(cell, member).has_value();
    const bool own = parts::change_policies(cell, "{\"lazaret\": " + member + "}").has_value();
    EXPECT_NE(outer, own) << member;
  }
}

}  // namespace
}  // namespace lazaret::wire
