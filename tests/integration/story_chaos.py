"""Seconds of chaos in a fleet that is there to be hurt: what was done, what was noticed, nothing lost."""
import json

from fleet import Story, agent, alive, main

TICK = ["/bin/sh", "-c", "while :; do echo tick; sleep 0.05; done"]
QUICK = {"max_retries": 1000, "lazaret": {"backoff_first_seconds": 0.05, "backoff_most_seconds": 0.1}}


class Chaos(Story):
    def make(self, name, agents=4):
        cell = self.fleet.write_cell([agent(f"{name}-{i}", TICK) for i in range(agents)],
                                     policies=QUICK, cell={"mission_name": name})
        self.fleet.start(cell)
        for i in range(agents):
            self.fleet.until_running(f"{name}-{i}")
        return cell

    def chaos(self, *words):
        done = self.fleet.cli("chaos", "victims", "--yes", "--every", "300ms", "--json", *words, check=False)
        return done.returncode, json.loads(done.stdout), done.stderr

    def test_seconds_of_chaos_lose_nothing(self):
        self.make("victims")
        status, receipt, said = self.chaos("--for", "5s", "--kinds", "kill,stop,daemon", "--seed", "3")
        self.assertEqual(status, 0, json.dumps(receipt, indent=1) + said)
        self.assertEqual((receipt["ok"], receipt["lost"], receipt["double"]), (True, [], []))
        done = {}
        for strike in receipt["strikes"]:
            if not strike["skipped"]:
                done.setdefault(strike["strike"], []).append(strike)
                self.assertIsNotNone(strike["noticed_seconds"], strike)
        self.assertGreaterEqual(len(done), 2, receipt["strikes"])
        self.assertGreaterEqual(receipt["deaths"], len(done.get("kill", [])))
        self.assertEqual(receipt["daemon_crashes"], len(done.get("daemon", [])))
        notes = [fact["text"] for fact in self.fleet.facts(kind="note_recorded")]
        self.assertEqual(len([note for note in notes if "chaos " in note]), len(receipt["strikes"]))
        for i in range(4):  # what was stopped was continued
            self.fleet.until(lambda: not self.fleet.agent(f"victims-{i}")["halted"], "the end of the stops")

    def test_only_what_was_named_is_hurt(self):
        self.make("victims", 2)
        self.make("others", 1)
        other = self.fleet.agent("others-0")
        status, receipt, _ = self.chaos("--for", "2s", "--kinds", "kill")
        self.assertEqual(status, 0, receipt)
        self.assertTrue(receipt["strikes"])
        self.assertTrue(all(one["agent"].startswith("victims-") for one in receipt["strikes"]))
        self.assertTrue(alive(other["pid"]))
        refused = self.fleet.cli("chaos", "victims", "--yes", "--kinds", "kill,daemon", check=False)
        self.assertEqual(refused.returncode, 5)
        self.assertIn("others-0 of another mission", refused.stderr)

    def test_it_has_to_be_asked_for(self):
        self.make("victims", 1)
        pid = self.fleet.agent("victims-0")["pid"]
        unasked = self.fleet.cli("chaos", "victims", "--for", "1s", check=False)
        self.assertEqual(unasked.returncode, 4)
        self.assertIn("--yes", unasked.stderr)
        self.assertEqual(self.fleet.cli("chaos", "nobody", "--yes", check=False).returncode, 3)
        self.assertEqual(self.fleet.cli("chaos", "victims", "--yes", "--kinds", "fire", check=False).returncode, 2)
        self.assertTrue(alive(pid))
        self.assertEqual(self.fleet.facts(kind="agent_exited"), [])

    def test_a_starved_fleet_loses_nothing(self):
        self.make("victims", 2)
        status, receipt, said = self.chaos("--for", "1s", "--kinds", "starve")
        self.assertEqual(status, 0, json.dumps(receipt, indent=1) + said)
        self.assertTrue(receipt["strikes"])
        for strike in receipt["strikes"]:
            self.assertEqual((strike["strike"], strike["skipped"], strike["agent"]), ("starve", "", ""))
        self.assertEqual((receipt["ok"], receipt["deaths"], receipt["daemon_crashes"], receipt["lost"],
                          receipt["double"], receipt["died_unasked"]), (True, 0, 0, [], [], []))
        self.assertEqual([self.fleet.agent(f"victims-{i}")["incarnation"] for i in range(2)], [1, 1])

    def test_where_nobody_runs_nobody_is_hurt(self):
        self.fleet.write_cell([agent("idle", TICK)], cell={"mission_name": "victims"})
        done = self.fleet.cli("chaos", "victims", "--yes", "--for", "1s", check=False)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn('no agent of mission "victims" runs', done.stderr)
        self.assertIn("lazaret mission start victims", done.stderr)

    def test_what_cannot_be_done_here_is_said(self):
        self.make("victims", 1)
        status, receipt, _ = self.chaos("--for", "1s", "--kinds", "clock")
        self.assertEqual(status, 0)
        self.assertTrue(receipt["strikes"])
        self.assertTrue(all("left alone" in one["skipped"] for one in receipt["strikes"]))


if __name__ == "__main__":
    main()
