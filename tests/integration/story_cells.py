"""Cells on disk: edited by hand while everything runs, carried to another machine, destroyed."""
import json

from fleet import Story, agent, main, task


class Cells(Story):
    def test_hand_edit_is_picked_up_and_unknown_fields_stay(self):
        cell = self.fleet.write_cell([agent("w", ["/bin/sleep", "1000"])], [task("t", note="keep me")])
        file = self.fleet.missions / cell / "tasks" / "t.json"
        content = json.loads(file.read_text())
        content["title"] = "a better title"
        file.write_text(json.dumps(content, indent=2))
        self.fleet.until(lambda: self.fleet.get(f"/api/v1/cells/{cell}/tasks/t")["title"]
                         == "a better title", "the edit")
        self.fleet.start(cell)
        status, _ = self.fleet.call("POST", f"/api/v1/cells/{cell}/tasks/t/done", {"result": ""})
        self.assertEqual(status, 200)
        self.fleet.until(lambda: json.loads(file.read_text())["status"] == "completed", "the mirror")
        self.assertEqual(json.loads(file.read_text())["note"], "keep me")

    def test_pausing_by_editing_cell_json(self):
        cell = self.fleet.write_cell([agent("w", ["/bin/sleep", "1000"])])
        self.fleet.start(cell)
        self.fleet.until_running("w")
        file = self.fleet.missions / cell / "cell.json"
        self.fleet.until(lambda: json.loads(file.read_text())["status"] == "active", "the mirror")
        content = json.loads(file.read_text())
        content["status"] = "paused"
        file.write_text(json.dumps(content, indent=2))
        self.fleet.until(lambda: self.fleet.get(f"/api/v1/cells/{cell}")["status"] == "paused", "the pause")
        self.fleet.kill_daemon()
        content["status"] = "active"
        file.write_text(json.dumps(content, indent=2))
        self.fleet.until(lambda: self.fleet.get(f"/api/v1/cells/{cell}")["status"] == "active", "the start")

    def test_edits_of_other_runtime_fields_are_requests_or_refused(self):
        cell = self.fleet.write_cell([agent("w", ["/bin/sleep", "1000"])], [task("t")])
        self.fleet.start(cell)
        self.fleet.until_running("w")
        file = self.fleet.missions / cell / "agents" / "w.json"
        content = json.loads(file.read_text())
        content["status"] = "paused"
        file.write_text(json.dumps(content, indent=2))
        self.fleet.until(lambda: self.fleet.facts(kind="agent_paused"), "the pause")
        file = self.fleet.missions / cell / "tasks" / "t.json"
        content = json.loads(file.read_text())
        content["status"] = "completed"
        file.write_text(json.dumps(content, indent=2))
        self.fleet.until(lambda: self.fleet.facts(kind="edit_refused"), "the refusal")
        self.fleet.until(lambda: json.loads(file.read_text())["status"] == "pending", "the file set right")

    def test_an_exported_mission_is_imported_as_it_was(self):
        cell = self.fleet.write_cell(
            [agent("w", ["/bin/sleep", "1000"], auto_revive="ask", limits={"memory": "512M"},
                   run={"restart": "always", "env": {"A": "b | c"}}), agent("r", ["x"], role="read")],
            [task("t", title="One | two", description="lines\nof it", assigned_to="w", timeout=77),
             task("u", dependencies=["t"], priority="high",
                  lazaret={"verify": {"command": ["/bin/true"]}, "input": {"a": [1, 2]}})],
            policies={"auto_revive": "no", "handoff_allowed": False, "max_retries": 7,
                      "lazaret": {"backoff_first_seconds": 3}},
            cell={"mission_name": "Survey of all", "timeout": 4711, "max_agents": 5})
        text = self.fleet.cli("mission", "export", cell).stdout
        made = self.fleet.cli("mission", "import", "-", "--json", text=text)
        copy = json.loads(made.stdout)["cell_id"]
        self.assertNotEqual(copy, cell)

        def whole(name):
            shown = {"cell": self.fleet.get(f"/api/v1/cells/{name}"),
                     "tasks": self.fleet.get(f"/api/v1/cells/{name}/tasks")["tasks"],
                     "agents": [a for a in self.fleet.get("/api/v1/agents")["agents"]
                                if a["cell_id"] == name],
                     "export": self.fleet.cli("mission", "export", name).stdout}
            for key in ("cell_id", "path", "since", "created_at"):
                shown["cell"].pop(key)
            for one in shown["agents"] + shown["tasks"]:
                for key in ("ref", "cell", "cell_id", "since", "activity_since", "created_at"):
                    one.pop(key, None)
            return shown

        first, second = whole(cell), whole(copy)
        for part in first:
            if part != "export":
                self.assertEqual(first[part], second[part], part)
        self.assertEqual(second["export"].count("## "), first["export"].count("## "))
        for said in ("One \\| two", '"env":{"A":"b | c"}', '"timeout":4711', '"verify"', '"ask"'):
            self.assertIn(said, second["export"])
        # What is exported once more is the same text, but for the day that it was made on.
        drop = lambda text: "\n".join(l for l in text.splitlines() if not l.startswith("Date:"))
        third = json.loads(self.fleet.cli("mission", "import", "-", "--json",
                                          text=second["export"]).stdout)["cell_id"]
        self.assertEqual(drop(self.fleet.cli("mission", "export", third).stdout), drop(second["export"]))

    def test_cell_from_elsewhere_starts_paused(self):
        cell = self.fleet.write_cell([agent("w", ["/bin/sleep", "1000"])], cell={"status": "active"})
        self.assertEqual(self.fleet.get(f"/api/v1/cells/{cell}")["status"], "paused")
        self.assertEqual(self.fleet.agent("w")["incarnation"], 0)

    def test_one_broken_cell_does_not_stop_another(self):
        good = self.fleet.write_cell([agent("fine", ["/bin/sleep", "1000"])])
        broken = self.fleet.missions / "11111111-1111-4111-8111-111111111111"
        broken.mkdir()
        (broken / "cell.json").write_text("{")
        self.fleet.start(good)
        self.fleet.until_running("fine")

    def test_destroy_removes_the_directory_and_nothing_else(self):
        doomed = self.fleet.write_cell([agent("d", ["/bin/sleep", "1000"])])
        kept = self.fleet.write_cell([agent("k", ["/bin/sleep", "1000"])])
        self.fleet.start(doomed)
        self.fleet.until_running("d")
        self.fleet.cli("mission", "destroy", doomed, "--yes")
        self.fleet.until(lambda: not (self.fleet.missions / doomed).exists(), "the directory to go")
        self.assertTrue((self.fleet.missions / kept / "cell.json").exists())
        self.assertEqual(self.fleet.call("GET", "/api/v1/agents/d")[0], 404)


if __name__ == "__main__":
    main()
