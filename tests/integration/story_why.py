"""Why is it so? The same answer from a running daemon and from its journal, for whatever is meant."""
import json
import sqlite3

from fleet import Story, agent, main, task


class Why(Story):
    def why(self, *words):
        return json.loads(self.fleet.cli("why", *words, "--json").stdout)

    def make(self):
        """first fails for good, so second never starts and the mission fails."""
        self.cell = self.fleet.write_cell(
            [agent("worker", ["/bin/sleep", "1000"])],
            [task("first", lazaret={"max_tries": 1}), task("second", dependencies=["first"])],
            cell={"mission_name": "survey"})

    def test_a_task_that_does_not_start_names_what_it_waits_for(self):
        self.make()
        self.assertEqual(self.why("second")["setting"], "status = paused")
        self.fleet.start(self.cell)
        self.fleet.until_running("worker")
        waits = self.why("second")
        self.assertEqual(waits["rule"], "it depends on first, which is pending")
        self.assertEqual((waits["what"], waits["task"]), ("task", "second"))
        self.assertEqual(self.why("first")["rule"], "nothing: worker is free and may take it")
        self.fleet.cli("agent", "pause", "worker")
        self.assertEqual(self.why("task:first")["next"], "lazaret agent resume worker")
        said = self.fleet.cli("why", "first").stdout
        for word in ("EVIDENCE", "RULE", "NEXT", "worker is paused"):
            self.assertIn(word, said)

    def test_a_mission_that_failed_says_why_also_while_the_daemon_is_down(self):
        self.make()
        self.fleet.start(self.cell)
        self.fleet.cli("task", "fail", self.cell, "first", "--reason", "no disk")
        self.fleet.until(lambda: self.fleet.get(f"/api/v1/cells/{self.cell}")["status"] == "failed",
                         "the mission to fail")
        alive = self.why("survey")
        self.assertEqual(alive["rule"], "first failed for good, and 1 tasks wait for it")
        self.assertEqual(alive["setting"], "max_tries = 1")
        self.assertIn("mission_status_changed", [line["kind"] for line in alive["evidence"]])
        self.fleet.down()
        down = self.why("survey")
        for same in ("rule", "setting", "setting_place", "next", "sentence"):
            self.assertEqual(down[same], alive[same])
        # Another journal, another answer: without the failure it waits, and nobody failed.
        journal = sqlite3.connect(self.fleet.state / "journal.db")
        with journal:
            journal.execute("DELETE FROM snapshots")
            gone = journal.execute("DELETE FROM facts WHERE kind IN ('task_failed',"
                                   " 'mission_status_changed') AND number > 2")
            self.assertGreaterEqual(gone.rowcount, 2)
        journal.close()
        without = self.why("survey")
        self.assertNotEqual(without["rule"], alive["rule"])
        self.assertNotIn("task_failed", [line["kind"] for line in without["evidence"]])
        for name in ("journal.db", "journal.db-wal", "journal.db-shm"):  # not to be replayed
            (self.fleet.state / name).unlink(missing_ok=True)

    def test_a_wake_that_was_replaced_and_an_approval_that_was_answered(self):
        cell = self.fleet.write_cell(
            [agent("turner", ["/bin/true"], run={"adapter": "turn"}),
             agent("frail", ["/bin/sh", "-c", "exit 3"], auto_revive="ask")])
        self.fleet.start(cell)
        self.fleet.cli("agent", "pause", "turner")
        self.fleet.cli("agent", "wake", "turner", "one")
        self.assertIn("is paused", self.why("w-1")["rule"])
        self.fleet.cli("agent", "wake", "turner", "two")
        one = self.why("w-1")
        self.assertEqual((one["what"], one["state"]), ("wake", "replaced"))
        self.assertTrue(one["next"].startswith("w-2 is waiting"), one)
        self.fleet.until(lambda: self.fleet.agent("frail")["process"] == "awaiting_approval", "a question")
        self.assertEqual(self.why("r-1")["setting"], "auto_revive = ask")
        self.fleet.cli("inbox", "deny", "r-1", "--reason", "enough")
        denied = self.why("r-1")
        self.assertRegex(denied["sentence"], r"^r-1 was answered no by .*: enough$")
        self.assertIn("frail is quarantined", denied["next"])
        kinds = [line["kind"] for line in denied["evidence"]]
        for kind in ("agent_exited", "approval_answered", "agent_quarantined"):
            self.assertIn(kind, kinds)
        self.assertLess(kinds.index("agent_exited"), kinds.index("approval_answered"))

    def test_a_budget_that_everything_waits_for_is_next_and_its_question_ends_with_the_mission(self):
        cell = self.fleet.write_cell(
            [agent("a", ["/bin/sleep", "1000"])], [task("work", assigned_to="a")],
            cell={"mission_name": "survey", "lazaret": {"budget": {"tokens": 100}}})
        self.fleet.start(cell)
        self.fleet.until_running("a")
        self.fleet.call("POST", "/api/v1/agents/a/spend", {"tokens": 60, "reserve": True})
        status, refused = self.fleet.call("POST", "/api/v1/agents/a/spend", {"tokens": 50, "reserve": True})
        self.assertEqual(status, 409, refused)
        called = f"mission survey ({cell[:8]})"
        (asked,) = self.fleet.get("/api/v1/approvals?open=true")["approvals"]
        self.assertEqual(asked["question"], f"100 tokens more for {called}? it has spent 0 tokens and set aside"
                         " 60 tokens of 100 tokens; no fails it")
        for what in ("a", "work", "survey"):
            why = self.why(what)
            self.assertIn(called, why["rule"], what)
            self.assertTrue(why["next"].startswith("lazaret inbox approve r-1 | deny r-1; the default answers no in"),
                            why["next"])
            ages = [line["age_seconds"] for line in why["evidence"]]
            self.assertEqual(ages, sorted(ages, reverse=True), what)
        needs = self.fleet.get(f"/api/v1/cells/{cell}")["needs"]
        self.assertTrue(needs.startswith("nothing goes on until r-1 is answered"), needs)
        self.assertIn("until r-1 is answered", self.fleet.cli("mission", "ls").stdout)
        self.fleet.call("POST", f"/api/v1/cells/{cell}/status", {"status": "failed", "reason": "enough"})
        self.assertEqual(self.fleet.get("/api/v1/approvals?open=true")["approvals"], [])
        closed = self.why("r-1")
        self.assertIn("nobody could act on the answer any more", closed["sentence"])
        self.assertIn(f"{called} is failed: enough (by ", closed["sentence"])
        self.assertIn("approval_answered", [line["kind"] for line in closed["evidence"]])
        late = self.fleet.cli("inbox", "approve", "r-1", check=False)
        self.assertNotEqual(late.returncode, 0)
        self.assertIsNone(self.fleet.get(f"/api/v1/cells/{cell}")["needs"])

    def test_who_is_quarantined_counts_also_while_a_person_is_asked(self):
        cell = self.fleet.write_cell(
            [agent("frail", ["/bin/sh", "-c", "exit 3"])],
            policies={"max_retries": 0})
        self.fleet.start(cell)
        self.fleet.until(lambda: self.fleet.get("/api/v1/status")["counts"]["quarantined"] == 1, "the quarantine")
        status = self.fleet.get("/api/v1/status")
        self.assertEqual(status["counts"]["waiting_for_you"], 1)
        self.assertIn("1 quarantined", status["sentence"])
        self.assertIn("until r-1 is answered: revive frail?", self.fleet.get(f"/api/v1/cells/{cell}")["needs"])
        self.fleet.cli("agent", "stop", "frail")
        self.assertEqual(self.fleet.get("/api/v1/status")["counts"]["waiting_for_you"], 0)

    def test_each_view_of_an_agent_has_its_own_since(self):
        self.make()
        self.fleet.start(self.cell)
        self.fleet.until_running("worker")
        running = self.fleet.agent("worker")
        self.assertEqual((running["frozen_since"], running["paused_since"]), (None, None))
        self.assertIsNotNone(running["activity_since"])
        self.assertIn("; idle for ", self.why("worker")["sentence"])
        self.fleet.cli("agent", "freeze", "worker")
        frozen = self.fleet.agent("worker")
        self.assertEqual(frozen["since"], running["since"])
        self.assertGreater(frozen["frozen_since"], running["since"])
        self.assertRegex(self.why("worker")["sentence"], r"is running for .*; frozen by \S+ for ")
        self.fleet.cli("agent", "thaw", "worker")
        self.assertIsNone(self.fleet.agent("worker")["frozen_since"])

    def test_why_nothing_ran_at_a_time_of_a_plan(self):
        cell = self.fleet.write_cell([agent("slow", ["/bin/sleep", "1000"], run={"adapter": "turn"})])
        self.fleet.start(cell)
        plan = json.loads(self.fleet.cli("--json", "plan", "add", "slow", "--oncalendar", "*:*:0/2", "--overlap",
                                         "skip", "--title", "tick").stdout)["id"]
        self.fleet.until(lambda: "still under way" in self.why(f"plan:{plan}")["sentence"], "a time that overlaps")
        past = self.fleet.get(f"/api/v1/plans/{plan}")["past"]
        skipped = next(time for time in past if self.why(f"slot:{time['slot']}")["state"] == "skipped")
        why = self.why(f"plan:{plan}")
        self.assertEqual((why["what"], why["subject"], why["agent"]), ("plan", str(plan), "slow"))
        self.assertEqual(why["setting"], "overlap = skip")
        self.assertEqual(why["setting_place"], f"lazaret plan edit {plan} --overlap")
        self.assertIn("its next time is ", why["next"])
        kinds = [line["kind"] for line in why["evidence"]]
        for kind in ("policies", "time", "plan_defined"):
            self.assertIn(kind, kinds)
        for name in (skipped["virtual_id"], f"slot:{skipped['slot']}"):
            slot = self.why(name)
            self.assertEqual((slot["what"], slot["state"]), ("slot", "skipped"))
            self.assertIn("the one before it is still under way", slot["sentence"])
            self.assertEqual(slot["setting"], "overlap = skip")
        self.fleet.cli("plan", "pause", str(plan), "--reason", "enough")
        paused = self.why(f"plan:{plan}")
        self.assertIn("is paused: enough", paused["sentence"])
        self.assertEqual(paused["next"], f"lazaret plan resume {plan}")
        self.fleet.cli("down", "--keep-agents")
        self.assertEqual(self.why(f"plan:{plan}")["sentence"], paused["sentence"])
        self.fleet.up()
        self.assertEqual(self.fleet.cli("why", "plan:99", check=False).returncode, 3)

    def test_what_is_ambiguous_or_unknown_is_said(self):
        for _ in range(2):
            self.fleet.write_cell([agent("twin", ["/bin/sleep", "9"])], [task("twin")])
        both = self.fleet.cli("why", "twin", check=False)
        self.assertEqual(both.returncode, 1)
        self.assertIn("is the id of 4 things", both.stderr)
        self.assertRegex(both.stderr, r"agent:[0-9a-f]{8}\.twin, task:")
        none = self.fleet.cli("why", "nothing", check=False)
        self.assertEqual(none.returncode, 3)

    def test_events_are_filtered_alike_with_and_without_the_daemon(self):
        self.make()
        self.fleet.start(self.cell)
        self.fleet.until_running("worker")

        def numbers(*words):
            answer = json.loads(self.fleet.cli("events", *words, "--json").stdout)
            return [event["number"] for event in answer["events"]]

        asked = (["--text", "SPAWNED AS PID"], ["--kind", "agent_spawned", "--kind", "agent_ready"],
                 ["--task", "first"], ["--agent", "worker", "--since", "1h"], ["--until", "1h"],
                 ["--since", "3", "--until", "5"], ["--cell", "survey", "--limit", "2"])
        before = [numbers(*words) for words in asked]
        self.assertEqual(len(before[0]), 1)
        self.assertGreaterEqual(len(before[1]), 2)
        self.assertGreater(len(before[3]), 2)
        self.assertEqual(before[4], [])
        self.assertEqual(before[5], [4, 5])
        self.assertEqual(len(before[6]), 2)
        self.fleet.cli("down", "--keep-agents")
        after = [numbers(*words) for words in asked[:3]]
        self.assertEqual(after, before[:3])
        self.fleet.up()


if __name__ == "__main__":
    main()
