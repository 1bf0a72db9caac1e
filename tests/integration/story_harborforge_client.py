"""The daemon as a client of a HarborForge backend, a Python one: real HTTP, real agents."""
import datetime
import http.client
import http.server
import json
import os
import re
import signal
import socket
import threading
import time

import jsonschema

from contract import Contract
from fleet import Fleet, Story, agent, main

LEGAL = {("not_started", "ongoing"), ("not_started", "aborted"), ("not_started", "deferred"),
         ("deferred", "deferred"), ("deferred", "ongoing"), ("deferred", "aborted"),
         ("ongoing", "paused"), ("paused", "ongoing"), ("ongoing", "finished"),
         ("ongoing", "aborted"), ("paused", "finished"), ("paused", "aborted")}


class Backend:
    """What it knows stands in `slots`; `trouble` may answer in its place: a status, or "silent"."""

    def __init__(self):
        self.slots, self.updates, self.beats, self.pushes, self.bad = {}, [], [], [], []
        self.asked = []  # (method, path, headers, body), answered or not
        self.trouble = lambda method, path, body: None
        self.hold = threading.Event()
        self.hold.set()
        self.lock = threading.RLock()
        backend = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one(self):
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length) or b"{}")
                backend.asked.append((self.command, self.path, dict(self.headers), body))
                trouble = backend.trouble(self.command, self.path, body)
                if trouble == "silent":
                    backend.hold.wait(60)
                    self.close_connection = True
                    return
                with backend.lock:
                    status, answer = (trouble, {"detail": "trouble"}) if trouble else \
                        backend.answer(self.command, self.path, self.headers, body)
                data = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_POST = do_PATCH = do_GET = handle_one

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            def handle_error(self, *_):
                pass  # the client was killed

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.hold.set()
        self.server.shutdown()
        self.server.server_close()

    def answer(self, method, path, headers, body):
        if headers.get("X-API-Key") != "story-key":
            self.bad.append(f"{path} without the key")
            return 401, {"detail": "Invalid API key"}
        if path == "/monitor/server/heartbeat":
            self.pushes.append((time.monotonic(), body))
            return 200, {"status": "ok"}
        if path == "/calendar/agent/heartbeat":
            return self.heartbeat(headers, body)
        match = re.fullmatch(r"/calendar/slots/(?:virtual/)?([^/]+)/agent-update", path)
        if not match or method != "PATCH":
            self.bad.append(f"{method} {path}")
            return 404, {"detail": "Not Found"}
        return self.update(match.group(1), body)

    def heartbeat(self, headers, body):
        if (headers.get("X-Agent-ID"), headers.get("X-Claw-Identifier")) != \
                (body.get("agent_id"), body.get("claw_identifier")):
            self.bad.append(f"headers and body differ: {body}")
        self.beats.append(body["agent_id"])
        slots = [{k: v for k, v in slot.items() if k not in ("agent", "names")}
                 for slot in self.slots.values() if slot["agent"] == body["agent_id"]]
        return 200, {"slots": slots, "agent_status": "idle"}

    def update(self, name, body):
        slot = next((s for s in self.slots.values() if name in s["names"]), None)
        if slot is None:
            return 404, {"detail": "Slot not found"}
        if (slot["status"], body["status"]) not in LEGAL:
            return 409, {"detail": f"{slot['status']} -> {body['status']}"}
        if slot.pop("virtual_id", None):
            slot["id"] = 900 + len(self.updates)
            slot["names"].append(str(slot["id"]))
        slot.update({k: v for k, v in body.items() if k != "summary"})
        slot["priority"] += body["status"] == "deferred"
        self.updates.append((slot["names"][0], body))
        return 200, {k: v for k, v in slot.items() if k not in ("agent", "names")}

    def add(self, name, owner, **fields):
        due = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=1)
        slot = {"agent": owner, "names": [str(name)], "date": due.strftime("%Y-%m-%d"),
                "scheduled_at": due.strftime("%H:%M:%S"), "slot_type": "work",
                "estimated_duration": 5, "status": "not_started", "priority": 0,
                "event_type": "job", "event_data": {"type": "review", "code": f"T-{name}"},
                "started_at": None, "attended": False, "actual_duration": None, "plan_id": None,
                "user_id": 1, **fields}
        slot["id" if isinstance(name, int) else "virtual_id"] = name
        with self.lock:
            self.slots[str(name)] = slot

    def status(self, name):
        return self.slots[str(name)]["status"]

    def said(self, name):
        return [body["status"] for slot, body in self.updates if slot == str(name)]


