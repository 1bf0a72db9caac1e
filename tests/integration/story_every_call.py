"""Killed at a system call: before each one of a start, the daemon or the shim dies; before each one of a
write of a cell's file and of a checkpoint's commit, the daemon does. The observer outside finds at most
one instance at any time, each incarnation begun at most once, everything that was acknowledged, and no
half-written file.

A few calls by chance; LAZARET_POINTS=all takes every one, LAZARET_SEED repeats a choice."""
import http.client
import json
import os
import pathlib
import signal

from fleet import agent, alive, main
from injected import HOLDER, POINTS, Injected, Strace, threads

UNFIT = {"exit", "exit_group", "rt_sigreturn", "restart_syscall"}


class EveryCall(Injected):
    def make_scout(self):
        command = ["/bin/sh", "-c", HOLDER.format(self.book)]
        self.cell = self.fleet.write_cell(
            [agent("scout", command)], policies={"max_retries": 100000, "lazaret": {
                "backoff_first_seconds": 0.02, "backoff_most_seconds": 0.1}})
        self.fleet.start(self.cell)
        self.fleet.until_running("scout")

    def shim(self):
        """The process above the agent's slot, by its command line."""
        for one in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = one.read_bytes().split(b"\0")
            except OSError:
                continue
            if b"shim" in words and str(self.fleet.state).encode() in b"\0".join(words):
                return int(one.parent.name)
        return None

    def ask(self, path, body=None):
        try:
            return self.fleet.call("POST", path, body)
        except (OSError, http.client.HTTPException):
            return None, None

    def stop_scout(self):
        self.fleet.until(lambda: self.ask("/api/v1/agents/scout/stop")[0] == 200, "stop")
        self.fleet.until(lambda: self.fleet.agent("scout")["process"] == "stopped", "the stop")
        self.assertEqual(self.living(), [], "stopped, and something is left")

    def start_scout(self):
        self.ask("/api/v1/agents/scout/start")
        before = self.fleet.until_running("scout")
        self.fleet.until(lambda: (before["incarnation"], before["pid"]) in
                         [one[1:] for one in self.told()], "its first word")

    def points_of(self, whom, act, *flags):
        """[(call, n)]: everything that `whom` calls during `act`, learned from one undisturbed run."""
        trace = Strace(whom, *flags)
        act()
        calls = trace.calls()
        points = [(name, n + 1) for name, count in sorted(calls.items()) for n in range(count)
                  if name not in UNFIT]
        self.assertGreater(len(points), 10)
        return points

    def judge_scout(self, point):
        """A daemon is there; the scout is wanted."""
        self.fleet.until(lambda: self.ask("/api/v1/agents/scout/start")[0] is not None, "an answer")
        # Looked at anew each time: the death of a shim may be noticed only after a first look.
        self.fleet.until(lambda: (now := self.fleet.agent("scout"))["process"] == "running"
                         and self.living() == [now["pid"]], f"one instance alone after {point}")
        told = self.told()
        self.assertNotIn("DOUBLE", [word for word, _, _ in told], point)
        begun = [number for _, number, _ in told]
        self.assertEqual(begun, sorted(set(begun)), f"an incarnation began twice: {point}")

    def kill_in_a_start(self, whom, some, flags=(), fresh_shim=False):
        """Kills `whom()` before one call of a start after the other; how many were hit."""
        self.make_scout()
        self.stop_scout()

        def from_rest():
            if fresh_shim and (shim := self.shim()):
                os.kill(shim, signal.SIGKILL)
                self.fleet.until(lambda: not alive(shim), "the shim's end")

        from_rest()
        points = self.points_of(whom(), self.start_scout, *flags)
        self.stop_scout()
        hit = 0
        # Starts differ a little: not every call that was learned is made again.
        chosen = self.choose(points, 3 * some)
        tried = 0
        for name, n in chosen:
            if hit >= some and POINTS != "all":
                break
            tried += 1
            from_rest()
            trace = Strace(whom(), *flags, "-e", f"trace={name}",
                           "-e", f"inject={name}:signal=KILL:when={n}")
            self.ask("/api/v1/agents/scout/start")
            try:
                self.fleet.until(lambda: self.daemon.poll() is not None
                                 or self.fleet.agent("scout")["process"] == "running",
                                 "an outcome", 5)
            except (AssertionError, OSError, http.client.HTTPException):
                pass
            hit += "+++ killed by SIGKILL +++" in trace.detach()
            self.revive_daemon()
            self.judge_scout(f"{name} {n} (seed {self.seed})")
            self.stop_scout()
        print(f"{hit} of {tried} kills hit, of {len(points)} calls", flush=True)
        self.assertGreaterEqual(hit, some // 2, "hardly any kill hit: nothing was tested")

    def test_the_daemon_is_killed_while_it_starts_an_agent(self):
        self.kill_in_a_start(lambda: threads(self.daemon.pid), 8)

    def test_the_shim_is_killed_while_it_starts_its_agent(self):
        self.kill_in_a_start(lambda: [self.shim()], 6)

    def test_any_of_them_is_killed_while_a_first_shim_begins(self):
        self.kill_in_a_start(lambda: [self.daemon.pid], 6, ("-f",), fresh_shim=True)

    def add_task(self, number):
        return self.ask(f"/api/v1/cells/{self.cell}/tasks",
                        {"tasks": [{"task_id": f"t{number}", "title": "x" * 300}]})[0]

    def test_an_acknowledged_task_without_a_file_gets_one_from_the_next_daemon(self):
        self.make_scout()
        directory = self.fleet.missions / self.cell
        file = directory / "tasks" / "t1.json"
        # Nothing else is left to be written, which would take the task along.
        for name, word in (("cell.json", '"active"'), ("agents/scout.json", '"incarnation": 1')):
            self.fleet.until(lambda: word in (directory / name).read_text(), f"{name} to be written")
        self.restart_daemon()  # which reads the cell as it is now: the next one finds nothing new
        self.fleet.until_running("scout")
        # The cells' files are synced with fsync, the journal with fdatasync.
        trace = Strace(threads(self.daemon.pid), "-e", "trace=fsync", "-e", "inject=fsync:error=EIO")
        self.assertEqual(self.add_task(1), 201)
        self.assertFalse(file.exists())
        self.daemon.kill()
        self.daemon.wait(10)
        trace.detach()
        self.assertFalse(file.exists())
        self.start_daemon()
        self.fleet.until(file.exists, "its file")

    def test_the_daemon_is_killed_while_it_writes_a_cells_file(self):
        self.make_scout()
        tasks = self.fleet.missions / self.cell / "tasks"

        def add(number):
            status = self.add_task(number)
            if status == 201:
                self.acknowledged[f"t{number}"] = number
                self.fleet.until(lambda: (tasks / f"t{number}.json").exists()
                                 or self.daemon.poll() is not None, "the task's file")

        self.acknowledged = {}
        points = self.points_of(threads(self.daemon.pid), lambda: add(0))
        hit = 0
        chosen = self.choose(points, 8)
        for number, (name, n) in enumerate(chosen, 1):
            trace = Strace(threads(self.daemon.pid), "-e", f"trace={name}",
                           "-e", f"inject={name}:signal=KILL:when={n}")
            add(number)
            hit += "+++ killed by SIGKILL +++" in trace.detach()
            self.revive_daemon()
            point = f"{name} {n} (seed {self.seed})"
            found = {one["task_id"] for one in
                     self.fleet.get(f"/api/v1/cells/{self.cell}/tasks?limit=1000")["tasks"]}
            self.assertLessEqual(set(self.acknowledged), found, point)
            for file in tasks.iterdir():
                if not file.name.startswith("."):
                    self.assertEqual(json.loads(file.read_text())["task_id"], file.stem, point)
        for name, number in self.acknowledged.items():
            self.fleet.until((tasks / f"{name}.json").exists,
                             f"the file of {name}, {([None] + chosen)[number]} (seed {self.seed})")
        print(f"{hit} of {len(chosen)} kills hit, of {len(points)} calls", flush=True)
        self.assertGreaterEqual(hit, len(chosen) // 4, "hardly any kill hit: nothing was tested")

    def test_the_daemon_is_killed_while_it_commits_a_checkpoint(self):
        self.make_scout()
        home = self.fleet.missions / self.cell / "checkpoints" / "scout"
        last = 0  # acknowledged

        def save(number):
            (home / "staging" / "state.json").write_text(json.dumps({"count": number, "x": "x" * 300}))
            status, _ = self.ask("/api/v1/agents/scout/checkpoints", {})
            self.fleet.until(lambda: status != 201 or self.daemon.poll() is not None
                             or count_in(home) == number, "what is shown")
            return status == 201

        def count_in(directory):
            file = directory / "state.json"
            return json.loads(file.read_text())["count"] if file.exists() else None

        points = self.points_of(threads(self.daemon.pid), lambda: self.assertTrue(save(0)))
        hit = 0
        chosen = self.choose(points, 8)
        for number, (name, n) in enumerate(chosen, 1):
            trace = Strace(threads(self.daemon.pid), "-e", f"trace={name}",
                           "-e", f"inject={name}:signal=KILL:when={n}")
            last = number if save(number) else last
            hit += "+++ killed by SIGKILL +++" in trace.detach()
            self.revive_daemon()
            point = f"{name} {n} (seed {self.seed})"
            self.fleet.until_running("scout")
            newest = self.fleet.get("/api/v1/agents/scout/checkpoints")["checkpoints"][0]
            saved = count_in(home / "generations" / newest["checkpoint"])
            self.assertGreaterEqual(saved, last, f"acknowledged and gone: {point}")
            done = self.ask("/api/v1/agents/scout/checkpoints/rehearse", {})
            self.assertEqual((done[0], done[1].get("restorable")), (200, True), f"{point}: {done}")
            last = saved
        print(f"{hit} of {len(chosen)} kills hit, of {len(points)} calls", flush=True)
        self.assertGreaterEqual(hit, len(chosen) // 4, "hardly any kill hit: nothing was tested")


if __name__ == "__main__":
    main()
