"""A disk that errs: EIO and ENOSPC at the N-th write, and at the N-th fsync, of the journal and of a cell's
files. What was acknowledged is found, the daemon and the agent live on, and it recovers by itself.

A few points by chance; LAZARET_POINTS=all takes every one, LAZARET_SEED repeats a choice."""
import time

from fleet import agent, alive, main
from injected import HOLDER, Injected, Strace, threads

WRITES = "write,pwrite64,ftruncate,openat,renameat,renameat2"
SYNCS = "fsync,fdatasync"
NOTES = 4


class FailingDisk(Injected):
    def setUp(self):
        super().setUp()
        self.cell = self.fleet.write_cell([agent("scout", ["/bin/sh", "-c", HOLDER.format(self.book)])])
        self.fleet.start(self.cell)
        self.scout = self.fleet.until_running("scout")
        self.fleet.until(self.told, "its first word")
        self.notes = []
        self.tasks = []

    def note(self):
        text = f"note {len(self.notes)} " + "x" * 500
        status, body = self.fleet.call("POST", "/api/v1/notes", {"text": text})
        self.assertIn(status, (201, 503), body)
        self.notes.append((text, status))
        return status

    def task(self):
        name = f"t{len(self.tasks)}"
        status, body = self.fleet.call("POST", f"/api/v1/cells/{self.cell}/tasks",
                                       {"tasks": [{"task_id": name, "title": "x" * 300}]})
        self.assertIn(status, (201, 503), body)
        self.tasks.append((name, status))
        return status

    def act(self):
        for _ in range(NOTES):
            self.note()
        self.task()

    def file_of_last_task(self, seconds):
        """Its write goes on after the answer; with a fault that stays it may not come at all."""
        file = self.fleet.missions / self.cell / "tasks" / f"{self.tasks[-1][0]}.json"
        end = time.monotonic() + seconds
        while self.tasks[-1][1] == 201 and not file.exists() and time.monotonic() < end:
            time.sleep(0.01)

    def found(self):
        notes = [fact["body"]["text"] for fact in self.fleet.facts(kind="note_recorded")]
        tasks = [one["task_id"]
                 for one in self.fleet.get(f"/api/v1/cells/{self.cell}/tasks?limit=1000")["tasks"]]
        return notes, tasks

    def judge(self, point):
        notes, tasks = self.found()
        for text, status in self.notes:
            self.assertLessEqual(status == 201, text in notes, f"{text[:9]} is lost: {point}")
            self.assertLessEqual(notes.count(text), 1, f"{text[:9]} is there twice: {point}")
        for name, status in self.tasks:
            self.assertLessEqual(status == 201, name in tasks, f"{name} is lost: {point}")
        self.assertEqual(self.living(), [self.scout["pid"]], point)
        self.assertEqual(self.fleet.agent("scout")["incarnation"], 1, point)

    def errs(self, calls, kinds, some):
        paths = []
        for path in ("journal.db", "journal.db-wal"):
            paths += ["-P", str(self.fleet.state / path)]
        tasks = self.fleet.missions / self.cell / "tasks"
        # The temporary files of the writes to come; their numbers grow.
        for path in (tasks, *(tasks / f".lazaret-tmp-{self.daemon.pid}-{i}" for i in range(1, 400))):
            paths += ["-P", str(path)]
        trace = Strace(threads(self.daemon.pid), "-e", f"trace={calls}", *paths)
        self.act()
        self.file_of_last_task(10)
        counts = trace.calls()
        self.assertGreater(len(counts), 1, "the journal's calls and the cell's are not the same")
        # Once, and from then on: a fault that passes, and one that stays for a while.
        points = [(name, n + 1, kind, more) for name, count in sorted(counts.items())
                  for n in range(count) for kind in kinds for more in ("", "+")]
        chosen = self.choose(points, some)
        hit = 0
        for name, n, kind, more in chosen:
            point = f"{name} {n}{more} {kind} (seed {self.seed})"
            trace = Strace(threads(self.daemon.pid), "-e", f"trace={name}", *paths,
                           "-e", f"inject={name}:error={kind}:when={n}{more}")
            self.act()
            self.file_of_last_task(1)
            hit += "(INJECTED)" in trace.detach()
            self.assertIsNone(self.daemon.poll(), f"the daemon ended: {point}")
            self.fleet.until(lambda: self.note() == 201, f"recovery: {point}")
            self.judge(point)
        print(f"{hit} of {len(chosen)} faults hit, of {len(points)}", flush=True)
        self.assertGreater(hit, len(chosen) // 3, "hardly any fault hit: nothing was tested")
        self.restart_daemon()
        self.fleet.until_running("scout")
        self.judge(f"after SIGKILL (seed {self.seed})")
        self.assertTrue(alive(self.scout["pid"]))

    def test_writes_err(self):
        self.errs(WRITES, ("EIO", "ENOSPC"), 8)

    def test_fsync_errs(self):
        self.errs(SYNCS, ("EIO", "ENOSPC"), 6)


if __name__ == "__main__":
    main()