class Bed(Story):
    monitor = "0"
    bridge_port = 0

    def setUp(self):
        self.backend = Backend()
        self.addCleanup(self.backend.close)
        self.fleet = Fleet()
        self.addCleanup(self.fleet.close)
        key = self.fleet.root / "key"
        key.write_text("story-key\n")
        key.chmod(0o600)
        self.fleet.flags = ("--", "--harborforge", self.backend.url, "--harborforge-key-file", str(key),
                            "--harborforge-identifier", "story-host", "--harborforge-calendar", "1",
                            "--harborforge-monitor", self.monitor,
                            "--harborforge-bridge-port", str(self.bridge_port))
        self.fleet.up()

    def tearDown(self):
        self.assertEqual(self.backend.bad, [])
        contract = Contract(self.fleet.get("/openapi.json"))
        for asked in self.backend.asked:
            contract.check_sent(*asked)

    def script(self, name, **lazaret):
        """A `turn` agent: notes its message, then does what the file beside it says."""
        folder = self.fleet.root
        return agent(name, ["/bin/sh", "-c",
                            f'printf "%s\\036" "$1" >> {folder}/{name}.turns; '
                            f'while [ -e {folder}/{name}.wait ]; do sleep 0.05; done; '
                            f'[ ! -e {folder}/{name}.fail ]', "sh", "{message}"],
                     run={"adapter": "turn"}, **lazaret)

    def turns(self, name):
        file = self.fleet.root / f"{name}.turns"
        return file.read_text().split("\x1e")[:-1] if file.exists() else []

    def begin(self, *names, **lazaret):
        self.fleet.start(self.fleet.write_cell([self.script(name, **lazaret) for name in names]))
        for name in names:
            self.fleet.until(lambda n=name: n in self.backend.beats, f"a heartbeat of {name}")

    def until_status(self, name, status):
        self.fleet.until(lambda: self.backend.status(name) == status,
                         f"slot {name} to be {status}; it is said {self.backend.updates}")


