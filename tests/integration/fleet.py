"""A private daemon for one test: its own state, its own port, gone afterwards."""
import contextlib
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

LAZARET = os.environ.get("LAZARET", "lazaret")
PATIENCE = 30.0


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=PATIENCE)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Fleet:
    def __init__(self, *flags):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="lz-"))
        self.state = self.root / "state"
        self.missions = self.state / "missions"
        self.flags = flags

    def environment(self):
        env = {k: v for k, v in os.environ.items() if not k.startswith(("LAZARET", "XDG_"))}
        env.update(HOME=str(self.root), LAZARET_STATE=str(self.state), NO_COLOR="1")
        return env

    def cli(self, *words, check=True, text=None):
        done = subprocess.run([LAZARET, *words], env=self.environment(), capture_output=True,
                              text=True, timeout=120, input=text)
        if check and done.returncode != 0:
            raise AssertionError(f"lazaret {' '.join(words)}: exit {done.returncode}\n"
                                 f"{done.stdout}{done.stderr}")
        return done

    def up(self):
        done = self.cli("up", "--detach", "--port", "0", *self.flags)
        return done.stdout + done.stderr

    def down(self):
        self.cli("down", check=False)

    def close(self):
        try:
            self.down()
            self.replay()
        finally:
            shutil.rmtree(self.root, ignore_errors=True)

    def replay(self):
        """Whatever a story did: its journal, decided anew, gives every recorded fact again."""
        if (self.state / "journal.db").exists():
            self.cli("replay")

    def call(self, method, path, body=None, headers=None):
        connection = UnixConnection(str((self.state / "run").resolve() / "api.sock"))
        data = json.dumps(body) if body is not None else None
        head = {"Content-Type": "application/json"} if data else {}
        head.update(headers or {})
        with contextlib.closing(connection):
            connection.request(method, path, data, head)
            answer = connection.getresponse()
            raw = answer.read()
        try:
            parsed = json.loads(raw)
        except ValueError:
            parsed = raw.decode(errors="replace")
        return answer.status, parsed

    def get(self, path):
        status, body = self.call("GET", path)
        if status != 200:
            raise AssertionError(f"GET {path}: {status} {body}")
        return body

    def try_get(self, path):
        try:
            status, body = self.call("GET", path)
        except OSError:
            return None
        return body if status == 200 else None

    def daemon_pid(self):
        return self.get("/api/v1/status")["daemon"]["pid"]

    def kill_daemon(self):
        """SIGKILL, then wait until the keeper's next daemon answers."""
        before = self.daemon_pid()
        os.kill(before, signal.SIGKILL)
        self.until(lambda: (s := self.try_get("/api/v1/status")) and s["daemon"]["pid"] != before,
                   "the next daemon")
        return before

    def write_cell(self, agents, tasks=(), policies=None, cell=None):
        """A hand-made cell on disk; returns its id."""
        import uuid
        cell_id = str(uuid.uuid4())
        staging = self.root / ("staging-" + cell_id)
        for folder in ("agents", "tasks", "config"):
            (staging / folder).mkdir(parents=True)
        base = {"cell_id": cell_id, "mission_name": "story", "created_at": "2026-01-01T00:00:00Z",
                "created_by": "test", "status": "paused"}
        base.update(cell or {})
        (staging / "cell.json").write_text(json.dumps(base, indent=2))
        for agent in agents:
            (staging / "agents" / f"{agent['agent_id']}.json").write_text(json.dumps(agent, indent=2))
        for task in tasks:
            (staging / "tasks" / f"{task['task_id']}.json").write_text(json.dumps(task, indent=2))
        if policies:
            (staging / "config" / "policies.json").write_text(json.dumps(policies, indent=2))
        self.missions.mkdir(parents=True, exist_ok=True)
        os.rename(staging, self.missions / cell_id)
        try:
            self.until(lambda: self.try_get(f"/api/v1/cells/{cell_id}"), "the cell to be seen")
        except AssertionError as late:
            linted = self.cli("cell", "lint", str(self.missions / cell_id), check=False)
            raise AssertionError(f"{late}\n{linted.stdout}{linted.stderr}") from None
        return cell_id

    def start(self, cell_id):
        status, body = self.call("POST", f"/api/v1/cells/{cell_id}/status", {"status": "active"})
        assert status == 200, body

    def agent(self, name):
        return self.get(f"/api/v1/agents/{name}")

    def facts(self, **filters):
        query = "&".join(f"{key}={value}" for key, value in filters.items())
        return self.get(f"/api/v1/events?limit=10000&{query}")["events"]

    def until(self, condition, what, seconds=PATIENCE):
        """Polls a condition of the outside world; a bound, never a fixed wait."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = condition()
            if found:
                return found
            time.sleep(0.01)
        raise AssertionError(f"waited {seconds:.0f}s for {what}")

    def until_running(self, name, after=0):
        return self.until(
            lambda: (a := self.agent(name))["process"] == "running"
            and a["incarnation"] > after and a["pid"] and a, f"{name} to run")


def agent(name, command, role="write", **lazaret):
    run = lazaret.pop("run", {})
    return {"agent_id": name, "name": name, "role": role, "capabilities": [], "gateway": "",
            "status": "idle", "current_task": None, "checkpoint": None,
            "lazaret": {"run": {"adapter": "process", "command": command, **run}, **lazaret}}


def task(name, **fields):
    return {"task_id": name, "title": name, "description": "", "assigned_to": None,
            "status": "pending", "priority": "medium", "dependencies": [], "timeout": 1800,
            "artifacts": [], "created_at": "2026-01-01T00:00:00Z", "completed_at": None, **fields}


class Story(unittest.TestCase):
    flags = ()

    def setUp(self):
        self.fleet = Fleet(*self.flags)
        self.addCleanup(self.fleet.close)
        self.fleet.up()


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def main():
    unittest.main(argv=[sys.argv[0], *sys.argv[1:]])
