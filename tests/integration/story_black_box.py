"""What was recorded can be decided anew, and under other policies."""
import json
import sqlite3

from fleet import Story, agent, main


class BlackBox(Story):
    def setUp(self):
        super().setUp()
        cell = self.fleet.write_cell(
            [agent("steady", ["/bin/sleep", "1000"]), agent("faulty", ["/bin/sh", "-c", "exit 7"])],
            policies={"max_retries": 2, "lazaret": {"backoff_first_seconds": 0.01,
                                                    "backoff_most_seconds": 0.02}})
        self.fleet.start(cell)
        self.fleet.until_running("steady")
        self.fleet.until(lambda: self.fleet.agent("faulty")["process"] == "quarantined", "quarantine")
        self.fleet.kill_daemon()

    def replayed(self, *words):
        done = self.fleet.cli(*words, "--json", check=False)
        return done.returncode, json.loads(done.stdout) if done.stdout else done.stderr

    def copy_with(self, statement, *values):
        """The journal as it is now, with one thing in it changed."""
        copy = self.fleet.root / "copy.db"
        before = sqlite3.connect(self.fleet.state / "journal.db")
        after = sqlite3.connect(copy)
        before.backup(after)
        with after:
            self.assertEqual(after.execute(statement, values).rowcount, 1)
        after.close()
        before.close()
        return str(copy)

    def test_every_fact_is_decided_again_while_the_daemon_runs(self):
        status, answer = self.replayed("replay")
        self.assertEqual((status, answer["same"], answer["difference"]), (0, True, None))
        self.assertEqual(answer["from_decision"], 1)
        self.assertGreater(answer["facts"], 10)

    def test_snapshots_on_the_way_are_compared(self):
        self.fleet.down()
        status, answer = self.replayed("replay")
        self.assertEqual((status, answer["same"]), (0, True))
        self.assertEqual(answer["snapshots"], 1)

    def test_one_changed_input_is_named(self):
        exits = "SELECT min(number) FROM events WHERE kind = 'agent_exited'"
        copy = self.copy_with("UPDATE events SET body = replace(body, '\"code\":7', '\"code\":0')"
                              f" WHERE number = ({exits})")
        status, answer = self.replayed("replay", copy)
        self.assertEqual(status, 1)
        difference = answer["difference"]
        self.assertEqual(difference["event"]["kind"], "agent_exited")
        self.assertEqual(difference["recorded"]["body"]["exit"]["code"], 7)
        self.assertEqual(difference["now"]["body"]["exit"]["code"], 0)
        self.assertTrue(difference["build"])
        said = self.fleet.cli("replay", copy, check=False).stdout
        self.assertIn(f"the first difference: decision {difference['decision']}", said)

    def test_a_fact_that_is_missing_is_named(self):
        copy = self.copy_with("DELETE FROM facts WHERE kind = 'agent_quarantined'")
        status, answer = self.replayed("replay", copy)
        self.assertEqual(status, 1)
        self.assertEqual(answer["difference"]["now"]["kind"], "agent_quarantined")

    def test_another_policy_names_what_would_have_been_decided(self):
        status, answer = self.replayed("what-if", "--set", "max_retries=1")
        self.assertEqual((status, answer["same"]), (0, False))
        self.assertEqual(answer["difference"]["recorded"]["kind"], "agent_backed_off")
        self.assertEqual(answer["difference"]["now"]["kind"], "agent_quarantined")
        kinds = {kind["kind"]: kind for kind in answer["kinds"]}
        self.assertGreater(kinds["agent_starting"]["recorded"], kinds["agent_starting"]["now"])
        status, answer = self.replayed("what-if", "--set", "max_retries=2")
        self.assertTrue(answer["same"], "it was 2 already")

    def test_policies_that_there_are_not_are_refused(self):
        for change, word in (("max_retrys=1", "max_retrys"), ("max_retries=x", "0 to 1000000"),
                             ("lazaret.backoff=1", "backoff"), ("=", "--set")):
            done = self.fleet.cli("what-if", "--set", change, check=False)
            self.assertNotEqual(done.returncode, 0, change)
            self.assertIn(word, done.stderr)
        self.assertIn("/no/such/journal.db",
                      self.fleet.cli("replay", "/no/such/journal.db", check=False).stderr)


if __name__ == "__main__":
    main()
