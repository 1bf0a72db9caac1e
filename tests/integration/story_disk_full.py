"""The disk is full: what cannot be recorded is refused with the place and a remedy, agents live on, and
when there is space again all goes on without a restart. What was acknowledged is kept."""
import ctypes
import json
import os
import pathlib
import subprocess
import unittest

from fleet import Fleet, agent, alive, main

SIZE = "1m"
CLONE_NEWNS = 0x00020000
TICK = ["/bin/sh", "-c", "while :; do echo tick; sleep 0.05; done"]


class DiskFull(unittest.TestCase):
    def setUp(self):
        self.fleet = Fleet()
        self.fleet.missions = self.fleet.root / "missions"  # only the daemon's own disk gets full
        self.fleet.flags = ("--missions", str(self.fleet.missions), "--", "--stop-seconds", "3")
        self.addCleanup(self.fleet.close)
        self.fleet.state.mkdir()
        self.mount()
        self.fleet.up()
        self.acknowledged = []

    def mount(self):
        """A small file system for the state directory; the test is skipped where none can be made."""
        if os.geteuid() != 0:
            self.skipTest("mounting a small file system needs root")
        # In a mount namespace of our own: whatever becomes of us, no mount is left behind.
        if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNS) != 0:
            self.skipTest("no mount namespace: " + os.strerror(ctypes.get_errno()))
        subprocess.run(["mount", "--make-rprivate", "/"], capture_output=True)
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs",
                                  str(self.fleet.state)], capture_output=True, text=True)
        if mounted.returncode != 0:
            self.skipTest("no small file system can be mounted here: " + mounted.stderr.strip())
        # Before close(), which removes the directory: cleanups run backwards.
        self.addCleanup(subprocess.run, ["umount", "-l", str(self.fleet.state)], check=True)
        self.addCleanup(self.fleet.down)

    def note(self, text, key=None):
        head = {"Idempotency-Key": key} if key else None
        status, body = self.fleet.call("POST", "/api/v1/notes", {"text": text}, head)
        if status == 201:
            self.acknowledged.append(text)
        return status, body

    def fill(self):
        """Takes the last free page, then writes notes until one is refused."""
        self.filler = self.fleet.state / "filler"
        with open(self.filler, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"x" * 4096)
            except OSError:
                pass
        for number in range(4000):
            refused = self.note(f"{number} " + "x" * 2000)
            if refused[0] != 201:
                return refused
        self.fail("the disk does not get full")

    def make_room(self):
        self.filler.unlink()
        self.fleet.until(lambda: self.note("there is room again")[0] == 201, "recovery")

    def notes(self):
        return [fact["body"]["text"] for fact in self.fleet.facts(kind="note_recorded")]

    def test_it_is_said_and_passes_without_a_restart(self):
        daemon = self.fleet.daemon_pid()
        status, body = self.fill()
        self.assertEqual(status, 503, body)
        self.assertIn("full", body["detail"])
        self.assertEqual(body["place"], str(self.fleet.state / "journal.db"))
        self.assertIn("free space", body["remedy"])
        status, body = self.note("refused at once", "key-1")
        self.assertEqual((status, body["place"]), (503, str(self.fleet.state / "journal.db")))
        for path in ("/api/v1/approvals", "/api/v1/freeze"):
            self.assertEqual(self.fleet.call("POST", path, {"question": "?"} if "app" in path else {})[0],
                             503, path)
        self.assertIn("full", self.fleet.get("/api/v1/status")["trouble"])
        told = self.fleet.cli("status", "--check", check=False)
        self.assertEqual(told.returncode, 4)
        self.assertRegex(told.stdout, r"(?s)TROUBLE.*full.*journal\.db.*free space")
        told = self.fleet.cli("note", "by hand", check=False)
        self.assertEqual(told.returncode, 1)
        self.assertIn("free space", told.stderr)
        self.make_room()
        self.assertIsNone(self.fleet.get("/api/v1/status")["trouble"])
        self.assertEqual(self.note("refused at once", "key-1")[0], 201)
        self.assertEqual(self.fleet.daemon_pid(), daemon)

    def test_what_was_acknowledged_is_kept(self):
        self.fill()
        self.fleet.kill_daemon()
        self.make_room()
        for kept in (self.notes(), (self.fleet.kill_daemon(), self.notes())[1]):
            for text in self.acknowledged:
                self.assertEqual(kept.count(text), 1, text[:40])

    def test_agents_live_on(self):
        cell = self.fleet.write_cell([agent("ticker", TICK)])
        self.fleet.start(cell)
        before = self.fleet.until_running("ticker")
        self.assertEqual(self.fleet.call("POST", "/heartbeat/elsewhere")[0], 200)
        self.fill()
        log = self.fleet.missions / cell / "logs" / "ticker.log"
        size = log.stat().st_size
        self.fleet.until(lambda: log.stat().st_size > size, "the agent to go on")
        self.assertEqual(self.fleet.call("POST", "/heartbeat/elsewhere")[0], 200)
        self.assertEqual(self.fleet.call("POST", "/heartbeat/unknown")[0], 503)
        self.assertEqual(self.fleet.agent("ticker")["pid"], before["pid"])
        # Its death is noticed; the next incarnation comes when it can be recorded.
        os.kill(before["pid"], 9)
        self.fleet.until(lambda: not alive(before["pid"]), "its end")
        self.make_room()
        after = self.fleet.until_running("ticker", before["incarnation"])
        self.assertTrue(alive(after["pid"]))

    def test_down_ends_the_agents_though_nothing_can_be_recorded(self):
        cell = self.fleet.write_cell([
            agent("ticker", TICK),
            agent("deaf", ["/bin/sh", "-c", "trap '' TERM; while :; do sleep 0.05; done"])])
        self.fleet.start(cell)
        pids = [self.fleet.until_running(name)["pid"] for name in ("ticker", "deaf")]
        shims = [int(pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
                 for pid in pids]
        self.fill()
        done = self.fleet.cli("down", check=False)
        self.assertEqual((done.returncode, done.stdout), (0, "down\n"), done.stderr)
        for pid in pids + shims:
            self.assertFalse(alive(pid), pid)
        self.filler.unlink()
        self.fleet.up()  # its journal says that they ran: they are lost, or it took their end after all
        again = self.fleet.until_running("ticker")
        self.assertNotIn(again["pid"], pids)
        self.assertEqual(again["incarnation"], 2, "none was started, nor is said to have been")

    def test_a_daemon_that_cannot_begin_says_why(self):
        self.fleet.down()
        with open(self.fleet.state / "filler", "wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"x" * 4096)
            except OSError:
                pass
        done = self.fleet.cli("up", "--detach", "--port", "0", check=False)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertRegex(done.stderr, "full|No space")
        (self.fleet.state / "filler").unlink()
        self.fleet.up()
        self.assertEqual(self.note("up again")[0], 201)


    def test_chaos_fills_it_and_sees_the_trouble_come_and_go(self):
        cell = self.fleet.write_cell([agent("a", TICK)], cell={"mission_name": "victims"})
        self.fleet.start(cell)
        self.fleet.until_running("a")
        done = self.fleet.cli("chaos", "victims", "--yes", "--for", "1s", "--every", "1s", "--kinds", "disk",
                              "--json", check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        receipt = json.loads(done.stdout)
        self.assertEqual((receipt["ok"], receipt["deaths"], receipt["lost"]), (True, 0, []))
        for strike in receipt["strikes"]:
            self.assertEqual((strike["strike"], strike["skipped"]), ("disk", ""), strike)
            self.assertEqual(strike["noticed_as"], "trouble in `lazaret status`")
            self.assertGreater(strike["back_seconds"], strike["noticed_seconds"])
        self.assertFalse((self.fleet.state / "chaos.fill").exists())
        self.assertIsNone(self.fleet.get("/api/v1/status")["trouble"])


if __name__ == "__main__":
    main()
