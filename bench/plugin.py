"""`lazaret plugin` in the hands of a host: how soon it answers, what it weighs, calls a second."""

import json
import os
import pathlib
import subprocess
import tempfile
import threading
import time

import fleet
from figures import at_share, micros, row, title

STARTS = 20
CALLS = 200_000
ALONE = 5_000  # calls that wait for the answer of the one before
NODE = ["node", str(pathlib.Path(__file__).with_name("mcp_node.js"))]
INITIALIZE = {"jsonrpc": "2.0", "id": 0, "method": "initialize",
              "params": {"protocolVersion": "2025-11-25", "capabilities": {},
                         "clientInfo": {"name": "bench", "version": "1"}}}


def call(number):
    return {"jsonrpc": "2.0", "id": number, "method": "tools/call",
            "params": {"name": "harborforge_restart_status", "arguments": {}}}


def line(message):
    return json.dumps(message, separators=(",", ":")).encode() + b"\n"


class Server:
    def __init__(self, words, home):
        self.began = time.perf_counter_ns()
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, bufsize=0,
                                        env={**os.environ, "HOME": home})
        self.output = self.process.stdout.fileno()

    def ask(self, message):
        self.process.stdin.write(line(message))
        answer = b""
        while not answer.endswith(b"\n"):
            answer += os.read(self.output, 1 << 16)
        return json.loads(answer)

    def resident(self):
        with open(f"/proc/{self.process.pid}/status", encoding="utf-8") as lines:
            return next(int(text.split()[1]) for text in lines if text.startswith("VmRSS")) / 1024

    def flood(self, count):
        """Calls a second when the host does not wait: all are written while answers are read."""
        data = b"".join(line(call(i)) for i in range(1, count + 1))
        began = time.perf_counter()
        writer = threading.Thread(target=self.write_all, args=(data,))
        writer.start()
        seen = 0
        last = b""
        while seen < count:
            piece = os.read(self.output, 1 << 20)
            if not piece:
                raise SystemExit("the server ended")
            seen += piece.count(b"\n")
            last = (last + piece)[-4096:]
        took = time.perf_counter() - began
        writer.join()
        answer = json.loads(last.splitlines()[-1])
        if answer["id"] != count or answer["result"]["isError"]:
            raise SystemExit(f"not the last answer: {answer}")
        return count / took

    def write_all(self, data):
        view = memoryview(data)
        while view:
            view = view[self.process.stdin.write(view):]

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=10)
        self.process.stdout.close()


def measure(words, home):
    starts = []
    for _ in range(STARTS):
        server = Server(words, home)
        server.ask(INITIALIZE)
        starts.append(time.perf_counter_ns() - server.began)
        resident = server.resident()
        server.close()
    server = Server(words, home)
    server.ask(INITIALIZE)
    server.flood(CALLS // 10)
    rate = max(server.flood(CALLS) for _ in range(3))
    alone = []
    for i in range(ALONE):
        began = time.perf_counter_ns()
        server.ask(call(i))
        alone.append(time.perf_counter_ns() - began)
    after = server.resident()
    server.close()
    return (micros(at_share(starts, 0.5) / 1e3), micros(max(starts) / 1e3), f"{resident:.1f} MiB",
            f"{after:.1f} MiB", f"{rate:,.0f}", micros(at_share(alone, 0.5) / 1e3))


def run():
    title(f"plugin: {STARTS} starts, {CALLS:,} tools/call in one go; baseline: a bare Node server")
    row("", "first answer", "slowest", "resident", "after", "calls/s", "one, median")
    with tempfile.TemporaryDirectory() as home:
        row("lazaret plugin", *measure([fleet.LAZARET, "plugin"], home))
        row("bare Node, no SDK", *measure(NODE, home))
