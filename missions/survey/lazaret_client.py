"""What an agent needs of Lazaret's public doors, on the standard library alone.

The daemon may restart at any moment: every call is repeated, with a short backoff, until it is
answered or PATIENCE has passed. A call that comes from an older incarnation is answered with
Fenced: somebody else has the work, so the agent ends itself without writing anything more.
"""
import http.client
import json
import os
import signal
import sys
import threading
import time
import urllib.parse
import uuid

PATIENCE_SECONDS = 120.0   # without any answer for so long, give up and let Lazaret start us again
FIRST_PAUSE_SECONDS = 0.03
LONGEST_PAUSE_SECONDS = 0.5
REQUEST_TIMEOUT_SECONDS = 15.0
NEXT_WORK_WAIT_SECONDS = 10
BEAT_SECONDS = 0.5
EXIT_RESTART_NOW = 75


class Fenced(Exception):
    """A newer incarnation of this agent is alive; this one may not write any longer."""


class Refused(Exception):
    """The daemon understood and said no; `status` and `problem` are its words."""

    def __init__(self, status, problem):
        super().__init__(f"{status}: {problem.get('detail', problem)}")
        self.status = status
        self.problem = problem


class Unreachable(Exception):
    """Nobody answered within PATIENCE_SECONDS."""


class Client:
    """One agent's calls. Safe to use from several threads: each has a connection of its own."""

    def __init__(self, environ=os.environ):
        url = urllib.parse.urlsplit(environ["LAZARET_URL"])
        self.address = (url.hostname, url.port or 80)
        self.token = environ.get("LAZARET_TOKEN", "")
        self.cell = environ["LAZARET_CELL"]
        self.agent = environ["LAZARET_AGENT"]
        self.incarnation = int(environ.get("LAZARET_INCARNATION", "0"))
        self.cell_dir = environ["LAZARET_CELL_DIR"]
        self.artifact_dir = environ["LAZARET_ARTIFACT_DIR"]
        self.work_dir = environ["LAZARET_WORK_DIR"]
        self.progress = 0
        self._local = threading.local()

    def call(self, method, path, body=None, timeout=REQUEST_TIMEOUT_SECONDS, key=None):
        """The decoded answer. Raises Fenced, Refused or Unreachable.

        A POST carries an Idempotency-Key, so that a call that is repeated does its work once: one of
        its own, or `key`, which a later incarnation may repeat too. Empty: none is needed.
        """
        if key is None and method == "POST":
            key = uuid.uuid4().hex
        payload = None if body is None else json.dumps(body).encode()
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                status, answer = self._once(method, path, payload, timeout, key)
                if status not in (429, 502, 503, 504):
                    return _judged(status, answer)
            except (OSError, http.client.HTTPException, ValueError):
                self._drop_connection()
            if time.monotonic() >= give_up_at:
                raise Unreachable(f"{method} {path}: no answer for {PATIENCE_SECONDS:.0f} s")
            time.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    def _once(self, method, path, payload, timeout, key):
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = http.client.HTTPConnection(*self.address, timeout=timeout)
            self._local.connection = connection
        connection.timeout = timeout
        if connection.sock is not None:
            connection.sock.settimeout(timeout)
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "application/json"}
        if payload is not None:
            headers["Content-Type"] = "application/json"
        if key:
            headers["Idempotency-Key"] = key
        connection.request(method, path, payload, headers)
        response = connection.getresponse()
        raw = response.read()
        return response.status, json.loads(raw) if raw else {}

    def _drop_connection(self):
        connection = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
        self._local.connection = None

    def _task_path(self, task_id, verb=""):
        quoted = urllib.parse.quote(task_id, safe="")
        return f"/api/v1/cells/{self.cell}/tasks/{quoted}" + (f"/{verb}" if verb else "")

    def next_work(self, wait_seconds=NEXT_WORK_WAIT_SECONDS):
        """The claimed task, or None when there was none during the wait."""
        path = f"/api/v1/next-work?wait_seconds={wait_seconds}"
        # A claim that is repeated gets the same task by itself.
        return self.call("POST", path, {}, timeout=wait_seconds + 10, key="").get("task")

    def checkpoint(self, task_id, cursor):
        self.call("POST", self._task_path(task_id, "checkpoint"), {"cursor": cursor}, key="")

    def done(self, task_id, result):
        text = json.dumps(result, sort_keys=True, separators=(",", ":"))
        self.call("POST", self._task_path(task_id, "done"), {"result": text})

    def failed(self, task_id, reason):
        self.call("POST", self._task_path(task_id, "fail"), {"reason": reason[:2000]})

    def task(self, task_id):
        return self.call("GET", self._task_path(task_id))

    def tasks(self):
        """Every task of this mission, by id; follows the pages of a long list."""
        found, cursor = {}, ""
        while True:
            page = self.call("GET", f"/api/v1/cells/{self.cell}/tasks?limit=1000{cursor}")
            found.update((row["task_id"], row) for row in page["tasks"])
            if not page.get("next"):
                return found
            cursor = f"&cursor={urllib.parse.quote(str(page['next']), safe='')}"

    def add_tasks(self, tasks):
        self.call("POST", f"/api/v1/cells/{self.cell}/tasks", {"tasks": tasks})

    def ask(self, question, deadline_seconds, default, task_id):
        """Opens a question for a person and returns its id."""
        body = {"question": question, "deadline_seconds": deadline_seconds, "default": default,
                "task": task_id}
        key = f"{self.cell}/{self.agent}/{task_id}"
        return self.call("POST", "/api/v1/approvals", body, key=key)["approval"]

    def note(self, text):
        self.call("POST", "/api/v1/notes", {"cell": self.cell, "text": text})

    def beat(self):
        agent = urllib.parse.quote(f"{self.cell[:8]}.{self.agent}", safe="")
        self.call("POST", f"/heartbeat/{agent}", {"progress": self.progress}, key="")


