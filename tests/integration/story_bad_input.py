"""Hostile and broken input: one clear error that names the place; nothing else stops, nothing is lost."""
import json
import os
import socket
import unittest

from fleet import Fleet, Story, agent, main, task


class BadInput(Story):
    def setUp(self):
        super().setUp()
        self.cell = self.fleet.write_cell([agent("good", ["/bin/sleep", "1000"])], [task("t")])
        self.fleet.start(self.cell)
        self.good = self.fleet.until_running("good")

    def tearDown(self):
        now = self.fleet.agent("good")
        self.assertEqual((now["pid"], now["incarnation"]), (self.good["pid"], self.good["incarnation"]))

    def lint(self, cell):
        done = self.fleet.cli("cell", "lint", str(self.fleet.missions / cell), check=False)
        return done.returncode, done.stdout + done.stderr

    def test_broken_json_is_named_with_line_and_column(self):
        file = self.fleet.missions / self.cell / "tasks" / "t.json"
        file.write_text('{"task_id": "t",\n  "title": oops}')
        code, text = self.lint(self.cell)
        self.assertNotEqual(code, 0)
        self.assertRegex(text, r"t\.json:2:\d+")

    def test_a_cell_that_is_named_is_linted_by_the_daemon(self):
        file = self.fleet.missions / self.cell / "tasks" / "t.json"
        file.write_text('{"task_id": "t",\n  "title": oops}')
        for name in ("story", self.cell[:8]):
            done = self.fleet.until(lambda: (d := self.fleet.cli("cell", "lint", name, check=False))
                                    and d.returncode == 1 and d, "the daemon to see the fault")
            self.assertRegex(done.stdout, r"t\.json:2:\d+")

    def test_hostile_files_stop_nothing(self):
        tasks = self.fleet.missions / self.cell / "tasks"
        (tasks / "deep.json").write_text("[" * 100_000)
        (tasks / "binary.json").write_bytes(bytes(range(256)) * 100)
        with open(tasks / "huge.json", "wb") as file:
            file.truncate(100 * 1024 * 1024)
        os.symlink("/etc/passwd", tasks / "link.json")
        code, text = self.lint(self.cell)
        self.assertNotEqual(code, 0)
        for name in ("deep.json", "binary.json", "huge.json", "link.json"):
            self.assertIn(name, text)

    def test_cycle_on_disk_is_printed(self):
        other = self.fleet.root / "cyc"
        for folder in ("agents", "tasks"):
            (other / folder).mkdir(parents=True)
        (other / "tasks" / "a.json").write_text(json.dumps(task("a", dependencies=["b"])))
        (other / "tasks" / "b.json").write_text(json.dumps(task("b", dependencies=["a"])))
        (other / "cell.json").write_text(json.dumps({
            "cell_id": "2f0c7f0e-4f3c-4d2a-9a55-0d0f8f1f7c11", "mission_name": "x",
            "created_at": "2026-01-01T00:00:00Z", "created_by": "test"}))
        done = self.fleet.cli("cell", "lint", str(other), check=False)
        self.assertIn("→", done.stdout + done.stderr)

    def test_unknown_things_are_404_and_exit_3(self):
        status, body = self.fleet.call("GET", "/api/v1/agents/nobody")
        self.assertEqual((status, body["status"]), (404, 404))
        self.assertEqual(self.fleet.cli("agent", "show", "nobody", check=False).returncode, 3)

    def test_bad_bodies_are_refused(self):
        for body in ("{", "[" * 100_000, "\x00", '{"reason": 5}', "null"):
            connection = socket.socket(socket.AF_UNIX)
            connection.connect(str((self.fleet.state / "run").resolve() / "api.sock"))
            data = body.encode()
            connection.sendall(b"POST /api/v1/agents/good/pause HTTP/1.1\r\nHost: localhost\r\n"
                               b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                               % len(data) + data)
            first = connection.recv(4096).split(b"\r\n")[0]
            self.assertRegex(first, rb"HTTP/1.1 4\d\d", body[:20])
            connection.close()

    def test_ids_with_dots_do_not_leave_the_cell(self):
        status, body = self.fleet.call("POST", f"/api/v1/cells/{self.cell}/tasks", task("../../evil"))
        self.assertIn(status, (400, 422), body)


class NoDaemonNeeded(unittest.TestCase):
    def test_port_in_use_takes_the_next_and_says_so(self):
        taken = socket.socket()
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        fleet = Fleet()
        self.addCleanup(fleet.close)
        done = fleet.cli("up", "--detach", "--port", str(port))
        said = done.stdout + done.stderr
        self.assertRegex(said, r"127\.0\.0\.1:\d+")
        self.assertNotIn(f"127.0.0.1:{port} ", said)
        taken.close()

    def test_no_daemon_says_how_to_start_one(self):
        fleet = Fleet()
        done = fleet.cli("agent", "ls", check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("lazaret up", done.stderr)


class OnTheDisk(Story):
    def troubled(self):
        return {one["directory"]: one for one in self.fleet.get("/api/v1/cells")["troubled"]}

    def test_what_is_wrong_there_is_shown_and_passes(self):
        cell = self.fleet.write_cell([agent("a", ["/bin/sleep", "1000"])])
        self.fleet.until(lambda: self.fleet.get("/api/v1/cells")["cells"], "the mission")
        self.assertEqual(self.troubled(), {})
        policies = self.fleet.missions / cell / "config" / "policies.json"
        policies.write_text("{")
        (self.fleet.missions / "half").mkdir()
        self.fleet.until(lambda: len(self.troubled()) == 2, "both")
        found = self.troubled()
        self.assertEqual({name: one["state"] for name, one in found.items()},
                         {cell: "stale", "half": "uninitialised"})
        self.assertIn("config/policies.json:1:2", found[cell]["first"])
        for words in (["status"], ["mission", "ls"]):
            said = self.fleet.cli(*words).stdout
            self.assertIn(f"{cell} is stale: config/policies.json", said)
            self.assertIn(f"lazaret cell lint {self.fleet.missions / 'half'}", said)
        told = self.fleet.cli("mission", "show", "half", check=False)
        self.assertEqual(told.returncode, 3)
        self.assertIn("is uninitialised: cell.json", told.stderr)
        policies.write_text("{}")
        (self.fleet.missions / "half").rmdir()
        self.fleet.until(lambda: not self.troubled(), "all well again")

    def test_an_error_is_told_before_a_warning(self):
        cell = self.fleet.write_cell([agent("a", ["/bin/sleep", "1000"])], policies={"backoff_first_seconds": 3})
        self.fleet.until(lambda: self.fleet.get("/api/v1/cells")["cells"], "the mission")
        (self.fleet.missions / cell / "agents" / "broken.json").write_text("{")
        self.fleet.until(lambda: self.troubled(), "the trouble")
        self.assertIn("agents/broken.json:1:2", self.troubled()[cell]["first"])


if __name__ == "__main__":
    main()
