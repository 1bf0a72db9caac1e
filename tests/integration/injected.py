"""A daemon of its own, and strace to hurt it at a system call of one's choice."""
import collections
import os
import re
import signal
import subprocess
import tempfile
import unittest

from fleet import alive
from own_daemon import OwnDaemon

# How many points a test picks by chance: "all" for every one. LAZARET_SEED repeats a choice.
POINTS = os.environ.get("LAZARET_POINTS", "")
CALL = re.compile(r"^(?:(\d+) +)?(\w+)\(", re.M)

# Tells an outside book of its start, under a lock that it holds for as long as it lives.
HOLDER = ("exec 9>{0}.lock; flock -n -E 75 9; got=$?; "
          "[ $got != 75 ] || echo DOUBLE $LAZARET_INCARNATION $$ >> {0}.told; "
          "[ $got = 0 ] || exit 3; "  # 75: somebody holds it; else the injection hit flock itself
          "echo start $LAZARET_INCARNATION $$ >> {0}.told; exec sleep 1000")


def threads(pid):
    return [int(one) for one in os.listdir(f"/proc/{pid}/task")]


def needs_strace():
    """Skips the test where a program cannot be traced."""
    probe = subprocess.run(["strace", "-f", "--seccomp-bpf", "-o", "/dev/null", "true"],
                           capture_output=True, text=True)
    if probe.returncode != 0:
        raise unittest.SkipTest("strace cannot trace here: " + probe.stderr.strip())


class Strace:
    """strace on processes or threads, by their ids, until detach() or their end."""

    def __init__(self, pids, *flags):
        self.log = tempfile.NamedTemporaryFile("r", prefix="lz-strace-")
        self.pids = list(pids)
        words = ["strace", "-o", self.log.name, *flags]
        for pid in self.pids:
            words += ["-p", str(pid)]
        self.process = subprocess.Popen(words, stderr=subprocess.PIPE, text=True)
        for _ in self.pids:  # "strace: Process 7 attached"
            line = self.process.stderr.readline()
            if "attached" not in line:
                raise AssertionError("strace cannot attach: " + line.strip())

    def detach(self):
        # When what it traces dies it ends by itself; asked to meanwhile, it may wait for ever.
        dying = any(not alive(pid) for pid in self.pids)
        steps = [(3, signal.SIGINT), (5, signal.SIGKILL)] if dying else [(5, signal.SIGKILL)]
        if not dying and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        for patience, instead in steps:
            try:
                self.process.communicate(timeout=patience)
                break
            except subprocess.TimeoutExpired:
                self.process.send_signal(instead)
        self.process.wait()
        return self.log.read()

    def calls(self):
        """{name: how often the thread called it that called it most}"""
        counts = collections.Counter(found.groups() for found in CALL.finditer(self.detach()))
        most = {}
        for (_, name), count in counts.items():
            most[name] = max(count, most.get(name, 0))
        return most


class Injected(OwnDaemon):
    """One daemon, one agent `scout`, an observer outside of both."""

    def setUp(self):
        needs_strace()
        super().setUp()
        self.start_daemon()

    def restart_daemon(self):
        self.kill_daemon()
        self.start_daemon()

    def revive_daemon(self):
        """Another one, where the last one was killed."""
        if self.fleet.try_get("/api/v1/status") is None:
            self.daemon.wait(10)
            self.start_daemon()

    def choose(self, points, some):
        """`some` of the points by chance, or all of them."""
        if POINTS == "all":
            return points
        return self.chance.sample(points, min(int(POINTS or some), len(points)))

    def told(self):
        """[(word, incarnation, pid)] of the observer's book"""
        told = self.book.with_suffix(".told")
        if not told.exists():
            return []
        return [(word, int(number), int(pid))
                for word, number, pid in (line.split() for line in told.read_text().splitlines())]

    def living(self):
        return [pid for _, _, pid in self.told() if alive(pid)]
