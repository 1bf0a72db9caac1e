"""Two daemons on one state: one acts. A daemon that hangs can be ended for good."""
import os
import signal

from fleet import Story, agent, alive, main


class TwoDaemons(Story):
    def test_a_stopped_daemon_is_taken_over_and_its_agents_run_on(self):
        cell = self.fleet.write_cell([agent("worker", ["/bin/sleep", "1000"])])
        self.fleet.start(cell)
        before = self.fleet.until_running("worker")
        holder = self.fleet.daemon_pid()
        os.kill(holder, signal.SIGSTOP)
        said = self.fleet.cli("up", "--detach", "--take-over", "--port", "0")
        self.assertIn(f"process {holder}", said.stdout + said.stderr)
        self.assertNotEqual(self.fleet.daemon_pid(), holder)
        self.assertFalse(alive(holder), "the one that hung never acts again")
        after = self.fleet.until_running("worker")
        self.assertEqual((after["pid"], after["incarnation"]),
                         (before["pid"], before["incarnation"]))
        self.assertEqual(len(self.fleet.facts(kind="agent_spawned")), 1)
        self.fleet.kill_daemon()  # the new one has a keeper, which starts the third
        self.assertEqual(self.fleet.until_running("worker")["pid"], before["pid"])

    def test_taking_over_where_nobody_is_starts_a_daemon(self):
        self.fleet.down()
        said = self.fleet.cli("up", "--detach", "--take-over", "--port", "0")
        self.assertIn("no daemon held this state", said.stdout + said.stderr)
        self.assertTrue(self.fleet.daemon_pid())


if __name__ == "__main__":
    main()
