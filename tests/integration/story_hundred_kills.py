"""The daemon is killed at random times while twenty agents work, some of which die by themselves; an
observer outside of Lazaret, which every incarnation tells its start and its end, judges the rest.

LAZARET_ROUNDS and LAZARET_SEED repeat a run."""
import os
import time

from fleet import agent, main
from own_daemon import OwnDaemon

ROUNDS = int(os.environ.get("LAZARET_ROUNDS", "100"))
STEADY = [f"steady{i:02}" for i in range(16)]
MORTAL = [f"mortal{i}" for i in range(4)]

# Holds a lock for as long as it lives, so that a second instance cannot hide. A mortal one dies by itself.
AGENT = r"""
import fcntl, os, random, sys, time
name, kind, book = sys.argv[1:4]
number = os.environ["LAZARET_INCARNATION"]
def tell(word):
    with open(f"{book}/{name}.told", "a") as told:
        told.write(f"{word} {number} {os.getpid()}\n")
lock = open(f"{book}/{name}.lock", "w")
try:
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
except BlockingIOError:
    tell("DOUBLE")
    sys.exit(3)
tell("start")
until = time.monotonic() + random.Random(name + number).uniform(0.05, 0.6)
line = 0
while kind == "steady" or time.monotonic() < until:
    line += 1
    print(f"{number} {line}", flush=True)
    time.sleep(0.02)
tell("end")
sys.exit(1)
"""


def identity(pid):
    with open(f"/proc/{pid}/stat") as file:
        return pid, file.read().rsplit(")", 1)[1].split()[19]


class HundredKills(OwnDaemon):
    def setUp(self):
        super().setUp()
        self.book.mkdir()
        (self.fleet.root / "agent.py").write_text(AGENT)
        print(f"seed {self.seed}, {ROUNDS} rounds", flush=True)

    def told(self, name):
        return [line.split() for line in (self.book / f"{name}.told").read_text().splitlines()]

    def test_nothing_is_lost_doubled_or_restarted(self):
        self.start_daemon()
        cell = self.fleet.write_cell(
            [agent(name, ["/usr/bin/python3", str(self.fleet.root / "agent.py"), name, name[:6],
                          str(self.book)]) for name in STEADY + MORTAL],
            cell={"max_agents": len(STEADY + MORTAL)},
            policies={"max_retries": 100000, "lazaret": {"backoff_first_seconds": 0.02, "backoff_most_seconds": 0.1}})
        self.fleet.start(cell)
        before = {name: identity(self.fleet.until_running(name)["pid"]) for name in STEADY}
        slowest = 0.0
        for _ in range(ROUNDS):
            if self.chance.random() < 0.7:  # else it is killed while it starts
                began = time.monotonic()
                self.fleet.until(self.adopted, "all agents to be taken up again")
                slowest = max(slowest, time.monotonic() - began)
            time.sleep(self.chance.uniform(0, 0.25))
            self.kill_daemon()
            self.launch_daemon()
        self.fleet.until(self.adopted, "all agents to be taken up again")
        print(f"slowest adoption {slowest:.2f} s", flush=True)
        self.judge(before)

    def adopted(self):
        if not self.answers():
            return False
        return all(self.fleet.agent(name)["process"] == "running" for name in STEADY)

    def judge(self, before):
        for name in STEADY:
            self.assertEqual(identity(self.fleet.agent(name)["pid"]), before[name], name)
            self.assertEqual([one[0] for one in self.told(name)], ["start"], name)
            self.check_log(name)
        self.fleet.call("POST", f"/api/v1/cells/{self.cell_id()}/status", {"status": "paused"})
        for name in MORTAL:
            self.fleet.until(lambda: self.fleet.agent(name)["process"] != "running", f"{name}'s end")
            self.check_mortal(name)
        started = self.fleet.facts(kind="daemon_started")
        self.assertLessEqual(len(started), ROUNDS + 1)

    def cell_id(self):
        return self.fleet.get("/api/v1/cells")["cells"][0]["cell_id"]

    def check_log(self, name):
        """No line of the times without a daemon is missing, none is there twice."""
        logs = self.fleet.missions / self.cell_id() / "logs"
        lines = (logs / f"{name}.log").read_text().split("\n")[:-1]
        self.assertEqual(lines, [f"1 {i + 1}" for i in range(len(lines))], name)

    def check_mortal(self, name):
        told = self.told(name)
        self.assertNotIn("DOUBLE", [one[0] for one in told], name)
        lives = [one[1] for one in told if one[0] == "start"]
        self.assertEqual(len(lives), len(set(lives)), f"{name}: an incarnation began twice")
        self.assertGreater(len(lives), 2, name)
        exits = [(str(fact["body"]["incarnation"]), fact["body"]["exit"]["kind"])
                 for fact in self.fleet.facts(kind="agent_exited", agent=name)]
        self.assertEqual([number for number, _ in exits if number in lives], lives,
                         f"{name}: each life has one recorded end")
        # The daemon died between its decision and the start; or the pause came before the first word.
        never = [kind for number, kind in exits[:-1] if number not in lives]
        self.assertEqual(never, ["lost"] * len(never), f"{name}: an end without a life")


if __name__ == "__main__":
    main()
