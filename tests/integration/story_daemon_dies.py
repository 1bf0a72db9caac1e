"""The daemon is killed; the agents run on and are taken up again."""
import os
import signal
import subprocess
import time

from fleet import LAZARET, Story, agent, alive, main

TICK = ["/bin/sh", "-c", "i=0; while :; do i=$((i+1)); echo line $i; /bin/sleep 0.02; done"]


class DaemonDies(Story):
    def test_agents_keep_their_pid_and_incarnation(self):
        names = [f"a{i}" for i in range(8)]
        cell = self.fleet.write_cell([agent(name, TICK) for name in names])
        self.fleet.start(cell)
        before = {name: self.fleet.until_running(name) for name in names}
        for _ in range(3):
            self.fleet.kill_daemon()
        for name in names:
            now = self.fleet.until_running(name)
            self.assertEqual((now["pid"], now["incarnation"]),
                             (before[name]["pid"], before[name]["incarnation"]))
        self.assertEqual(self.fleet.facts(kind="agent_exited"), [])
        self.assertEqual(sum(f["body"]["crashed"] for f in self.fleet.facts(kind="daemon_started")), 3)

    def test_a_mission_goes_on_however_early_the_daemon_dies(self):
        cell = self.fleet.write_cell([agent("scout", ["/bin/sleep", "1000"])])
        self.fleet.start(cell)  # cell.json still says paused: the mirror comes a moment later
        self.fleet.kill_daemon()
        self.fleet.until_running("scout")
        self.assertEqual(self.fleet.get(f"/api/v1/cells/{cell}")["status"], "active")
        self.assertEqual([f["body"]["status"] for f in self.fleet.facts(kind="mission_status_changed")],
                         ["active"])

    def test_the_address_stays_while_agents_know_it(self):
        cell = self.fleet.write_cell([agent("scout", ["/bin/sleep", "1000"])])
        self.fleet.start(cell)
        self.fleet.until_running("scout")
        before = self.fleet.get("/api/v1/status")["daemon"]["url"]
        self.fleet.kill_daemon()
        self.assertEqual(self.fleet.get("/api/v1/status")["daemon"]["url"], before)

    def test_a_death_of_the_downtime_is_delivered_once(self):
        cell = self.fleet.write_cell([agent("scout", ["/bin/sleep", "1000"])])
        self.fleet.start(cell)
        first = self.fleet.until_running("scout")
        daemon = self.fleet.daemon_pid()
        os.kill(daemon, signal.SIGSTOP)
        os.kill(first["pid"], signal.SIGKILL)
        os.kill(daemon, signal.SIGKILL)
        self.fleet.until(lambda: not alive(daemon), "the old daemon's end")
        self.fleet.until(lambda: self.fleet.try_get("/api/v1/status"), "the next daemon")
        second = self.fleet.until_running("scout", after=first["incarnation"])
        self.assertEqual(second["incarnation"], first["incarnation"] + 1)
        exits = self.fleet.facts(kind="agent_exited", agent="scout")
        self.assertEqual([e["body"]["exit"]["signal"] for e in exits], [signal.SIGKILL])

    def test_a_second_daemon_on_the_same_state_refuses_and_names_the_holder(self):
        done = subprocess.run([LAZARET, "daemon", "--state", str(self.fleet.state), "--port", "0"],
                              env=self.fleet.environment(), capture_output=True, text=True, timeout=60)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(str(self.fleet.daemon_pid()), done.stderr)

    def test_a_crash_loop_stays_bounded_and_slow_though_the_daemon_dies_in_it(self):
        note_start = ["/usr/bin/python3", "-c",
                      "import time; open('starts', 'a').write(f'{time.monotonic()}\\n'); exit(1)"]
        policies = {"max_retries": 3, "lazaret": {"backoff_first_seconds": 0.5}}
        cell = self.fleet.write_cell([agent("bad", note_start)], policies=policies)
        self.fleet.start(cell)
        # Each backoff is met by the death of the daemon: neither tries nor clock may start anew.
        for _ in range(2):
            self.fleet.until(lambda: self.fleet.agent("bad")["process"] == "backoff", "a backoff")
            self.fleet.kill_daemon()
            waits = len(self.fleet.facts(kind="agent_backed_off", agent="bad"))
            self.fleet.until(lambda n=waits: self.fleet.agent("bad")["process"] == "quarantined" or
                             len(self.fleet.facts(kind="agent_backed_off", agent="bad")) > n,
                             "what comes next")
        self.fleet.until(lambda: self.fleet.agent("bad")["process"] == "quarantined", "quarantine")
        starts = [float(line) for line in
                  (self.fleet.missions / cell / "work" / "bad" / "starts").read_text().split()]
        self.assertEqual(len(starts), 4, "the first and max_retries more")
        delays = [f["body"]["delay_seconds"] for f in
                  self.fleet.facts(kind="agent_backed_off", agent="bad")]
        # Counted from the spawn, which the program sees a moment later.
        for gap, delay in zip([b - a for a, b in zip(starts[1:], starts[2:])], delays):
            self.assertGreater(gap, delay - 0.2)

    def test_the_deadline_of_a_question_goes_on_while_no_daemon_is_there(self):
        asked = time.monotonic()
        status, body = self.fleet.call("POST", "/api/v1/approvals",
                                       {"question": "?", "deadline_seconds": 1, "default": "yes"})
        self.assertEqual(status, 201)
        self.fleet.kill_daemon()
        answer = lambda: self.fleet.get(f"/api/v1/approvals/{body['approval']}").get("answer")
        self.fleet.until(lambda: answer() == "yes", "the default")
        self.assertGreater(time.monotonic() - asked, 0.9)
        answered = self.fleet.until(lambda: self.fleet.facts(kind="approval_answered"), "its record")
        self.assertEqual([f["body"]["by"] for f in answered], ["deadline"])

    def test_no_log_line_is_lost(self):
        cell = self.fleet.write_cell([agent("ticker", TICK)])
        self.fleet.start(cell)
        self.fleet.until_running("ticker")
        log = self.fleet.missions / cell / "logs" / "ticker.log"
        self.fleet.kill_daemon()
        self.fleet.until(lambda: log.read_text().count("\n") > 60, "sixty lines")
        self.fleet.kill_daemon()
        self.fleet.until(lambda: log.read_text().count("\n") > 120, "more lines")
        lines = [line for line in log.read_text().split("\n")[:-1]]
        self.assertEqual(lines, [f"line {i + 1}" for i in range(len(lines))])


if __name__ == "__main__":
    main()
