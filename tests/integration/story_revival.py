"""An agent dies and is back, at work; a crash loop is bounded; stop means gone."""
import os
import signal

from fleet import Story, agent, alive, main

SLEEP = ["/bin/sleep", "1000"]


class Revival(Story):
    def test_killed_agent_is_back_with_the_next_incarnation(self):
        cell = self.fleet.write_cell([agent("scout", SLEEP)])
        self.fleet.start(cell)
        first = self.fleet.until_running("scout")
        os.kill(first["pid"], signal.SIGKILL)
        second = self.fleet.until_running("scout", after=first["incarnation"])
        self.assertEqual(second["incarnation"], first["incarnation"] + 1)
        self.assertFalse(alive(first["pid"]))
        exits = self.fleet.facts(kind="agent_exited", agent="scout")
        self.assertEqual(len(exits), 1)
        self.assertEqual(exits[0]["body"]["exit"]["signal"], signal.SIGKILL)

    def test_crash_loop_ends_in_quarantine_and_the_substitute_takes_over(self):
        policies = {"max_retries": 2, "substitute_agents": ["spare"],
                    "lazaret": {"backoff_first_seconds": 0.05}}
        cell = self.fleet.write_cell(
            [agent("bad", ["/bin/false"]), agent("spare", SLEEP)], policies=policies)
        self.fleet.start(cell)
        self.fleet.until(lambda: self.fleet.agent("bad")["process"] == "quarantined", "quarantine")
        self.fleet.until_running("spare")
        self.assertEqual(len(self.fleet.facts(kind="agent_exited", agent="bad")), 3)
        why = self.fleet.get("/api/v1/agents/bad/why")
        self.assertIn("max_retries", why["setting"])

    def test_stop_leaves_nothing_of_an_agent_that_hides(self):
        script = ("import os,signal,time\n"
                  "for s in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT): signal.signal(s, signal.SIG_IGN)\n"
                  "for _ in range(3):\n"
                  "    if os.fork() == 0: os.setsid()\n"
                  "open(f'pid-{os.getpid()}', 'w').close()\n"
                  "time.sleep(1000)\n")
        cell = self.fleet.write_cell([agent("hydra", ["/usr/bin/python3", "-c", script],
                                            run={"stop_grace_seconds": 0.2})])
        self.fleet.start(cell)
        self.fleet.until_running("hydra")
        work = self.fleet.missions / cell / "work" / "hydra"
        pids = self.fleet.until(
            lambda: (p := [int(f.name[4:]) for f in work.glob("pid-*")]) and len(p) == 8 and p,
            "eight processes")
        self.fleet.cli("agent", "stop", "hydra")
        self.fleet.until(lambda: self.fleet.agent("hydra")["process"] == "stopped", "the stop")
        self.assertEqual([pid for pid in pids if alive(pid)], [])

    def test_missing_interpreter_is_named(self):
        cell = self.fleet.write_cell([agent("lost", ["/no/such/interpreter", "x"])])
        self.fleet.start(cell)
        self.fleet.until(lambda: self.fleet.agent("lost")["process"] == "quarantined", "quarantine")
        self.assertIn("/no/such/interpreter", str(self.fleet.get("/api/v1/agents/lost/why")))

    def test_isolation_that_cannot_be_given_refuses_to_start(self):
        cell = self.fleet.write_cell([agent("caged", SLEEP)], cell={"isolation_level": "level_2"})
        self.fleet.start(cell)
        self.fleet.until(lambda: self.fleet.agent("caged")["process"] == "quarantined", "refusal")
        self.assertIn("level_2", str(self.fleet.get("/api/v1/agents/caged/why")))
        self.assertEqual(self.fleet.facts(kind="agent_spawned", agent="caged"), [])


if __name__ == "__main__":
    main()
