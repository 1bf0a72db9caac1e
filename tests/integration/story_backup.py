"""One file holds the fleet: taken while it runs, verified, and brought to life elsewhere."""
import hashlib
import json
import os
import pathlib
import sqlite3
import subprocess
import tarfile

from fleet import Fleet, Story, agent, main, task


class Backup(Story):
    def setUp(self):
        super().setUp()
        self.file = str(self.fleet.root / "fleet.tar")
        self.busy = self.fleet.write_cell(
            [agent("worker", ["/bin/sh", "-c", "while :; do echo tick; sleep 0.05; done"]),
             agent("stopped", ["/bin/sleep", "1000"])],
            [task("first"), task("second", dependencies=["first"])],
            cell={"mission_name": "busy"})
        self.idle = self.fleet.write_cell([agent("sleeper", ["/bin/sleep", "1000"])],
                                          cell={"mission_name": "idle"})
        self.fleet.start(self.busy)
        self.fleet.start(self.idle)
        for name in ("worker", "stopped", "sleeper"):
            self.fleet.until_running(name)
        self.fleet.call("POST", f"/api/v1/cells/{self.busy}/tasks/first/done", {"result": "read"})
        self.fleet.until(lambda: self.state_of(self.fleet, "first") == "completed", "the first task")
        self.fleet.cli("agent", "stop", "stopped")
        self.fleet.cli("mission", "pause", "idle", "--reason", "lunch")
        work = self.fleet.missions / self.busy / "work" / "worker"
        work.mkdir(parents=True, exist_ok=True)
        (work / "notes.txt").write_text("half done\n")
        os.symlink("notes.txt", work / "latest")
        self.elsewhere = Fleet()
        self.addCleanup(self.elsewhere.close)

    def state_of(self, fleet, name):
        return fleet.get(f"/api/v1/cells/{self.busy}/tasks/{name}")["status"]

    def backup(self, *flags):
        return json.loads(self.fleet.cli("backup", self.file, *flags, "--json").stdout)

    def restore(self, *words, check=True):
        return self.elsewhere.cli("restore", *words, check=check)

    def test_a_fleet_goes_on_elsewhere_as_it_was(self):
        made = self.backup()
        self.assertEqual((made["cells"], os.stat(self.file).st_mode & 0o777), (2, 0o600))
        worker = self.fleet.agent("worker")
        said = self.restore(self.file).stdout
        self.assertIn(f"2 missions, {made['files']} files, ", said)  # as many as went into it
        there = self.elsewhere
        there.up()
        there.until_running("worker", after=worker["incarnation"])
        # The one that runs here is another one, and was left alone.
        self.assertEqual(self.fleet.agent("worker")["pid"], worker["pid"])
        self.assertNotEqual(there.agent("worker")["pid"], worker["pid"])
        cells = {cell["mission_name"]: cell["status"] for cell in there.get("/api/v1/cells")["cells"]}
        self.assertEqual(cells, {"busy": "active", "idle": "paused"})
        self.assertEqual(there.agent("stopped")["process"], "stopped")
        self.assertEqual(there.agent("sleeper")["process"], "stopped")
        self.assertEqual(self.state_of(there, "first"), "completed")
        self.assertEqual(self.state_of(there, "second"), "pending")
        self.assertIn("mission is paused by", there.cli("why", "idle").stdout)
        work = there.missions / self.busy / "work" / "worker"
        self.assertEqual((work / "latest").read_text(), "half done\n")
        self.assertEqual(os.readlink(work / "latest"), "notes.txt")
        there.cli("replay")

    def test_secrets_stay_at_home_unless_asked_for(self):
        key = json.loads(self.fleet.cli("token", "add", "ci", "--scope", "viewer", "--json").stdout)["key"]
        env = {**self.fleet.environment(), "PRECIOUS": "env-secret-4711"}
        subprocess.run([os.environ["LAZARET"], "run", "-d", "--name", "runner", "--", "/bin/sleep", "999"],
                       env=env, check=True, capture_output=True)
        journal = sqlite3.connect(f"file:{self.fleet.state}/journal.db?mode=ro", uri=True)
        secret = journal.execute("SELECT value FROM meta WHERE name = 'secret'").fetchone()[0]
        hashed = journal.execute("SELECT hash FROM keys").fetchone()[0]
        journal.close()
        left_out = self.backup()["left_out"]
        bare = pathlib.Path(self.file).read_bytes()
        for word in (secret, hashed, key, "env-secret-4711"):
            self.assertNotIn(word.encode(), bare)
        self.assertIn("state/env", " ".join(left_out))
        self.file += ".all"
        self.backup("--secrets", "--logs")
        everything = pathlib.Path(self.file).read_bytes()
        for word in (secret, hashed, "env-secret-4711", "tick\n"):
            self.assertIn(word.encode(), everything)
        self.restore(self.file)
        self.elsewhere.up()
        self.elsewhere.until_running("runner", after=1)  # with its environment, from its new place
        self.assertEqual(len(self.elsewhere.get("/api/v1/keys")["keys"]), 1)

    def test_nothing_is_replaced(self):
        self.backup()
        again = self.fleet.cli("backup", self.file, check=False)
        self.assertEqual(again.returncode, 1)
        self.assertIn("is there already", again.stderr)
        over = self.fleet.cli("restore", self.file, check=False)
        self.assertEqual(over.returncode, 1)
        self.assertIn("journal.db", over.stderr)
        missions = self.elsewhere.missions
        (missions / self.idle).mkdir(parents=True)
        beside = self.restore(self.file, check=False)
        self.assertEqual(beside.returncode, 1)
        self.assertIn(self.idle, beside.stderr)
        self.assertEqual(list((missions / self.idle).iterdir()), [])
        self.assertEqual([p.name for p in missions.iterdir()], [self.idle])

    def damaged(self, change, *named):
        data = bytearray(pathlib.Path(self.file).read_bytes())
        changed = change(data)
        bad = self.file + ".bad"
        pathlib.Path(bad).write_bytes(data if changed is None else changed)
        done = self.restore(bad, check=False)
        self.assertEqual(done.returncode, 2, done.stderr + done.stdout)
        for word in ("damaged", *named):
            self.assertIn(word, done.stderr)
        self.assertFalse((self.elsewhere.state / "journal.db").exists())

    def test_what_is_damaged_is_named_and_nothing_is_written(self):
        self.backup()
        whole = self.restore("--check", self.file)
        self.assertIn("whole: 2 missions", whole.stdout)
        self.assertFalse(self.elsewhere.state.exists())
        with tarfile.open(self.file) as tar:
            places = {one.name: one.offset_data for one in tar.getmembers()}
            manifest = json.load(tar.extractfile("manifest.json"))
            journal = tar.extractfile("state/journal.db").read()
        hashes = {one["name"]: one["sha256"] for one in manifest["files"]}
        self.assertEqual(hashes["state/journal.db"], hashlib.sha256(journal).hexdigest())
        cell = f"missions/{self.idle}/cell.json"

        def flip(at):
            def change(data):
                data[at] ^= 1
            return change

        self.damaged(flip(places["state/journal.db"] + 5000), "state/journal.db was changed")
        self.damaged(flip(places[cell] + 3), cell + " was changed")
        self.damaged(flip(places["manifest.json"] + 30), "its list of files was changed")
        self.damaged(lambda data: data[:len(data) // 2], "it ends too early", "at byte")
        other = self.restore("/bin/true", check=False)
        self.assertIn("no backup of lazaret", other.stderr)
        self.assertEqual(self.restore("/no/such/file", check=False).returncode, 3)


if __name__ == "__main__":
    main()
