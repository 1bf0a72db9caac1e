"""A small double of Lazaret's public doors, enough to run the survey's agents without a daemon.

It claims in the order of priority and id, honours dependencies and roles, fences old incarnations,
and can be told to break off every n-th answer after it has acted, like a daemon that dies.
"""
import http.server
import json
import os
import re
import threading
import time
import urllib.parse

ROLES = {"lead": "lead", "reader": "read", "audit": "audit"}
TASK = re.compile(r"^/api/v1/cells/[^/]+/tasks/([^/]+)(?:/(\w+))?$")
RANK = {"high": 0, "medium": 1, "low": 2}


class State:
    def __init__(self, cell_dir, break_off_every=0):
        self.cell_dir = cell_dir
        self.lock = threading.Condition()
        self.tasks, self.beats, self.notes, self.approvals = {}, {}, [], {}
        self.live = {}              # agent → incarnation
        self.completions = []       # task ids, in order
        self.checkpoints = []       # (task id, agent, cursor)
        self.break_off_every, self.answers = break_off_every, 0
        self.answered = {}          # (agent, Idempotency-Key) → answer
        for name in os.listdir(os.path.join(cell_dir, "tasks")):
            with open(os.path.join(cell_dir, "tasks", name)) as stream:
                self.add(json.load(stream))

    def add(self, raw):
        more = raw.get("lazaret", {})
        self.tasks[raw["task_id"]] = {
            "task_id": raw["task_id"], "status": "pending", "assigned_to": raw.get("assigned_to"),
            "owner": None, "owner_incarnation": 0, "claim": 0, "result": "", "cursor": None,
            "priority": raw.get("priority", "medium"), "dependencies": raw.get("dependencies", []),
            "input": more.get("input"), "needs": more.get("needs", {}), "reason": ""}

    def start(self, agent):
        """A new incarnation; what the one before it owned is its own again."""
        with self.lock:
            self.live[agent] = self.live.get(agent, 0) + 1
            return self.live[agent]

    def give_to(self, old, new):
        with self.lock:
            for task in self.tasks.values():
                if task["status"] == "in_progress" and task["owner"] == old:
                    task["owner"], task["owner_incarnation"] = new, self.live[new]
                if task["status"] != "completed" and task["assigned_to"] == old:
                    task["assigned_to"] = new

    def claim(self, agent, incarnation):
        role = ROLES.get(agent, "write")
        for task in self.tasks.values():
            if task["status"] == "in_progress" and task["owner"] == agent:
                task["owner_incarnation"] = incarnation
                return task
        fit = [t for t in self.tasks.values() if t["status"] == "pending"
               and all(self.tasks[d]["status"] == "completed" for d in t["dependencies"])
               and (t["assigned_to"] == agent
                    or not t["assigned_to"] and t["needs"].get("role") == role)]
        if not fit:
            return None
        task = min(fit, key=lambda t: (RANK[t["priority"]], t["task_id"]))
        task.update(status="in_progress", owner=agent, owner_incarnation=incarnation,
                    claim=task["claim"] + 1)
        return task


