"""Agents that share a provider's account: one limit, one question, and back one after another."""
import datetime
import os
import signal
import zoneinfo

from fleet import Story, agent, main

# Works until its provider refuses: then it says so, as programs do, and fails.
WORKER = """
import pathlib, sys, time
refusal = pathlib.Path("../../refusal")
while not refusal.exists():
    time.sleep(0.02)
print(refusal.read_text(), flush=True)
sys.exit(1)
"""
# Says what it finds in its own file of words, and works or waits on.
TALKER = """
import pathlib, time
said = ""
words = pathlib.Path("../../words-" + __import__("os").environ["LAZARET_AGENT"])
while True:
    now = words.read_text() if words.exists() else ""
    if now != said:
        print(now, flush=True)
        said = now
    time.sleep(0.02)
"""
PROGRAM = ["/usr/bin/python3", "-c", WORKER]
IDLE = ["/usr/bin/python3", "-c", "import time; time.sleep(1000)"]
NAMES = [f"w{i:02}" for i in range(11)]


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


class Accounts(Story):
    def in_seconds(self, seconds):
        now = moment(self.fleet.get("/api/v1/status")["at"])
        until = now + datetime.timedelta(seconds=seconds)
        return until.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def account(self, name="team"):
        return self.fleet.get(f"/api/v1/accounts/{name}")

    def approvals(self, opened=True):
        return self.fleet.get("/api/v1/approvals" + ("?open=true" if opened else ""))["approvals"]

    def starts_after(self, number):
        return [(one["agent"], moment(one["at"]))
                for one in self.fleet.facts(kind="agent_starting", since=number)]

    def last_number(self):
        return self.fleet.facts()[-1]["number"]

    def one_mission(self, command, **cell_fields):
        own = {"account": "team", **cell_fields.pop("lazaret", {})}
        cell = self.fleet.write_cell([agent(name, command) for name in NAMES],
                                     policies={"auto_revive": "ask"},
                                     cell={"max_agents": 20, "lazaret": own, **cell_fields})
        self.fleet.start(cell)
        return cell

    def test_eleven_victims_of_one_limit_are_one_question_and_come_back_staggered(self):
        self.fleet.cli("account", "set", "team", "--stagger-seconds", "0.2")
        cell = self.one_mission(PROGRAM)
        for name in NAMES:
            self.fleet.until_running(name)
        before_it = self.last_number()
        until = self.in_seconds(600)
        refusal = self.fleet.missions / cell / "refusal"
        whole = refusal.with_suffix(".new")
        whole.write_text(f"HTTP 429: rate limit reached, resets at {until}")
        whole.rename(refusal)
        self.fleet.until(lambda: self.account()["waiting"] == 11, "all eleven to wait")
        refusal.unlink()
        number = self.last_number()
        self.assertEqual(self.account()["running"], 0)
        self.assertEqual(self.account()["limited"]["until"], until)
        waits = self.approvals()
        self.assertEqual([one["kind"] for one in waits], ["account"], "one cause, one question")
        self.assertIn("; 11 agents wait for it.", waits[0]["question"])
        self.assertIn("account team is rate limited until " + until,
                      self.fleet.cli("status").stdout)
        before = self.fleet.daemon_pid()
        self.fleet.kill_daemon()
        self.assertNotEqual(self.fleet.daemon_pid(), before)
        self.assertEqual(self.account()["waiting"], 11, "who waits is remembered")
        why = self.fleet.cli("why", NAMES[3]).stdout
        self.assertIn(f"waits: account team is rate limited until {until} (reported by w", why)
        soon = self.in_seconds(1)
        self.fleet.cli("account", "limit", "team", soon, "--reason", "it ends sooner")
        for name in NAMES:
            self.fleet.until_running(name, after=1)
        starts = self.starts_after(number)
        self.assertEqual(len(starts), 11)
        self.assertGreaterEqual(starts[0][1], moment(soon), "nobody before its end")
        for (_, one), (_, next_one) in zip(starts, starts[1:]):
            self.assertGreaterEqual((next_one - one).total_seconds(), 0.199)
        order = [one["agent"] for one in self.fleet.facts(kind="agent_awaits_account", since=before_it)]
        self.assertEqual([name for name, _ in starts], order, "who waited longest is first")
        self.assertEqual({self.fleet.agent(name)["tries"] for name in NAMES}, {0})
        self.assertEqual(self.approvals(), [], "the question closed itself")
        self.assertEqual(len(self.fleet.facts(kind="approval_opened")), 1)
        self.assertIsNone(self.account()["limited"])

    def test_one_runs_and_ten_wait_whatever_mission_they_are_of(self):
        self.fleet.cli("account", "set", "team", "--at-once", "1", "--stagger-seconds", "0")
        first = self.fleet.write_cell([agent("a", IDLE, account="team")])
        self.fleet.start(first)
        pid = self.fleet.until_running("a")["pid"]
        second = self.fleet.write_cell(
            [agent(f"b{i}", IDLE, account="team") for i in range(10)], cell={"max_agents": 20})
        self.fleet.start(second)
        self.fleet.until(lambda: self.account()["waiting"] == 10, "ten to wait")
        why = self.fleet.cli("why", "b4").stdout
        self.assertIn("waits: account team already runs 1 of 1 (a)", why)
        self.assertIn("lazaret account set team --at-once", why)
        started = self.fleet.cli("agent", "start", "b4").stdout
        self.assertIn("waits: account team already runs 1 of 1 (a)", started)
        self.assertEqual(self.fleet.agent("b4")["account"], "team")
        self.assertIsNotNone(self.fleet.agent("b4")["waits_for_account"])
        until = self.in_seconds(600)
        self.fleet.cli("agent", "activity", "a", "--rate-limited-until", until)
        (question,) = self.approvals()
        self.assertIn("; 10 agents wait for it.", question["question"])
        self.assertEqual(self.fleet.agent("a")["pid"], pid, "who runs goes on")
        os.kill(pid, signal.SIGKILL)
        self.fleet.until(lambda: self.account()["waiting"] == 11, "a to wait, too")
        listed = self.fleet.cli("account", "ls").stdout
        self.assertIn("team", listed)
        status, metrics = self.fleet.call("GET", "/metrics")
        for line in ('lazaret_account_running{account="team"} 0',
                     'lazaret_account_waiting{account="team"} 11',
                     'lazaret_account_limited{account="team"} 1',
                     'lazaret_account_at_once{account="team"} 1'):
            self.assertIn(line, metrics)
        self.fleet.cli("inbox", "approve", question["id"], "--reason", "it is back")
        self.fleet.until(lambda: self.account()["running"] == 1, "one to run")
        self.assertEqual(self.approvals(), [])
        self.fleet.cli("account", "set", "team", "--at-once", "0")
        self.fleet.until(lambda: self.account()["running"] == 11, "all to run")

    def test_running_ones_are_woken_after_the_end(self):
        cell = self.fleet.write_cell([agent("a", IDLE), agent("b", IDLE)],
                                     cell={"lazaret": {"account": "team"}})
        self.fleet.start(cell)
        for name in "ab":
            self.fleet.until_running(name)
        self.fleet.cli("account", "limit", "team", self.in_seconds(600), "--reason", "billing")
        for name in "ab":
            status, made = self.fleet.call("POST", f"/api/v1/agents/{name}/wake", {"message": "go"})
            self.assertEqual((status, made["fate"]), (202, "waiting"))
        self.assertIn("account team is rate limited", self.fleet.cli("why", made["wake"]).stdout)
        self.fleet.cli("account", "limit", "team", "null", "--reason", "paid")
        self.fleet.until(lambda: {one["fate"] for one in self.fleet.get("/api/v1/wakes")["wakes"]}
                         == {"finished"}, "both wakes to be given")
        first, second = (moment(one["at"]) for one in self.fleet.facts(kind="wake_started"))
        self.assertGreaterEqual((second - first).total_seconds(), 0.999, "one after another")

    def say(self, cell, name, words):
        file = self.fleet.missions / cell / f"words-{name}"
        whole = file.with_suffix(".new")
        whole.write_text(words)
        whole.rename(file)

    def limits_heard(self):
        return [one["agent"] for one in self.fleet.facts(kind="agent_rate_limited")
                if one["body"]["until"]]

    def test_what_a_running_program_prints_of_its_limit_is_heard(self):
        command = ["/usr/bin/python3", "-c", TALKER]
        cell = self.fleet.write_cell([agent("a", command), agent("b", command)],
                                     cell={"lazaret": {"account": "team"}})
        self.fleet.start(cell)
        pids = {name: self.fleet.until_running(name)["pid"] for name in "ab"}
        self.say(cell, "b", "I shall read how a rate limit is reached, again in 10 minutes")
        berlin = zoneinfo.ZoneInfo("Europe/Berlin")
        end = (moment(self.in_seconds(2 * 3600)).astimezone(berlin)
               .replace(minute=0, second=0, microsecond=0))
        clock = end.strftime("%I%p").lower().lstrip("0")
        self.say(cell, "a", f"5-hour limit reached, resets {clock} (Europe/Berlin)")
        limited = self.fleet.until(lambda: self.account()["limited"], "the words to be heard")
        self.assertEqual(moment(limited["until"]), end)
        self.assertEqual(limited["by"], "a")
        self.assertEqual(limited["reason"], f"5-hour limit reached, resets {clock} (Europe/Berlin)")
        self.assertEqual([one["kind"] for one in self.approvals()], ["account"])
        self.fleet.cli("account", "limit", "team", "null", "--reason", "paid")
        before = self.fleet.daemon_pid()
        self.fleet.kill_daemon()
        self.assertNotEqual(self.fleet.daemon_pid(), before)
        until = self.in_seconds(600)
        self.say(cell, "b", f"HTTP 429: rate limit exceeded, resets at {until}")
        limited = self.fleet.until(lambda: self.account()["limited"], "the other's words")
        self.assertEqual((limited["by"], limited["until"]), ("b", until))
        self.assertEqual(self.limits_heard(), ["a", "b"], "each once, and no prose")
        self.assertEqual({name: self.fleet.agent(name)["pid"] for name in "ab"}, pids)

    def test_what_is_wrong_is_named(self):
        status, problem = self.fleet.call("PATCH", "/api/v1/accounts/team", {"at_once": -1})
        self.assertEqual(status, 422, problem)
        status, problem = self.fleet.call("PATCH", "/api/v1/accounts/.team", {"at_once": 1})
        self.assertEqual(status, 422, problem)
        self.assertEqual(self.fleet.call("GET", "/api/v1/accounts/team")[0], 404)
        cell = self.fleet.write_cell([agent("a", IDLE)])
        file = self.fleet.missions / cell / "agents" / "a.json"
        file.write_text(file.read_text().replace('"lazaret": {', '"lazaret": {"account": "a b",'))
        linted = self.fleet.cli("cell", "lint", str(file.parent.parent), check=False)
        self.assertIn("/lazaret/account", linted.stdout + linted.stderr)


if __name__ == "__main__":
    main()