class HarborForgeCalendar(Bed):
    def test_a_due_slot_wakes_the_agent_and_its_turn_finishes_it(self):
        self.begin("scout", "idler")
        self.backend.add(7, "scout")
        self.until_status(7, "finished")
        turns = self.turns("scout")
        self.assertEqual(len(turns), 1)
        line, block = turns[0].split("\n", 1)
        self.assertEqual(line, "[calendar job review/T-7] please handle this")
        told = json.loads(re.search(r"```json\n(.*)\n```", block, re.DOTALL).group(1))
        self.assertEqual((told["slot_id"], told["slot_type"], told["event_data"]["code"]),
                         (7, "work", "T-7"))
        self.assertEqual(self.backend.said(7), ["ongoing", "finished"])
        self.assertRegex(self.backend.slots["7"]["started_at"], r"^\d\d:\d\d:\d\d$")
        self.assertEqual(self.backend.slots["7"]["actual_duration"], 1)
        accepted = self.fleet.facts(kind="wake_accepted")
        self.assertEqual([fact["body"]["wake"]["source"] for fact in accepted], ["calendar:7"])
        self.assertEqual(self.turns("idler"), [])

    def test_what_is_described_nowhere_would_be_noticed(self):
        contract = Contract(self.fleet.get("/openapi.json"))
        who = {"X-Claw-Identifier": "host", "X-Agent-ID": "scout"}
        path = "/calendar/slots/1/agent-update"
        contract.check_sent("PATCH", path, who, {"status": "ongoing", "started_at": "09:00:00"})
        for headers, body in ((who, {"status": "Ongoing"}), (who, {"status": "ongoing", "startedAt": "09:00:00"}),
                              (who, {"reason": "none"}), (who, {"status": "finished", "actual_duration": 0}),
                              ({"X-Agent-ID": "scout"}, {"status": "ongoing"}),
                              ({"X-Claw-Identifier": "host"}, {"status": "ongoing"})):
            with self.assertRaises((AssertionError, jsonschema.ValidationError), msg=body):
                contract.check_sent("PATCH", path, headers, body)

    def test_the_higher_priority_goes_first_and_every_slot_has_its_turn(self):
        self.begin("scout")
        with self.backend.lock:  # all of them in one answer
            for number, priority in ((1, 1), (2, 5), (3, 3)):
                self.backend.add(number, "scout", priority=priority)
        for number in (1, 2, 3):
            self.until_status(number, "finished")
        began = [name for name, body in self.backend.updates if body["status"] == "ongoing"]
        self.assertEqual(began, ["2", "3", "1"])
        self.assertIn("deferred", self.backend.said(1))
        self.assertEqual(len(self.turns("scout")), 3)

    def test_a_turn_that_fails_aborts_its_slot_with_the_reason(self):
        (self.fleet.root / "scout.fail").touch()
        self.begin("scout", auto_revive="no")
        self.backend.add("plan-3-2026-11-21T090000", "scout", plan_id=3)
        self.until_status("plan-3-2026-11-21T090000", "aborted")
        self.assertIn("turn failed", self.backend.slots["plan-3-2026-11-21T090000"]["reason"])
        self.assertEqual(len(self.turns("scout")), 1)

    def test_killed_between_wake_and_report_it_fires_once_and_both_sides_agree(self):
        (self.fleet.root / "scout.wait").touch()
        self.begin("scout")
        self.backend.hold.clear()
        asked = []

        def silent(method, path, body):
            if method == "PATCH":
                asked.append(body["status"])
                return "silent"
            return None
        self.backend.trouble = silent
        self.backend.add(7, "scout")
        self.fleet.until(lambda: asked and self.turns("scout"), "the wake and the first report")
        self.fleet.kill_daemon()
        self.assertEqual(self.backend.status(7), "not_started")
        self.backend.trouble = lambda *_: None
        self.backend.hold.set()
        self.until_status(7, "ongoing")
        (self.fleet.root / "scout.wait").unlink()
        self.until_status(7, "finished")
        self.assertEqual(len(self.turns("scout")), 1)
        self.assertEqual(self.backend.said(7), ["ongoing", "finished"])

    def reports(self, name):
        """[(key, status)] of all that arrived about that slot, answered or not"""
        return [(headers["Idempotency-Key"], body["status"]) for method, path, headers, body in self.backend.asked
                if method == "PATCH" and path.split("/")[-2] == str(name)]

    def test_whoever_dies_by_its_report_knows_of_it_afterwards(self):
        """The backend kills the client as soon as a report arrives, before anything else can be written."""
        self.begin("scout")
        saved = {}  # by status: what was on the disk

        def deadly(method, path, body):
            if method != "PATCH" or body["status"] in saved:
                return None
            saved[body["status"]] = None
            os.kill(self.fleet.daemon_pid(), signal.SIGKILL)
            saved[body["status"]] = json.loads((self.fleet.state / "calendar-client.json").read_text())
            return "silent"  # and nothing of it is carried out
        self.backend.trouble = deadly
        self.backend.add(7, "scout")
        self.until_status(7, "finished")
        self.assertEqual(sorted(saved), ["finished", "ongoing"])
        for status, state in saved.items():
            kept = {f"{state['instance']}-{one['number']}": one["update"]["status"]
                    for one in state["outbox"].get("scout", [])}
            keys = [key for key, told in self.reports(7) if told == status]
            self.assertGreaterEqual(len(keys), 2, "it is told again")
            self.assertEqual(set(keys), {keys[0]}, "as the same report")
            self.assertEqual(kept.get(keys[0]), status, "it was on the disk before it left")
        self.assertEqual(self.backend.said(7), ["ongoing", "finished"])
        self.assertEqual(len(self.turns("scout")), 1)

    def test_killed_again_and_again_nothing_fires_twice(self):
        self.begin("scout", "second")
        for number in range(1, 9):
            self.backend.add(number, "scout" if number % 2 else "second")
        for _ in range(4):
            count = len(self.backend.updates)
            self.fleet.until(lambda c=count: len(self.backend.updates) > c, "another report")
            self.fleet.kill_daemon()
        for number in range(1, 9):
            self.fleet.until(lambda n=number: self.backend.status(n) in ("finished", "aborted"),
                             f"the end of slot {number}", 60)
        told = [json.loads(re.search(r"```json\n(.*)\n```", turn, re.DOTALL).group(1))["slot_id"]
                for name in ("scout", "second") for turn in self.turns(name)]
        self.assertEqual(sorted(told), sorted(set(told)), "a slot fired twice")

    def test_a_backend_that_is_away_or_wrong_hears_of_it_later(self):
        self.begin("scout")
        answers = iter([500, "silent", 502, 429])
        self.backend.hold.set()  # silent means: the connection ends without an answer
        self.backend.trouble = lambda method, path, body: \
            next(answers, None) if method == "PATCH" else None
        self.backend.add(7, "scout")
        self.until_status(7, "finished")
        self.assertEqual(self.backend.said(7), ["ongoing", "finished"])
        self.assertEqual(len(self.turns("scout")), 1)


