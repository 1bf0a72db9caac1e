"""Clocks that jump and a daemon that was away: nobody is judged wrongly, nobody is restarted."""
import os
import pathlib
import signal
import subprocess
import threading
import time
from datetime import datetime, timedelta, timezone

from fleet import LAZARET, agent, alive, main
from injected import HOLDER, Injected

HERE = pathlib.Path(__file__).resolve().parent
HOUR = 3600


class Clocks(Injected):
    wrapper = ()
    extra = {}

    def start_daemon(self):
        with open(self.fleet.root / "daemon.log", "a") as log:
            self.daemon = subprocess.Popen(
                [*self.wrapper, LAZARET, "daemon", "--state", str(self.fleet.state), "--missions",
                 str(self.fleet.missions), "--port", "0"],
                env={**self.fleet.environment(), **self.extra}, stdout=log, stderr=log,
                start_new_session=True)
        self.fleet.until(lambda: self.fleet.try_get("/api/v1/status"), "the daemon")

    def make_fleet(self):
        """One that runs, and one elsewhere that beats all the time, with short deadlines."""
        beating = agent("beating", [], health={"interval_seconds": 1, "timeout_seconds": 3})
        del beating["lazaret"]["run"]
        self.cell = self.fleet.write_cell(
            [agent("scout", ["/bin/sh", "-c", HOLDER.format(self.book)]), beating],
            cell={"timeout": 0})  # an hour that passed is an hour of the mission
        self.fleet.start(self.cell)
        self.scout = self.fleet.until_running("scout")
        self.silent = threading.Event()
        beats = threading.Thread(target=self.beat, daemon=True)
        beats.start()
        self.addCleanup(beats.join, 40)
        self.addCleanup(self.silent.set)
        self.fleet.until(lambda: self.health() == "healthy", "the first beat")

    def beat(self):
        while not self.silent.is_set():
            try:
                self.fleet.call("POST", "/heartbeat/beating")
            except OSError:
                pass  # no daemon just now
            time.sleep(0.05)

    def health(self):
        return self.fleet.get("/agent/beating")["status"]

    def judge(self):
        """Whoever beat all the time was never called anything but healthy; whoever ran, runs."""
        said = {fact["body"]["health"] for fact in self.fleet.facts(kind="agent_health_changed", agent="beating")}
        self.assertEqual(said, {"healthy"})
        now = self.fleet.agent("scout")
        self.assertEqual((now["pid"], now["incarnation"], now["process"]), (self.scout["pid"], 1, "running"))
        self.assertEqual(self.fleet.facts(kind="agent_exited"), [])
        self.assertEqual(self.living(), [self.scout["pid"]])

    def judge_silence(self):
        """And the deadlines hold: silence is still noticed."""
        self.silent.set()
        self.fleet.until(lambda: self.health() == "unhealthy", "silence to be noticed", 15)

    def test_a_daemon_that_was_stopped_past_every_deadline_judges_nobody(self):
        self.make_fleet()
        os.kill(self.daemon.pid, signal.SIGSTOP)
        time.sleep(5)  # longer than every deadline
        os.kill(self.daemon.pid, signal.SIGCONT)
        self.fleet.until(lambda: self.health() == "healthy", "an answer")
        time.sleep(0.5)  # what was overdue would be told by now
        self.judge()
        self.judge_silence()

    def test_the_wall_clock_jumps_an_hour_forth_and_back(self):
        library = self.fleet.root / "wall_clock.so"
        subprocess.run(["clang-19", "-shared", "-fPIC", "-O1", "-o", str(library), str(HERE / "wall_clock.c"),
                        "-ldl"], check=True)
        wrong = self.fleet.root / "wrong"
        wrong.write_text("0")
        self.extra = {"LD_PRELOAD": str(library), "WALL_CLOCK": str(wrong)}
        self.restart_daemon()
        self.make_fleet()
        for jump in (HOUR, -HOUR, 0):
            staged = wrong.with_suffix(".new")
            staged.write_text(str(jump))
            staged.rename(wrong)
            self.fleet.call("POST", "/api/v1/notes", {"text": f"jump {jump}"})
            at = datetime.fromisoformat(self.fleet.facts(kind="note_recorded")[-1]["at"].replace("Z", "+00:00"))
            away = at - datetime.now(timezone.utc) - timedelta(seconds=jump)
            self.assertLess(abs(away), timedelta(minutes=1), "the daemon's clock did not jump: nothing is tested")
            time.sleep(1.5)  # longer than the interval
            self.judge()
        self.judge_silence()

    def test_another_monotonic_clock_after_a_restart(self):
        """As after a checkpointed or migrated machine: it stands an hour later, then an hour earlier."""
        probe = subprocess.run(["unshare", "-T", "--monotonic", "60", "true"], capture_output=True, text=True)
        if probe.returncode != 0:
            self.skipTest("no time namespace here: " + probe.stderr.strip())
        self.make_fleet()
        for offset in (HOUR, -HOUR // 60, 0):
            self.wrapper = ("unshare", "-T", "--monotonic", str(offset)) if offset else ()
            self.restart_daemon()
            self.fleet.until_running("scout")
            time.sleep(1.5)
            self.judge()
        self.judge_silence()

    def test_a_second_daemon_while_the_first_is_stopped_leaves_it_the_state(self):
        """One acts: the second start refuses and names the holder, which goes on where it was."""
        self.make_fleet()
        os.kill(self.daemon.pid, signal.SIGSTOP)
        second = subprocess.run(
            [LAZARET, "daemon", "--state", str(self.fleet.state), "--missions", str(self.fleet.missions),
             "--port", "0"], env=self.fleet.environment(), capture_output=True, text=True, timeout=60)
        self.assertNotEqual(second.returncode, 0)
        self.assertIn(str(self.daemon.pid), second.stderr)
        self.assertTrue(alive(self.scout["pid"]))
        os.kill(self.daemon.pid, signal.SIGCONT)
        self.fleet.until(lambda: self.fleet.daemon_pid() == self.daemon.pid, "the first one")
        self.judge()
        self.assertEqual(len(self.fleet.facts(kind="daemon_started")), 1)


if __name__ == "__main__":
    main()
