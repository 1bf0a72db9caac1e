"""A daemon of our own, its cells, and its agents' first words; all through the public doors."""

import contextlib
import http.client
import json
import os
import select
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time
import uuid

BUILD = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "build/release")
LAZARET = os.path.join(BUILD, "bin/lazaret")


def program(name):
    return os.path.join(BUILD, "bench", name)


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout=60):
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Daemon:
    """`lazaret up --detach` on a state of its own; down() ends it with all its agents."""

    def __init__(self, folder):
        self.state = os.path.join(folder, "state")
        self.missions = os.path.join(folder, "missions")
        self.port = free_port()
        os.makedirs(self.missions, exist_ok=True)

    def lazaret(self, *arguments, timeout=120):
        done = subprocess.run([LAZARET, *arguments], capture_output=True, text=True,
                              timeout=timeout, check=False)
        if done.returncode != 0:
            raise SystemExit(f"lazaret {' '.join(arguments)}: exit {done.returncode}\n"
                             f"{done.stdout}{done.stderr}")
        return done.stdout

    def up(self):
        self.lazaret("up", "--detach", "--state", self.state, "--missions", self.missions,
                     "--port", str(self.port))

    def down(self):
        self.lazaret("down", "--state", self.state)

    def ask(self, method, path, body=None):
        connection = UnixConnection(os.path.join(self.state, "run/api.sock"))
        connection.request(method, path, body and json.dumps(body),
                           {"Content-Type": "application/json"} if body else {})
        answer = connection.getresponse()
        found = json.loads(answer.read())
        connection.close()
        if answer.status // 100 != 2:
            raise SystemExit(f"{method} {path}: {answer.status} {found}")
        return found

    def start_mission(self, cell):
        """A cell that was laid out by somebody else is paused until it is wanted."""
        self.ask("POST", f"/api/v1/cells/{cell}/status",
                 {"status": "active", "reason": "measured"})

    def pid(self):
        """Of the process behind the unix socket."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as peer:
            peer.connect(os.path.join(self.state, "run/api.sock"))
            size = struct.calcsize("3i")
            return struct.unpack("3i", peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED,
                                                       size))[0]


@contextlib.contextmanager
def folder_of_our_own():
    folder = tempfile.mkdtemp(prefix="lazaret-bench-")
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def running(daemon):
    daemon.up()
    try:
        yield daemon
    finally:
        daemon.down()


def write_json(path, value):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(value, file)


def lay_out_cell(missions, name, agents, tasks=()):
    """Writes a mission cell; `agents` is {id: argv}. Returns the cell's id."""
    cell = str(uuid.uuid4())
    folder = os.path.join(missions, cell)
    os.makedirs(os.path.join(folder, "agents"))
    os.makedirs(os.path.join(folder, "tasks"))
    write_json(os.path.join(folder, "cell.json"), {
        "cell_id": cell, "mission_name": name, "created_at": "2026-01-01T00:00:00Z",
        "created_by": "bench", "status": "active", "isolation_level": "none",
        "max_agents": max(1, len(agents)), "timeout": 0})
    for agent, command in agents.items():
        write_json(os.path.join(folder, "agents", agent + ".json"), {
            "agent_id": agent, "name": agent, "role": "write", "capabilities": [], "gateway": "",
            "status": "idle", "current_task": None, "checkpoint": None,
            "lazaret": {"run": {"command": command}}})
    for task in tasks:
        write_json(os.path.join(folder, "tasks", task["task_id"] + ".json"), task)
    return cell


class FirstWords:
    """The named pipe into which every bench_agent says when it began."""

    def __init__(self, folder):
        self.path = os.path.join(folder, "began.pipe")
        os.mkfifo(self.path)
        self.pipe = os.open(self.path, os.O_RDWR | os.O_NONBLOCK)
        self.rest = b""

    def command(self):
        return [program("bench_agent"), self.path]

    def wait_for(self, count, seconds):
        """`count` tuples (name, pid, CLOCK_MONOTONIC ns, token), or fewer after `seconds`."""
        found = []
        give_up_at = time.monotonic() + seconds
        while len(found) < count and time.monotonic() < give_up_at:
            if not select.select([self.pipe], [], [], give_up_at - time.monotonic())[0]:
                break
            *lines, self.rest = (self.rest + os.read(self.pipe, 65536)).split(b"\n")
            for line in lines:
                name, pid, began, token = line.decode().split()
                found.append((name, int(pid), int(began), token))
        return found

    def close(self):
        os.close(self.pipe)


@contextlib.contextmanager
def child(arguments):
    """A process of ours that says one line (its port) or nothing; ended at the end."""
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()
