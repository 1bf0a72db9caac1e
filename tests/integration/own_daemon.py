"""A daemon without a keeper, so that whoever kills it decides when the next one comes."""
import os
import random
import subprocess
import unittest

from fleet import LAZARET, Fleet


class OwnDaemon(unittest.TestCase):
    """Chance comes from a seed; LAZARET_SEED repeats it."""

    def setUp(self):
        self.fleet = Fleet()
        self.daemon = None
        self.addCleanup(self.end)
        self.book = self.fleet.root / "book"
        self.seed = int(os.environ.get("LAZARET_SEED", "0")) or random.randrange(1, 1 << 31)
        self.chance = random.Random(self.seed)

    def end(self):
        if self.daemon and self.daemon.poll() is None:
            self.fleet.cli("down", check=False)
            self.daemon.wait(60)
        self.fleet.close()

    def answers(self):
        return self.fleet.try_get("/api/v1/status")

    def launch_daemon(self):
        """Returns at once."""
        with open(self.fleet.root / "daemon.log", "a") as log:
            self.daemon = subprocess.Popen(
                [LAZARET, "daemon", "--state", str(self.fleet.state), "--missions",
                 str(self.fleet.missions), "--port", "0"],
                env=self.fleet.environment(), stdout=log, stderr=log, start_new_session=True)

    def start_daemon(self):
        self.launch_daemon()
        self.fleet.until(self.answers, "the daemon")

    def kill_daemon(self):
        self.daemon.kill()
        self.daemon.wait()
