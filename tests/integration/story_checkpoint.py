"""An agent saves checkpoints, dies, and goes on from the newest that verifies."""
import hashlib
import json
import os
import signal
import subprocess

from fleet import LAZARET, Story, agent, main, task

# Counts in its state, saves on each line that asks for it, and says so in its log.
COUNTER = r"""
import json, os, pathlib, subprocess, sys
stage = pathlib.Path(os.environ["LAZARET_CHECKPOINT_DIR"])
state = stage / "state.json"
count = json.loads(state.read_text())["count"] if state.exists() else 0
print("begins at", count, "with", os.environ["LAZARET_CHECKPOINT"] or "nothing", flush=True)
for line in sys.stdin:
    message = json.loads(line)
    if message["type"] == "wake" and message["message"] == "half":
        state.write_text('{"cou')
        print("half", flush=True)
    elif message["type"] == "wake" and message["message"] == "claim":
        subprocess.run([os.environ["LAZARET_BIN"], "task", "next"], check=True)
        print("claimed", flush=True)
    elif message["type"] == "checkpoint" or message.get("message") == "save":
        count += 1
        (stage / "artifacts").mkdir(exist_ok=True)
        (stage / "artifacts" / f"{count}.txt").write_text("x" * count)
        (stage / "context.json").write_text(json.dumps(["turn", count]))
        state.write_text(json.dumps({"count": count}))
        done = subprocess.run([os.environ["LAZARET_BIN"], "checkpoint", "save"],
                              capture_output=True, text=True)
        print("saved", count, done.returncode, done.stderr.strip(), flush=True)
"""


