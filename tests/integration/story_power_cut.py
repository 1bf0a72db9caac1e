"""The power is cut. From a trace of every write, rename and fsync of a busy daemon it is worked out what a
disk that drops whatever was not fsynced would hold at any moment; a daemon on that disk must find all
that was acknowledged until then.

Some moments by chance; LAZARET_POINTS=all takes every one, LAZARET_SEED repeats a choice."""
import glob
import os
import shutil
import subprocess

from fleet import LAZARET, main
from injected import Injected
from power_cut import CALLS, Disk, calls_of, raw

ROUNDS = 12


class PowerCut(Injected):
    def start_daemon(self):
        """The first one is traced from its first call on."""
        if self.daemon is not None:
            return super().start_daemon()
        self.fleet.state.mkdir()
        self.prefix = str(self.fleet.root / "trace")
        with open(self.fleet.root / "daemon.log", "a") as log:
            self.daemon = subprocess.Popen(
                ["strace", "-ff", "--seccomp-bpf", "-ttt", "-T", "-y", "-xx", "-s", "10000000", "-e",
                 f"trace={CALLS}", "-o", self.prefix, LAZARET, "daemon", "--state",
                 str(self.fleet.state), "--port", "0"],
                env=self.fleet.environment(), stdout=log, stderr=log, start_new_session=True)
        self.fleet.until(lambda: self.fleet.try_get("/api/v1/status"), "the daemon")

    def made(self, path, body):
        status, answer = self.fleet.call("POST", path, body)
        self.assertEqual(status, 201, answer)
        return answer

    def work(self):
        """What was acknowledged, in its order: [(kind, name)]."""
        cell = self.made("/api/v1/cells", {"mission_name": "m", "template": "blank"})["cell_id"]
        acknowledged = [("cell", cell)]
        for number in range(ROUNDS):
            self.made("/api/v1/notes", {"text": f"note {number}"})
            acknowledged.append(("note", f"note {number}"))
            self.made(f"/api/v1/cells/{cell}/tasks", {"tasks": [{"task_id": f"t{number}", "title": "t"}]})
            acknowledged.append(("task", f"t{number}"))
            self.made("/api/v1/approvals", {"question": f"Deploy {number}?"})
            acknowledged.append(("approval", f"Deploy {number}?"))
        return cell, acknowledged

    def trace(self):
        cell, acknowledged = self.work()
        pid = self.fleet.daemon_pid()
        threads = {int(one) for one in os.listdir(f"/proc/{pid}/task")}
        os.kill(pid, 9)
        self.daemon.wait()
        calls = calls_of(self.prefix, threads)
        moments = [number for number, (name, words, _, _) in enumerate(calls)
                   if name == "sendto" and raw(words[1]).startswith(b"HTTP/1.1 201")]
        self.assertEqual(len(moments), len(acknowledged), "the trace shows each acknowledgement")
        return cell, acknowledged, calls, moments

    def found(self, cell):
        kinds = {("note", fact["body"]["text"]) for fact in self.fleet.facts(kind="note_recorded")}
        kinds |= {("approval", one["question"])
                  for one in self.fleet.get("/api/v1/approvals?limit=1000")["approvals"]}
        if any(one["cell_id"] == cell for one in self.fleet.get("/api/v1/cells")["cells"]):
            kinds.add(("cell", cell))
            kinds |= {("task", one["task_id"])
                      for one in self.fleet.get(f"/api/v1/cells/{cell}/tasks?limit=1000")["tasks"]}
        return kinds

    def judge(self, disk, cell, acknowledged, chance, where):
        state = self.fleet.state
        shutil.rmtree(state)
        disk.write_out(state, chance)
        for left in glob.glob(f"{state}/*-shm"):
            os.unlink(left)  # shared memory; no power cut leaves it
        self.start_daemon()
        expected = set(acknowledged)
        try:
            self.fleet.until(lambda: expected <= self.found(cell), "the cell to be read", 5)
        except AssertionError:
            lost = expected - self.found(cell)
            self.assertEqual(lost, set(), f"lost: {where} (seed {self.seed})")
        self.assertEqual(self.fleet.cli("replay", check=False).returncode, 0, where)
        self.daemon.kill()
        self.daemon.wait()

    def test_what_was_acknowledged_is_found(self):
        cell, acknowledged, calls, moments = self.trace()
        cuts = self.cuts(calls, moments)
        disk = Disk(self.fleet.state)
        begin = 0
        for cut, keeps_some in cuts:
            for call in calls[begin:cut]:
                disk.call(*call)
            begin = cut
            until = sum(moment < cut for moment in moments)
            self.judge(disk, cell, acknowledged[:until], self.chance if keeps_some else None,
                       f"cut before call {cut} of {len(calls)}, {until} acknowledged, "
                       f"{'some' if keeps_some else 'nothing'} of the rest kept")
        print(f"{len(cuts)} cuts among {len(calls)} calls, {len(moments)} acknowledgements", flush=True)

    def test_a_disk_that_only_pretends_to_sync_is_noticed(self):
        cell, acknowledged, calls, _ = self.trace()
        disk = Disk(self.fleet.state)
        for call in calls:
            if not call[0].endswith("sync"):
                disk.call(*call)
        with self.assertRaisesRegex(AssertionError, "lost: everything"):
            self.judge(disk, cell, acknowledged, None, "everything")

    def cuts(self, calls, moments):
        """Right after an acknowledgement, where the most can be missing; and anywhere."""
        right_after = [(moment + 1, False) for moment in moments]
        anywhere = [(number, True) for number in range(moments[0], len(calls))]
        chosen = self.choose(right_after, 6) + self.chance.sample(
            anywhere, min(len(anywhere), 6 if len(right_after) > 6 and not self.takes_all() else 300))
        return sorted(set(chosen))

    def takes_all(self):
        return os.environ.get("LAZARET_POINTS") == "all"


if __name__ == "__main__":
    main()