def _judged(status, answer):
    if 200 <= status < 300:
        return answer
    problem = answer if isinstance(answer, dict) else {"detail": str(answer)}
    if status == 409 and str(problem.get("type", "")).endswith(":fenced"):
        raise Fenced(problem.get("detail", "fenced"))
    raise Refused(status, problem)


def _beat_for_ever(client):
    while True:
        try:
            client.beat()
        except Fenced:
            os._exit(0)
        except (Refused, Unreachable) as trouble:
            print(f"beat: {trouble}", file=sys.stderr, flush=True)
        time.sleep(BEAT_SECONDS)


def run_agent(handlers):
    """Beats in the background, pulls work and hands it to `handlers`, for ever.

    `handlers` maps the first word of a task id ("shard-07" → "shard") to a function of
    (client, task) that returns the result. An exception fails the task; it does not end the agent.
    """
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    client = Client()
    threading.Thread(target=_beat_for_ever, args=(client,), daemon=True).start()
    try:
        while True:
            task = client.next_work()
            if task is not None:
                _carry_out(client, task, handlers)
    except Fenced as fence:
        print(f"fenced: {fence}", file=sys.stderr, flush=True)
        sys.exit(0)
    except Unreachable as silence:
        print(silence, file=sys.stderr, flush=True)
        sys.exit(EXIT_RESTART_NOW)


def _carry_out(client, task, handlers):
    task_id = task["task_id"]
    handler = handlers.get(task_id.split("-")[0])
    print(f"{task_id}: claim {task.get('claim')}, cursor {task.get('cursor')}", flush=True)
    try:
        if handler is None:
            raise LookupError(f"this agent does not know how to do '{task_id}'")
        result = handler(client, task)
    except (Fenced, Unreachable):
        raise
    except Exception as error:  # the task is wrong, not the agent
        print(f"{task_id}: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
        _tell(client.failed, task_id, f"{type(error).__name__}: {error}")
        return
    _tell(client.done, task_id, result)


def _tell(report, task_id, what):
    """A refused report (the task was taken from us, or timed out) is no reason to die."""
    try:
        report(task_id, what)
    except Refused as refusal:
        print(f"{task_id}: {refusal}", file=sys.stderr, flush=True)