class Checkpoint(Story):
    def counter(self, name="counter", **lazaret):
        run = lazaret.pop("run", {})
        return agent(name, ["/usr/bin/python3", "-u", "-c", COUNTER],
                     run={"env": {"LAZARET_BIN": LAZARET}, **run}, **lazaret)

    def begin(self, *agents, **cell):
        self.cell = self.fleet.write_cell(list(agents) or [self.counter()], **cell)
        self.home = self.fleet.missions / self.cell / "checkpoints" / "counter"
        self.fleet.start(self.cell)
        self.fleet.until_running("counter")

    def log(self, name="counter"):
        path = self.fleet.missions / self.cell / "logs" / f"{name}.log"
        return path.read_text() if path.exists() else ""

    def says(self, text, times=1):
        self.fleet.until(lambda: self.log().count(text) >= times, f"{text!r} in its log")

    def save(self, number):
        self.fleet.cli("agent", "wake", "counter", "save")
        self.says(f"saved {number} 0")

    def all(self, name="counter"):
        return self.fleet.get(f"/api/v1/agents/{name}/checkpoints")["checkpoints"]

    def kill(self):
        was = self.fleet.agent("counter")
        os.kill(was["pid"], signal.SIGKILL)
        return self.fleet.until_running("counter", after=was["incarnation"])

    def generation(self, one):
        return self.home / "generations" / one["checkpoint"]

    def test_a_dead_agent_goes_on_from_what_it_saved_last(self):
        self.begin()
        self.says("begins at 0 with nothing")
        self.save(1)
        self.save(2)
        self.fleet.cli("agent", "wake", "counter", "half")
        self.says("half")
        self.kill()
        newest, before = self.all()
        self.says(f"begins at 2 with {newest['checkpoint']}")
        # What people and tools look at.
        self.assertEqual(json.loads((self.home / "state.json").read_text()), {"count": 2})
        self.assertEqual((self.home / "artifacts" / "2.txt").read_text(), "xx")
        context = (self.home / "context.json").read_bytes()
        self.assertEqual(newest["context_hash"], hashlib.sha256(context).hexdigest())
        self.assertEqual(newest["artifacts"], ["1.txt", "2.txt"])
        manifest = (self.generation(newest) / "manifest.json").read_bytes()
        self.assertEqual(newest["manifest_hash"], hashlib.sha256(manifest).hexdigest())
        path = self.fleet.missions / self.cell / "agents" / "counter.json"
        mirrored = self.fleet.until(
            lambda: (c := json.loads(path.read_text())["checkpoint"])
            and c["context_hash"] == newest["context_hash"] and c, "the agent's file")
        self.assertEqual(mirrored["artifacts"], ["1.txt", "2.txt"])
        self.assertTrue(mirrored["last_checkpoint"].startswith(newest["saved_at"][:19]))
        # ls, diff
        listed = self.fleet.cli("checkpoint", "ls", "counter").stdout
        self.assertIn(f"went on from {newest['checkpoint']} of counter", listed)
        changed = {f["path"]: f["change"] for f in
                   self.fleet.get("/api/v1/agents/counter/checkpoints/diff")["files"]}
        self.assertEqual(changed, {"artifacts/2.txt": "added", "context.json": "changed",
                                   "state.json": "changed"})
        self.assertIn(before["checkpoint"], self.fleet.cli("checkpoint", "diff", "counter").stdout)

    def test_a_torn_checkpoint_is_passed_over_and_why_says_so(self):
        self.begin()
        for number in (1, 2, 3):
            self.save(number)
        newest, middle, oldest = self.all()
        state = self.generation(newest) / "state.json"
        state.write_bytes(state.read_bytes()[:-1])
        manifest = self.generation(middle) / "manifest.json"
        manifest.write_bytes(manifest.read_bytes().replace(b"42", b"24") + b" ")
        self.kill()
        self.says(f"begins at 1 with {oldest['checkpoint']}")
        fact = self.fleet.facts(kind="checkpoint_restored", agent="counter")[-1]
        self.assertEqual(fact["body"]["restored"]["id"], oldest["checkpoint"])
        self.assertEqual(len(fact["body"]["broken"]), 2)
        why = self.fleet.cli("why", "counter").stdout
        self.assertIn(f"goes on from checkpoint {oldest['checkpoint']}", why)
        self.assertIn("state.json has", why)
        broken = [one["checkpoint"] for one in self.all() if one["broken"]]
        self.assertEqual(broken, [newest["checkpoint"], middle["checkpoint"]])

    def test_what_was_acknowledged_survives_the_daemon(self):
        self.begin()
        self.save(1)
        self.fleet.kill_daemon()
        self.fleet.until_running("counter")
        self.assertEqual(len(self.all()), 1)
        self.save(2)
        self.kill()
        self.says(f"begins at 2 with {self.all()[0]['checkpoint']}")

    def test_it_is_asked_while_a_task_runs_and_the_oldest_go(self):
        self.begin(tasks=[task("t")], policies={
            "checkpoint_interval": 1, "lazaret": {"checkpoints_kept": 2}})
        self.save(1)
        self.assertEqual(self.fleet.facts(kind="checkpoint_wanted"), [])
        self.fleet.cli("agent", "wake", "counter", "claim")
        self.says("claimed")
        self.says("saved 4 0")
        self.assertGreaterEqual(len(self.fleet.facts(kind="checkpoint_wanted")), 3)
        self.fleet.cli("task", "done", self.cell, "t")
        self.fleet.until(lambda: len(list((self.home / "generations").iterdir())) == 2,
                         "the oldest to go")
        self.assertEqual(len(self.all()), 2)
        self.assertEqual(self.all()[0]["task"], "t")

    def test_a_stop_waits_for_the_required_checkpoint(self):
        self.begin(policies={"checkpoint_required": True})
        self.fleet.cli("agent", "stop", "counter")
        self.fleet.until(lambda: self.fleet.agent("counter")["process"] == "stopped", "the stop")
        self.assertEqual(len(self.all()), 1)
        kinds = [one["kind"] for one in self.fleet.facts(agent="counter")]
        self.assertLess(kinds.index("checkpoint_saved"), kinds.index("agent_exited"))
        self.assertEqual(self.fleet.facts(kind="checkpoint_missed"), [])

    def test_a_signal_asks_and_a_deaf_agent_is_not_waited_for_for_ever(self):
        deaf = agent("counter", ["/usr/bin/python3", "-c",
                                 "import signal,time\n"
                                 "signal.signal(signal.SIGUSR1, lambda *a: print('asked', flush=True))\n"
                                 "while True: time.sleep(100)"],
                     run={"checkpoint_signal": "SIGUSR1", "input": "none", "ready": "settled",
                          "settle_seconds": 0.5})
        self.begin(deaf, policies={"checkpoint_required": True,
                                   "lazaret": {"checkpoint_deadline_seconds": 0.5}})
        self.fleet.cli("checkpoint", "ask", "counter", "--reason", "curious")
        self.says("asked")
        self.fleet.cli("agent", "stop", "counter")
        self.fleet.until(lambda: self.fleet.agent("counter")["process"] == "stopped", "the stop")
        missed = self.fleet.facts(kind="checkpoint_missed")
        self.assertEqual(missed[-1]["body"]["before"], "stop")

    def test_rehearse_and_restore(self):
        self.begin()
        self.save(1)
        self.save(2)
        newest, before = self.all()
        self.assertIn("is restorable", self.fleet.cli("checkpoint", "rehearse", "counter").stdout)
        self.fleet.until(lambda: self.all()[0]["proven_at"], "the proof on record")
        self.assertIn("restorable, proven", self.fleet.cli("checkpoint", "ls", "counter").stdout)
        said = self.fleet.cli("checkpoint", "restore", "counter", before["checkpoint"]).stdout
        self.assertRegex(said, f"counter: its next start goes on from {before['checkpoint']} "
                               r"\(saved \d+s ago by its run 1, \d+ B in 3 files\)")
        self.assertEqual([one["saved_at"] for one in self.all()],
                         [newest["saved_at"], before["saved_at"]])
        listed = self.fleet.cli("checkpoint", "ls", "counter").stdout
        self.assertIn(f"its next start goes on from {before['checkpoint']}", listed)
        for given, way in (([], (before, newest)),
                           ([newest["checkpoint"], before["checkpoint"]], (newest, before))):
            told = self.fleet.cli("checkpoint", "diff", "counter", *given).stdout
            self.assertRegex(told, r"counter: from %s \(saved \d+s ago by its run 1, \d+ B in \d files\)"
                             r"\n +to %s \(" % tuple(one["checkpoint"] for one in way))
        self.kill()
        self.says(f"begins at 1 with {before['checkpoint']}")
        (self.generation(newest) / "state.json").unlink()
        failed = self.fleet.cli("checkpoint", "rehearse", "counter", newest["checkpoint"],
                                check=False)
        self.assertEqual(failed.returncode, 1)
        self.assertIn("does not verify", failed.stdout)
        self.fleet.until(lambda: any(c["broken"] for c in self.all()), "the verdict on record")
        refused = self.fleet.cli("checkpoint", "restore", "counter", newest["checkpoint"],
                                 check=False)
        self.assertIn("does not verify", refused.stderr)

    def test_rehearsals_go_by_themselves(self):
        self.begin(policies={"lazaret": {"rehearsal_interval_seconds": 0.5}})
        self.save(1)
        self.fleet.until(lambda: self.all()[0]["proven_at"], "the proof on record")

    def test_late_and_wrong_saves_are_refused(self):
        script = ("import os, time\n"
                  "open(os.environ['LAZARET_WORK_DIR'] + '/token', 'w').write(os.environ['LAZARET_TOKEN'])\n"
                  "time.sleep(1000)\n")
        self.begin(agent("counter", ["/usr/bin/python3", "-c", script]))
        token = self.fleet.missions / self.cell / "work" / "counter" / "token"
        old = self.fleet.until(lambda: token.exists() and token.read_text(), "its token")
        call = lambda key: self.fleet.call("POST", "/api/v1/agents/counter/checkpoints", {},
                                           {"Authorization": f"Bearer {key}"})
        status, problem = call(old)
        self.assertEqual(status, 422, problem)
        self.assertIn("nothing is staged", problem["detail"])
        stage = self.home / "staging"
        (stage / "state.json").write_text("{}")
        (stage / "artifacts").mkdir()
        (stage / "artifacts" / "way-out").symlink_to("/etc")
        status, problem = call(old)
        self.assertEqual((status, problem["place"]), (422, "artifacts/way-out"), problem)
        (stage / "artifacts" / "way-out").unlink()
        self.assertEqual(call(old)[0], 201)
        self.kill()
        status, problem = call(old)
        self.assertEqual(status, 409, problem)
        self.assertEqual(len(self.all()), 1)
        self.assertEqual(len(list((self.home / "generations").iterdir())), 1)

    def test_a_workspace_is_captured_without_a_trace_in_it(self):
        self.begin()
        repository = self.fleet.root / "repository"
        repository.mkdir()

        def git(*words):
            return subprocess.run(["git", "-C", str(repository), *words], check=True,
                                  capture_output=True, text=True,
                                  env={**os.environ, "HOME": str(self.fleet.root),
                                       "GIT_CONFIG_NOSYSTEM": "1"}).stdout

        git("init", "-q", "-b", "trunk")
        (repository / ".gitignore").write_text("ignored\n")
        (repository / "kept.txt").write_text("old\n")
        git("add", ".")
        git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "one")
        (repository / "kept.txt").write_text("new\n")
        (repository / "new.txt").write_text("untracked\n")
        (repository / "ignored").write_text("x")
        before = (git("status", "--porcelain"), git("rev-parse", "HEAD"), git("branch", "-a"),
                  git("diff", "--cached"))
        (self.home / "staging" / "state.json").write_text("{}")
        self.fleet.cli("checkpoint", "save", "counter", "--workspace", str(repository))
        commit = self.all()[0]["workspace"]
        self.assertEqual(git("show", f"{commit}:new.txt"), "untracked\n")
        self.assertEqual(git("show", f"{commit}:kept.txt"), "new\n")
        self.assertNotIn("ignored", git("ls-tree", "--name-only", commit).split())
        self.assertIn(commit, git("for-each-ref", "refs/lazaret/"))
        self.assertEqual(before, (git("status", "--porcelain"), git("rev-parse", "HEAD"),
                                  git("branch", "-a"), git("diff", "--cached")))
        elsewhere = self.fleet.cli("checkpoint", "save", "counter", "--workspace",
                                   str(self.fleet.missions), check=False)
        self.assertIn("in no git repository", elsewhere.stderr)


if __name__ == "__main__":
    main()
