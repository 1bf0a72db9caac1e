"""A pid that belongs to somebody else by now. In a pid namespace the kernel is made to give the pids of an
agent, its shim and the daemon, all killed, to innocent programs: none of these is adopted, none is hurt."""
import os
import pathlib
import signal
import subprocess
import sys
import unittest

from fleet import agent, alive, main
from injected import HOLDER, Injected

INSIDE = "LAZARET_INSIDE_PID_NAMESPACE"
LAST = pathlib.Path("/proc/sys/kernel/ns_last_pid")


class Outside(unittest.TestCase):
    def test_in_a_pid_namespace(self):
        if INSIDE in os.environ:
            self.skipTest("this is the inside")
        words = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"]
        probe = subprocess.run([*words, "test", "-w", str(LAST)], capture_output=True, text=True)
        if probe.returncode != 0:
            self.skipTest("no pid namespace of our own: " + probe.stderr.strip())
        done = subprocess.run([*words, sys.executable, "-W", "ignore", __file__, "-v"], text=True,
                              capture_output=True, timeout=150, env={**os.environ, INSIDE: "1"})
        print(done.stderr, flush=True)
        self.assertEqual(done.returncode, 0)


@unittest.skipUnless(INSIDE in os.environ, "runs inside of the namespace")
class PidReuse(Injected):
    def innocent(self, pid):
        """A program with this pid, which nobody has."""
        self.fleet.until(lambda: not pathlib.Path(f"/proc/{pid}").exists(), f"pid {pid} to be free")
        for _ in range(200):
            LAST.write_text(str(pid - 1))
            process = subprocess.Popen(["/bin/sleep", "1000"], start_new_session=True)
            self.addCleanup(process.wait)
            self.addCleanup(process.kill)
            if process.pid == pid:
                return process
        self.fail(f"the kernel does not give pid {pid}")

    def parent(self, pid):
        return int(pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])

    def end_of(self, pids):
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        for pid in pids:  # as pid 1 here, orphans are ours
            try:
                os.waitpid(pid, 0)
            except ChildProcessError:
                pass

    def test_innocent_programs_are_neither_adopted_nor_hurt(self):
        self.fleet.start(self.fleet.write_cell([agent("scout", ["/bin/sh", "-c", HOLDER.format(self.book)])]))
        first = self.fleet.until_running("scout")
        self.fleet.until(self.told, "its first word")
        shim, daemon = self.parent(first["pid"]), self.daemon.pid
        self.daemon.kill()
        self.daemon.wait()
        self.end_of([shim, first["pid"]])
        bystanders = [self.innocent(pid) for pid in (first["pid"], shim, daemon)]
        self.start_daemon()
        self.assertNotEqual(self.daemon.pid, daemon)
        second = self.fleet.until_running("scout", after=first["incarnation"])
        self.assertNotIn(second["pid"], [one.pid for one in bystanders])
        exits = [fact["body"]["exit"]["kind"] for fact in self.fleet.facts(kind="agent_exited", agent="scout")]
        self.assertEqual(exits, ["lost"])
        self.fleet.call("POST", "/api/v1/agents/scout/stop")
        self.fleet.until(lambda: not alive(second["pid"]), "its end")
        self.fleet.cli("down")
        for one in bystanders:
            self.assertIsNone(one.poll(), "a bystander was hurt")


if __name__ == "__main__":
    main()