class Doors(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    state = None

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.answer("GET")

    def do_POST(self):
        self.answer("POST")

    def answer(self, method):
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length) or b"{}")
        agent, _, incarnation = (self.headers["Authorization"] or "").split()[-1].partition("#")
        state = self.state
        with state.lock:
            name = (agent, self.headers["Idempotency-Key"])
            if method == "POST" and int(incarnation) != state.live.get(agent):
                status, value = 409, {"type": "urn:lazaret:fenced", "detail": "not the live one"}
            elif name in state.answered:
                status, value = state.answered[name]
            else:
                status, value = self.act(method, agent, int(incarnation), body)
                if name[1]:
                    state.answered[name] = status, value
                state.lock.notify_all()
            state.answers += 1
            broken = state.break_off_every and state.answers % state.break_off_every == 0
        if broken:
            self.close_connection = True
            return
        raw = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        try:
            self.wfile.write(raw)
        except OSError:
            self.close_connection = True  # the agent was killed meanwhile

    def act(self, method, agent, incarnation, body):
        url, state = urllib.parse.urlsplit(self.path), self.state
        if url.path.startswith("/heartbeat/"):
            state.beats[agent] = body.get("progress")
            return 200, {"status": "ok", "next_heartbeat": 30}
        if url.path == "/api/v1/next-work":
            return self.next_work(agent, incarnation)
        if url.path == "/api/v1/notes":
            state.notes.append(body["text"])
            return 200, {}
        if url.path.startswith("/api/v1/approvals"):
            return self.approval(method, url.path, body)
        task = TASK.match(url.path)
        if task:
            return self.task(task.group(1), task.group(2), agent, incarnation, body)
        if method == "GET":
            return 200, {"tasks": list(state.tasks.values())}
        if any(one["task_id"] in state.tasks for one in body["tasks"]):
            return 409, {"type": "urn:lazaret:conflict", "detail": "that task is there already"}
        for one in body["tasks"]:
            state.add(one)
        return 200, {}

    def next_work(self, agent, incarnation):
        until = time.monotonic() + 0.5
        while True:
            task = self.state.claim(agent, incarnation)
            if task or time.monotonic() >= until:
                return 200, {"task": task}
            self.state.lock.wait(0.1)
            if incarnation != self.state.live[agent]:
                return 409, {"type": "urn:lazaret:fenced", "detail": "not the live one"}

    def approval(self, method, path, body):
        approvals = self.state.approvals
        if method == "POST":
            name = f"r-{len(approvals) + 1}"
            approvals[name] = {"until": time.monotonic() + min(body["deadline_seconds"], 0.3),
                               "default": body["default"]}
            return 200, {"approval": name}
        one = approvals[path.rsplit("/", 1)[1]]
        late = time.monotonic() >= one["until"]
        return 200, {"answer": one["default"] if late else None, "by": "deadline" if late else ""}

    def task(self, task_id, verb, agent, incarnation, body):
        task = self.state.tasks.get(task_id)
        if task is None:
            return 404, {"detail": "no such task"}
        if verb is None:
            return 200, task
        if verb == "done" and task["status"] == "completed" and task["owner"] == agent:
            return 200, {}
        if (task["owner"], task["status"]) != (agent, "in_progress"):
            return 409, {"type": "urn:lazaret:conflict", "detail": "not yours"}
        if verb == "checkpoint":
            task["cursor"] = body["cursor"]
            self.state.checkpoints.append((task_id, agent, body["cursor"]))
        elif verb == "done":
            task.update(status="completed", result=body["result"])
            self.state.completions.append(task_id)
        elif verb == "fail":
            task.update(status="failed", reason=body["reason"])
        return 200, {}


class Quiet(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """Killed agents leave broken connections behind; that is what the tests are about."""


class Double:
    """The doors on a free port of the loopback, as a context."""

    def __init__(self, cell_dir, break_off_every=0):
        self.state = State(cell_dir, break_off_every)
        handler = type("BoundDoors", (Doors,), {"state": self.state})
        self.server = Quiet(("127.0.0.1", 0), handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def environment(self, agent, more=None):
        incarnation = self.state.start(agent)
        cell = self.state.cell_dir
        work = os.path.join(cell, "work", agent)
        os.makedirs(work, exist_ok=True)
        return {"PATH": os.environ["PATH"], "LAZARET_AGENT": agent,
                "LAZARET_URL": f"http://127.0.0.1:{self.server.server_port}",
                "LAZARET_TOKEN": f"{agent}#{incarnation}", "LAZARET_CELL": os.path.basename(cell),
                "LAZARET_INCARNATION": str(incarnation), "LAZARET_CELL_DIR": cell,
                "LAZARET_WORK_DIR": work, "LAZARET_ARTIFACT_DIR": os.path.join(cell, "artifacts"),
                **(more or {})}

    def wait_for(self, condition, seconds=60):
        """Waits by the double's own events; AssertionError when the time is over."""
        until = time.monotonic() + seconds
        with self.state.lock:
            while not condition(self.state):
                left = until - time.monotonic()
                if left <= 0:
                    raise AssertionError({t["task_id"]: (t["status"], t["reason"])
                                          for t in self.state.tasks.values()
                                          if t["status"] != "completed"})
                self.state.lock.wait(left)

    def close(self):
        self.server.shutdown()
        self.server.server_close()
