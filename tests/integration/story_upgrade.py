"""Daemons and shims of neighbouring versions work together: shims outlive daemons."""
import os
import pathlib
import signal
import sqlite3
import unittest

from fleet import LAZARET, Fleet, agent, main

SHIMS = pathlib.Path(LAZARET).resolve().parent.parent / "src" / "shim"


class NeighbouringVersions(unittest.TestCase):
    def setUp(self):
        self.fleet = Fleet()
        self.addCleanup(self.fleet.close)

    def up(self, shim):
        """The next daemon; agents that start from now on get this shim."""
        self.fleet.flags = ("--", "--shim", str(SHIMS / shim))
        self.fleet.up()

    def change_daemon(self, shim):
        self.fleet.cli("down", "--keep-agents")
        self.up(shim)

    def shim_of(self, pid):
        with open(f"/proc/{pid}/stat") as file:
            parent = file.read().rsplit(")", 1)[1].split()[1]
        return pathlib.Path(os.readlink(f"/proc/{parent}/exe")).name

    def life(self, name):
        one = self.fleet.until_running(name)
        return one["pid"], one["incarnation"]

    def kill(self, name):
        pid, incarnation = self.life(name)
        shim = self.shim_of(pid)
        os.kill(pid, signal.SIGKILL)
        one = self.fleet.until_running(name, after=incarnation)
        self.assertEqual(one["incarnation"], incarnation + 1)
        self.assertEqual(self.shim_of(one["pid"]), shim, "a revival starts no new shim")

    def neighbour(self, shim):
        self.up("lazaret-shim")
        first = self.fleet.write_cell([agent("ours", ["/bin/sleep", "1000"])])
        self.fleet.start(first)
        ours = self.life("ours")
        self.change_daemon(shim)
        self.assertEqual(self.life("ours"), ours)
        second = self.fleet.write_cell([agent("theirs", ["/bin/sleep", "1000"])])
        self.fleet.start(second)
        theirs = self.life("theirs")
        self.assertEqual(self.shim_of(theirs[0]), shim)
        self.kill("theirs")
        self.kill("ours")
        before = self.life("ours"), self.life("theirs")
        self.change_daemon("lazaret-shim")
        self.assertEqual((self.life("ours"), self.life("theirs")), before)
        self.kill("theirs")
        deaths = [f["body"]["exit"] for f in self.fleet.facts(kind="agent_exited")]
        self.assertEqual([(d["kind"], d["signal"]) for d in deaths], [("signalled", 9)] * 3)

    def test_shims_of_the_version_before(self):
        self.neighbour("lazaret-shim-before")

    def test_shims_of_the_next_version(self):
        self.neighbour("lazaret-shim-next")

    def test_a_journal_with_a_kind_that_must_not_be_skipped_is_left_alone(self):
        self.fleet.up()
        self.fleet.cli("note", "before the upgrade")
        self.fleet.down()
        journal = self.fleet.state / "journal.db"
        with sqlite3.connect(journal) as database:
            (last,) = database.execute("SELECT max(number) FROM facts").fetchone()
            database.execute("INSERT INTO facts VALUES(?,?,0,0,'agent_cloned','','','','{}')",
                             (last + 1, 10**9))
        refused = self.fleet.cli("up", "--detach", "--port", "0", check=False)
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("agent_cloned", refused.stderr)
        self.assertIn("newer build", refused.stderr)
        with sqlite3.connect(journal) as database:
            (now,) = database.execute("SELECT max(number) FROM facts").fetchone()
            database.execute("DELETE FROM facts WHERE kind = 'agent_cloned'")
        self.assertEqual(now, last + 1, "nothing was written behind it")
        self.fleet.up()


if __name__ == "__main__":
    main()
