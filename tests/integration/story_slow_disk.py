"""Every fsync takes 5 ms longer, while notes are recorded one after the other: a note takes that long, a
heartbeat does not. p99 of heartbeats stays within 2 ms of what it is without the delay."""
import os
import signal
import subprocess
import sys
import time

from fleet import LAZARET, Fleet, UnixConnection, main, unittest
from injected import needs_strace

DELAY = 0.005
MOST = 0.002
BEATS = 1500
ROUNDS = 6  # one quiet one is enough: a loop that waits for the disk spoils them all

# A process of its own, so that it takes no turns from who measures.
WRITER = """
import pathlib, sys, time
sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True
from fleet import Fleet
fleet = Fleet.__new__(Fleet)
fleet.state = pathlib.Path(sys.argv[2])
quickest = 1
try:
    while True:
        begin = time.monotonic()
        assert fleet.call("POST", "/api/v1/notes", {"text": "x"})[0] == 201
        if quickest == 1:
            print("begun", flush=True)
        quickest = min(quickest, time.monotonic() - begin)
except KeyboardInterrupt:
    print(quickest)
"""


class SlowDisk(unittest.TestCase):
    def start_daemon(self, delay):
        fleet = Fleet()
        self.addCleanup(fleet.close)
        slow = ["-e", f"inject=fsync,fdatasync:delay_enter={int(delay * 1e6)}"] if delay else []
        # Both runs are traced alike; only the fsyncs stop for it.
        daemon = subprocess.Popen(
            ["strace", "-f", "--seccomp-bpf", "-e", "trace=fsync,fdatasync", *slow, "-o", "/dev/null", LAZARET,
             "daemon", "--state", str(fleet.state), "--port", "0"], env=fleet.environment(),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        self.addCleanup(daemon.wait, 30)
        self.addCleanup(fleet.cli, "down", check=False)
        fleet.until(lambda: fleet.try_get("/api/v1/status"), "the daemon")
        return fleet

    def beats(self, fleet):
        """p99 and median of heartbeats while notes are written, and the quickest note."""
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, os.path.dirname(os.path.abspath(__file__)), str(fleet.state)],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        connection = UnixConnection(str((fleet.state / "run").resolve() / "api.sock"))
        self.assertEqual(writer.stdout.readline(), "begun\n")
        times = []
        for _ in range(BEATS):
            begin = time.monotonic()
            connection.request("POST", "/heartbeat/scout")
            self.assertEqual(connection.getresponse().read()[:1], b"{")
            times.append(time.monotonic() - begin)
            time.sleep(0.001)
        connection.close()
        writer.send_signal(signal.SIGINT)
        quickest = float(writer.communicate(timeout=30)[0])
        times.sort()
        return times[BEATS * 99 // 100], times[BEATS // 2], quickest

    def test_heartbeats_do_not_wait_for_the_disk(self):
        needs_strace()
        quick, slow = self.start_daemon(0), self.start_daemon(DELAY)
        outcomes = []
        for _ in range(ROUNDS):
            without, usual, _ = self.beats(quick)
            delayed, median, note = self.beats(slow)
            self.assertGreaterEqual(note, DELAY, "no fsync was delayed: nothing is tested")
            outcomes.append(max(delayed - without, median - usual))
            print(f"p99 of a heartbeat: {without * 1e3:.2f} ms, with {DELAY * 1e3:.0f} ms more for each "
                  f"fsync {delayed * 1e3:.2f} ms; quickest note {note * 1e3:.1f} ms", flush=True)
            if outcomes[-1] < MOST:
                return
        self.fail(f"heartbeats wait for the disk: {outcomes}")


if __name__ == "__main__":
    main()
