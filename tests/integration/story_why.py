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