class HarborForgeDisk(Bed):
    monitor = "1"

    def test_a_report_that_cannot_be_saved_does_not_leave(self):
        wait = self.fleet.root / "scout.wait"
        wait.touch()
        self.begin("scout")
        self.backend.add(7, "scout")
        self.until_status(7, "ongoing")
        # Nothing can be renamed over a folder that holds something.
        file = self.fleet.state / "calendar-client.json"
        aside = file.rename(self.fleet.root / "aside.json")
        file.mkdir()
        (file / "in the way").touch()
        broken = True
        self.backend.trouble = lambda method, path, body: \
            self.backend.bad.append(f"{body} left before it was saved") if broken and method == "PATCH" else None
        wait.unlink()
        log = self.fleet.state / "daemon.log"
        self.fleet.until(lambda: "the state cannot be saved" in log.read_text(), "it to be said")
        # What was sent before these has arrived before them.
        seen = len(self.backend.pushes)
        self.fleet.until(lambda: len(self.backend.pushes) >= seen + 2, "two pushes")
        self.assertEqual(self.backend.said(7), ["ongoing"])
        broken = False
        (file / "in the way").unlink()
        file.rmdir()
        aside.rename(file)
        self.until_status(7, "finished")
        self.assertEqual(self.backend.said(7), ["ongoing", "finished"])
        self.assertEqual(len(self.turns("scout")), 1)


class HarborForgeMonitor(Bed):
    monitor = "1"

    def setUp(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.bridge_port = free.getsockname()[1]
        super().setUp()

    def bridge(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.bridge_port, timeout=30)
        connection.request("GET", path)
        answer = connection.getresponse()
        body = json.loads(answer.read())
        connection.close()
        return answer.status, body

    def test_the_bridge_tells_what_the_monitor_is_told(self):
        self.assertEqual(self.bridge("/health")[1]["status"], "ok")
        status, body = self.bridge("/telemetry")
        self.assertEqual((status, body["identifier"]), (200, "story-host"))
        with open("/proc/meminfo") as file:
            kib = {line.split(":")[0]: int(line.split()[1]) for line in file}
        used = 100 * (1 - kib["MemAvailable"] / kib["MemTotal"])
        self.assertLess(abs(body["mem_pct"] - used), 5)
        self.assertEqual(self.bridge("/nothing")[0], 404)

    def test_both_links_say_how_they_do(self):
        links = lambda: {one["link"]: one for one in self.fleet.get("/api/v1/links")["links"]}
        self.assertEqual(links()["bridge"]["state"], "never")
        self.bridge("/telemetry")
        self.assertEqual((links()["bridge"]["state"], links()["bridge"]["sent"]), ("ok", 1))
        self.bridge("/nothing")
        self.assertEqual(links()["bridge"]["error"], "it answered HTTP 404")
        self.fleet.until(lambda: links()["harborforge"]["state"] == "ok", "an exchange with the backend")
        before = len(self.backend.pushes)
        status, tested = self.fleet.call("POST", "/api/v1/links/harborforge/test", {})
        self.assertEqual((status, tested["ok"], tested["detail"][:6]), (200, True, "HTTP 2"))
        self.fleet.until(lambda: len(self.backend.pushes) > before, "the push")
        self.assertEqual(self.fleet.call("POST", "/api/v1/links/bridge/test", {})[0], 501)
        self.assertEqual(self.fleet.call("POST", "/api/v1/links/nobody/test", {})[0], 404)

    def test_telemetry_is_pushed_in_the_interval(self):
        self.begin("scout")
        self.fleet.until(lambda: len(self.backend.pushes) >= 4, "four pushes")
        body = self.backend.pushes[-1][1]
        self.assertEqual(body["identifier"], "story-host")
        self.assertEqual([one["id"] for one in body["agents"]], ["scout"])
        for name in ("cpu_pct", "mem_pct", "disk_pct", "swap_pct"):
            self.assertTrue(0 <= body[name] <= 100, f"{name}: {body[name]}")
        with open("/proc/uptime") as file:
            uptime = float(file.read().split()[0])
        self.assertLess(abs(uptime - body["uptime_seconds"]), 5)
        gaps = [b[0] - a[0] for a, b in zip(self.backend.pushes[1:], self.backend.pushes[2:])]
        self.assertGreater(sum(gaps) / len(gaps), 0.8)


if __name__ == "__main__":
    main()
