"""What is used up is frozen, and a person is asked: yes goes on, no stops.

And agents that stand and fall together."""
import os
import signal

from fleet import Story, agent, alive, main, task

IDLE = ["/usr/bin/python3", "-c", "import time; time.sleep(1000)"]
BUSY = ["/usr/bin/python3", "-c", "while True: pass"]


class Budgets(Story):
    def spend(self, name, **amounts):
        return self.fleet.call("POST", f"/api/v1/agents/{name}/spend", amounts)

    def question(self):
        waits = [a for a in self.fleet.get("/api/v1/approvals?open=true")["approvals"]
                 if a["kind"] == "budget"]
        return waits[0] if waits else None

    def answer(self, verb):
        waits = self.fleet.until(self.question, "the question")
        self.fleet.cli("inbox", verb, waits["id"], "--reason", "seen")
        return waits

    def test_tokens_freeze_ask_and_go_on(self):
        cell = self.fleet.write_cell([agent("a", IDLE, budget={"tokens": 1000})])
        self.fleet.start(cell)
        first = self.fleet.until_running("a")
        self.fleet.cli("agent", "spend", "a", "--tokens", "1000", "--usd", "0.25")
        self.fleet.until(lambda: self.fleet.agent("a")["frozen"], "the freeze")
        shown = self.fleet.agent("a")["spend"]
        self.assertEqual((shown["spent"]["tokens"], shown["spent"]["usd"], shown["caps"]["tokens"]),
                         (1000, 0.25, 1000))
        why = self.fleet.cli("why", "a").stdout
        self.assertIn("a budget is used up (tokens)", why)
        self.assertIn("lazaret.budget", why)
        self.fleet.kill_daemon()
        self.assertTrue(self.fleet.agent("a")["frozen"])
        waits = self.answer("approve")
        self.assertIn("1000 tokens more for agent a?", waits["question"])
        self.fleet.until(lambda: not self.fleet.agent("a")["frozen"], "the thaw")
        after = self.fleet.agent("a")
        self.assertEqual((after["pid"], after["spend"]["caps"]["tokens"]), (first["pid"], 2000))
        status, metrics = self.fleet.call("GET", "/metrics")
        self.assertIn('kind="tokens",agent="a"} 1000', metrics)

    def test_no_stops_the_agent(self):
        cell = self.fleet.write_cell([agent("a", IDLE, budget={"usd": 1.5})])
        self.fleet.start(cell)
        pid = self.fleet.until_running("a")["pid"]
        self.spend("a", usd=1.5)
        self.answer("deny")
        self.fleet.until(lambda: not alive(pid), "its end")
        self.assertFalse(self.fleet.agent("a")["wanted"])

    def test_what_would_pass_the_mission_s_cap_is_not_set_aside(self):
        cell = self.fleet.write_cell([agent("a", IDLE), agent("b", IDLE)],
                                     cell={"lazaret": {"budget": {"tokens": 100}}})
        self.fleet.start(cell)
        self.fleet.until_running("a")
        self.fleet.until_running("b")
        status, kept = self.spend("a", tokens=80, reserve=True)
        self.assertEqual((status, kept["reserved"]["tokens"]), (200, 80))
        status, refused = self.spend("b", tokens=30, reserve=True)
        self.assertEqual((status, refused["type"]), (409, "urn:lazaret:needs_person"))
        self.fleet.until(lambda: self.fleet.agent("a")["frozen"], "all to be frozen")
        self.answer("approve")
        self.fleet.until(lambda: not self.fleet.agent("a")["frozen"], "the thaw")
        status, settled = self.spend("a", tokens=10, reservation=kept["reservation"])
        self.assertEqual((settled["spent"]["tokens"], settled["reserved"]["tokens"]), (10, 0))
        self.assertEqual(self.fleet.get(f"/api/v1/cells/{cell}")["spend"]["spent"]["tokens"], 10)

    def test_cpu_time_is_sampled_and_wall_time_rings(self):
        cell = self.fleet.write_cell([agent("busy", BUSY, budget={"cpu_seconds": 0.5}),
                                      agent("long", IDLE, budget={"wall_seconds": 0.5})])
        self.fleet.start(cell)
        for name, kind in (("busy", "cpu"), ("long", "wall")):
            self.fleet.until(lambda n=name: self.fleet.agent(n)["frozen"], f"{name} to be frozen")
            reached = self.fleet.facts(kind="budget_reached", agent=name)
            self.assertEqual([one["body"]["kind"] for one in reached], [kind])

    def test_the_start_too_many_is_asked_about(self):
        cell = self.fleet.write_cell([agent("a", IDLE, budget={"spawns": 1})])
        self.fleet.start(cell)
        os.kill(self.fleet.until_running("a")["pid"], signal.SIGKILL)
        self.fleet.until(self.question, "the question")
        self.assertEqual(self.fleet.agent("a")["incarnation"], 1)
        self.answer("approve")
        self.fleet.until_running("a", after=1)

    def test_a_task_that_costs_too_much_fails_on_no(self):
        cell = self.fleet.write_cell(
            [agent("a", IDLE)], [task("t", assigned_to="a", lazaret={"budget": {"tokens": 5}})])
        self.fleet.start(cell)
        self.fleet.until_running("a")
        self.fleet.call("POST", "/api/v1/next-work?agent=a", {})
        self.spend("a", tokens=5)
        self.answer("deny")
        self.fleet.until(
            lambda: self.fleet.get(f"/api/v1/cells/{cell}/tasks/t")["status"] == "failed", "its end")

    def test_a_budget_that_is_none_is_named_with_its_place(self):
        cell = self.fleet.write_cell([agent("a", IDLE)])
        file = self.fleet.missions / cell / "agents" / "a.json"
        wrong = file.read_text().replace('"lazaret": {', '"lazaret": {"budget": {"tokens": -1},')
        file.write_text(wrong)
        lint = self.fleet.cli("cell", "lint", str(self.fleet.missions / cell), check=False)
        self.assertIn("/lazaret/budget/tokens", lint.stdout + lint.stderr)

    def test_one_for_all_restarts_all_and_uses_up_one_try(self):
        cell = self.fleet.write_cell([agent(name, IDLE) for name in ("a", "b", "c")],
                                     cell={"lazaret": {"strategy": "one_for_all"}})
        self.fleet.start(cell)
        pids = {name: self.fleet.until_running(name)["pid"] for name in ("a", "b", "c")}
        os.kill(pids["b"], signal.SIGKILL)
        for name in pids:
            self.fleet.until_running(name, after=1)
        self.assertEqual([self.fleet.agent(n)["tries"] for n in ("a", "b", "c")], [0, 1, 0])
        stopping = self.fleet.facts(kind="agent_stopping", agent="a")
        self.assertIn("strategy one_for_all", stopping[0]["body"]["reason"])

    def test_the_fleet_switch(self):
        cell = self.fleet.write_cell([agent("a", IDLE)])
        self.fleet.start(cell)
        self.fleet.until_running("a")
        self.fleet.cli("freeze", "--all", "--reason", "looking into it")
        self.assertTrue(self.fleet.agent("a")["frozen"])
        self.fleet.cli("resume", "--all")
        self.assertFalse(self.fleet.agent("a")["frozen"])


if __name__ == "__main__":
    main()
