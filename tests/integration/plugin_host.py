"""What `lazaret plugin` deals with: a scripted host at its pipes, and a HarborForge backend."""
import http.server
import json
import os
import queue
import subprocess
import tempfile
import threading
import time

from fleet import LAZARET, PATIENCE

MODERN = {"io.modelcontextprotocol/protocolVersion": "2026-07-28",
          "io.modelcontextprotocol/clientCapabilities": {"extensions": {"dev.lazaret/host": {}}}}


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """A plugin that is killed leaves its connections open."""


class Backend:
    """What a HarborForge backend answers, as far as a plugin asks; keeps what it was asked."""

    def __init__(self):
        self.slots = {}    # agent → slots
        self.asked = queue.Queue()
        backend = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def carry_out(self):
                size = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(size) or b"null")
                answer = json.dumps(backend.answer(self.command, self.path, self.headers, body))
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer.encode())

            do_GET = do_POST = do_PATCH = carry_out

            def log_message(self, *_):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, method, path, headers, body):
        self.asked.put((method, path, headers.get("X-API-Key"), body))
        if path == "/calendar/agent/heartbeat":
            return {"slots": self.slots.get(body["agent_id"], []), "agent_status": "idle"}
        if method == "PATCH":
            slot = next(s for slots in self.slots.values() for s in slots
                        if f"/{s['id']}/" in path)
            slot["status"] = body["status"]
            return slot
        return {}

    def next(self, method, part):
        """The next request of that kind; others on the way to it are passed over."""
        deadline = time.monotonic() + PATIENCE
        while True:
            found = self.asked.get(timeout=max(0.01, deadline - time.monotonic()))
            if found[0] == method and part in found[1]:
                return found

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def slot(ident, **more):
    now = time.time() - 60
    return {"id": ident, "date": time.strftime("%Y-%m-%d", time.gmtime(now)),
            "scheduled_at": time.strftime("%H:%M:%S", time.gmtime(now)), "slot_type": "work",
            "estimated_duration": 30, "status": "not_started", "priority": 1, "event_type": "job",
            "event_data": {"type": "review", "code": "R1"}, **more}


class Host:
    """The program at the other end of the plugin's stdin and stdout."""

    def __init__(self, home, *words, program=LAZARET, **environment):
        env = {k: v for k, v in os.environ.items() if not k.startswith(("LAZARET", "CLAUDE"))}
        env.update(HOME=str(home), **environment)
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen([program, "plugin", *words], env=env, stderr=self.errors,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.answers = {}   # id → answer, of those nobody has waited for yet
        self.requests = []  # of the plugin
        self.output = []
        self.news = threading.Condition()
        self.number = 0
        self.reader = None

    def read(self):
        self.reader = threading.Thread(target=self.read_lines, daemon=True)
        self.reader.start()

    def read_lines(self):
        for line in self.process.stdout:
            message = json.loads(line)
            with self.news:
                self.output.append(line)
                if "method" in message:
                    self.requests.append(message)
                else:
                    self.answers.setdefault(json.dumps(message.get("id")), []).append(message)
                self.news.notify_all()

    def send(self, raw):
        data = raw if isinstance(raw, bytes) else (json.dumps(raw) + "\n").encode()
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def wait(self, found, what):
        if self.reader is None:
            self.read()
        with self.news:
            if not self.news.wait_for(found, PATIENCE):
                raise AssertionError(f"nothing came: {what}; {self.log()}")
            return found()

    def answer(self, ident):
        key = json.dumps(ident)
        self.wait(lambda: key in self.answers, f"an answer to {ident}")
        with self.news:
            message = self.answers[key].pop(0)
            if not self.answers[key]:
                del self.answers[key]
            return message

    def start(self, method, params=None):
        self.number += 1
        self.send({"jsonrpc": "2.0", "id": self.number, "method": method,
                   **({} if params is None else {"params": params})})
        return self.number

    def ask(self, method, params=None):
        return self.answer(self.start(method, params))

    def modern(self, method, **params):
        return self.ask(method, {**params, "_meta": MODERN})

    def call(self, name, arguments=None, meta=None):
        params = {"name": name}
        if arguments is not None:
            params["arguments"] = arguments
        if meta is not None:
            params["_meta"] = meta
        return self.ask("tools/call", params)["result"]

    def request(self, method):
        def found():
            return next((r for r in self.requests if r["method"] == method), None)
        message = self.wait(found, method)
        with self.news:
            self.requests.remove(message)
        return message

    def open(self, **experimental):
        answer = self.ask("initialize", {
            "protocolVersion": "2025-11-25", "clientInfo": {"name": "story", "version": "1"},
            "capabilities": {"experimental": experimental}})
        self.send({"jsonrpc": "2.0", "method": "notifications/initialized"})
        return answer["result"]

    def log(self):
        self.errors.seek(0)
        return self.errors.read().decode()

    def end(self):
        """Ends the input; how long the plugin took, in seconds."""
        began = time.monotonic()
        self.process.stdin.close()
        self.process.wait(timeout=PATIENCE)
        return time.monotonic() - began

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        if self.reader:
            self.reader.join()
        for stream in (self.process.stdin, self.process.stdout, self.errors):
            try:
                stream.close()
            except BrokenPipeError:
                pass
