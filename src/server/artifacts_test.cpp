// Files that agents made reach people, and do nothing there.
#include <gtest/gtest.h>

#include "server/server_rig.h"

namespace lazaret::server {
namespace {

class TwoFiles final : public ports::CellFiles {
 public:
  void list_artifacts(const std::string& cell, Listed done) override {
    seen = cell;
    done(ports::Artifacts{{{"reports/a.html", 7, WallTime(5s)}, {"b", 1, WallTime(1s)}}, true});
  }
  void read_artifact(const std::string&, const std::string& path, Read done) override {
    seen = path;
    if (path == "none") return done(fail(ErrorCode::not_found, "cannot open"));
    done(std::string("<script>"));
  }
  void measure(const std::string&, Measured done) override { done(ports::CellUse{}); }
  std::string seen;
};

struct ArtifactRig {
  TwoFiles files;
  Rig rig{{}, [this](Services& services) { services.cell_files = &files; }};
};

TEST(Artifacts, a_list_says_which_task_named_the_file) {
  ArtifactRig it;
  it.rig.make_cell(cell_a, {"scout"});
  const std::string tasks = "/api/v1/cells/survey/tasks";
  ASSERT_EQ(it.rig
                .as_admin("POST", tasks, R"({"task_id": "t-1", "title": "x",
          "artifacts": ["artifacts/reports/a.html"]})")
                .status,
            201);
  const auto list = it.rig.as_admin("GET", "/api/v1/cells/survey/artifacts").json();
  EXPECT_EQ(boost::json::serialize(list),
            R"({"artifacts":[{"path":"reports/a.html","bytes":7,)"
            R"("modified_at":"1970-01-01T00:00:05.000Z","task_id":"t-1"},{"path":"b","bytes":1,)"
            R"("modified_at":"1970-01-01T00:00:01.000Z","task_id":null}],"more":true})");
  EXPECT_NE(it.files.seen, "");
  const std::string scout = "Authorization: Bearer " + it.rig.token(cell_a, "scout") + "\r\n";
  EXPECT_EQ(it.rig.call("GET", "/api/v1/cells/survey/artifacts", {}, scout).status, 200);
  it.rig.make_cell(cell_b, {"other"}, "elsewhere");
  EXPECT_EQ(it.rig.call("GET", "/api/v1/cells/elsewhere/artifacts", {}, scout).status, 403);
  EXPECT_EQ(it.rig.call("GET", "/api/v1/cells/survey/artifacts").status, 401);
}

TEST(Artifacts, a_page_gets_no_origin_and_reaches_nothing) {
  ArtifactRig it;
  it.rig.make_cell(cell_a, {"scout"});
  const auto get = [&](const std::string& path) {
    return it.rig.as_admin("GET", "/api/v1/cells/survey/artifacts/" + path);
  };
  const Response page = get("reports%2Fa.html");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.body, "<script>");
  EXPECT_EQ(it.files.seen, "reports/a.html");
  EXPECT_EQ(page.headers.at("content-type"), "text/html; charset=utf-8");
  EXPECT_EQ(page.headers.at("content-security-policy"),
            "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; "
            "style-src 'unsafe-inline'; img-src data:; font-src data:; frame-ancestors 'self'");
  EXPECT_EQ(page.headers.at("x-content-type-options"), "nosniff");
  EXPECT_FALSE(page.headers.contains("content-disposition"));
  EXPECT_EQ(get("a.svg").headers.at("content-type"), "image/svg+xml");

  const Response other = get("x%2Fa%22b.exe");
  EXPECT_EQ(other.headers.at("content-type"), "application/octet-stream");
  EXPECT_EQ(other.headers.at("content-disposition"), "attachment; filename=\"a_b.exe\"");
  EXPECT_EQ(get("none").status, 404);
  EXPECT_EQ(get("a/b").status, 404);  // is another address
}

TEST(Artifacts, where_there_are_no_directories_that_is_said) {
  Rig rig;
  rig.make_cell(cell_a, {"scout"});
  EXPECT_EQ(rig.as_admin("GET", "/api/v1/cells/survey/artifacts").status, 501);
}

}  // namespace
}  // namespace lazaret::server
