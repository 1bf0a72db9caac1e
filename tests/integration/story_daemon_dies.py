"""The daemon is killed; the agents run on and are taken up again."""
import os
import signal
import subprocess

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
