"""`lazaret plugin` in the hands of a scripted host, over real pipes, with a real backend beside it."""
import http.server
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.request

import jsonschema

from fleet import LAZARET, PATIENCE, main
from plugin_host import MODERN, Backend, Host, slot

SECRET = "hf-very-secret-key"
TOOLS = ["harborforge_" + name for name in (
    "status", "telemetry", "monitor_telemetry", "calendar_status", "calendar_complete",
    "calendar_abort", "calendar_pause", "calendar_resume", "restart_status")]


class Plugin(unittest.TestCase):
    def setUp(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="lz-"))
        self.addCleanup(shutil.rmtree, self.home, ignore_errors=True)
        self.place = self.home / ".plexum/plugins/harbor-forge"

    def configure(self, **settings):
        self.place.mkdir(parents=True, exist_ok=True)
        file = self.place / "config.json"
        file.write_text(json.dumps(settings))
        file.chmod(0o600)

    def host(self, *words, **more):
        host = Host(self.home, *words, **more)
        self.addCleanup(host.close)
        return host

    def backend(self):
        backend = Backend()
        self.addCleanup(backend.close)
        return backend


class Protocol(Plugin):
    def test_both_eras_in_one_process(self):
        host = self.host()
        found = host.modern("server/discover")["result"]
        self.assertEqual(found["supportedVersions"][0], "2026-07-28")
        self.assertEqual(found["resultType"], "complete")
        self.assertIn("dev.lazaret/host", found["capabilities"]["extensions"])
        opened = host.open()
        self.assertEqual(opened["protocolVersion"], "2025-11-25")
        self.assertEqual(opened["serverInfo"]["name"], "harbor-forge")
        self.assertIn("dev.lazaret/host", opened["capabilities"]["experimental"])
        self.assertEqual(host.ask("ping")["result"], {})
        self.assertEqual(host.modern("ping")["error"]["code"], -32601)
        self.assertEqual(host.modern("initialize", protocolVersion="2025-11-25")["error"]["code"], -32601)
        old = {**MODERN, "io.modelcontextprotocol/protocolVersion": "2020-01-01"}
        self.assertEqual(host.ask("tools/list", {"_meta": old})["error"]["code"], -32022)
        legacy, modern = host.ask("tools/list")["result"], host.modern("tools/list")["result"]
        self.assertEqual([t["name"] for t in legacy["tools"]], TOOLS)
        self.assertEqual(modern["tools"], legacy["tools"])
        self.assertGreater(modern["ttlMs"], 0)
        self.assertEqual(modern["cacheScope"], "private")

    def test_what_is_not_announced_is_not_there(self):
        """No resources, prompts, completions, log levels, subscriptions; tools that never change; no progress."""
        host = self.host()
        opened = host.open()["capabilities"]
        found = host.modern("server/discover")["result"]["capabilities"]
        for announced, more in ((opened, "experimental"), (found, "extensions")):
            self.assertEqual(announced.pop("tools"), {"listChanged": False})
            self.assertEqual(set(announced.pop(more)), {"dev.lazaret/host"})
            self.assertEqual(announced, {})
        for method in ("resources/list", "resources/templates/list", "resources/read", "resources/subscribe",
                       "resources/unsubscribe", "prompts/list", "prompts/get", "completion/complete",
                       "logging/setLevel",
                       "subscriptions/listen", "tasks/list", "tasks/get", "roots/list"):
            for answer in (host.ask(method, {}), host.modern(method)):
                self.assertEqual(answer["error"]["code"], -32601, (method, answer))
                self.assertIn(method, answer["error"]["message"])
        # A token for progress is taken, and nothing has to be told with it.
        answer = host.ask("tools/call", {"name": "harborforge_status", "_meta": {"progressToken": "p-1"}})
        self.assertFalse(answer["result"]["isError"])
        for told in ("notifications/roots/list_changed", "notifications/progress"):
            host.send({"jsonrpc": "2.0", "method": told, "params": {}})
        self.assertEqual(host.ask("ping")["result"], {})
        self.assertEqual(host.requests, [], "it tells nothing that it did not announce")

    def test_the_nine_tools_answer_what_their_schemas_promise(self):
        self.configure(backendUrl="http://127.0.0.1:1", apiKey=SECRET, identifier="box")
        host = self.host()
        tools = {t["name"]: t for t in host.ask("tools/list")["result"]["tools"]}
        for name, tool in tools.items():
            jsonschema.Draft202012Validator.check_schema(tool["inputSchema"])
            jsonschema.Draft202012Validator.check_schema(tool["outputSchema"])
            for answer in (host.call(name), host.call(name, {}), host.call(name, {}, MODERN)):
                text = answer["content"][0]["text"]
                if tool["annotations"]["readOnlyHint"]:
                    self.assertFalse(answer["isError"], text)
                    jsonschema.validate(answer["structuredContent"], tool["outputSchema"])
                    self.assertEqual(json.loads(text), answer["structuredContent"])
                else:
                    self.assertTrue(answer["isError"])
                    self.assertIn("no active slot for agent", text)
            wrong = host.call(name, {"no_such": 1})
            self.assertTrue(wrong["isError"])
            self.assertIn("no_such", wrong["content"][0]["text"])
        self.assertTrue(host.call(TOOLS[4], {"summary": 5})["isError"])
        self.assertEqual(host.ask("tools/call", {"name": "harborforge_statsu"})["error"]["code"], -32602)
        manifest = json.loads((pathlib.Path(__file__).parents[2] /
                               "packaging/harbor-forge/manifest.json").read_text())
        self.assertEqual(manifest["tools"], list(tools.values()))

    def test_nothing_that_comes_in_ends_it(self):
        host = self.host()
        for raw, code in ((b"{\n", -32700), (b"\xff\xfe\n", -32700), (b"[" * 5000 + b"\n", -32700),
                          (b"[]\n", -32600), (b'[{"jsonrpc":"2.0","id":1,"method":"ping"}]\n', -32600),
                          (b"7\n", -32600), (b'{"jsonrpc":"2.0","id":null,"method":"ping"}\n', -32600),
                          (b'{"jsonrpc":"2.0","id":[1],"method":"ping"}\n', -32600),
                          (b'{"a":"' + b"x" * (10 << 20) + b'"}\n', -32600),
                          (b"\0\0\0\n", -32700)):
            host.send(raw)
            self.assertEqual(host.answer(None)["error"]["code"], code, raw[:40])
        host.send(b'\n\n \r\n{"jsonrpc":"2.0","method":"notifications/no/such"}\r\n')
        host.send(b'{"jsonrpc":"2.0","id":"late","result":{}}\n')
        host.send({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 9}})
        wide = host.call(TOOLS[4], {"summary": "x" * (3 << 20)})
        self.assertTrue(wide["isError"])
        self.assertIn("8000 characters", wide["content"][0]["text"])
        self.assertEqual(host.ask("ping")["result"], {})
        self.assertLess(host.end(), 2)
        self.assertEqual(host.process.returncode, 0)

    def test_a_burst_is_answered_whole(self):
        host = self.host()
        host.read()
        lines = b"".join(b'{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":'
                         b'"harborforge_restart_status"}}\n' % i for i in range(1, 5001))
        host.send(lines)
        for i in range(1, 5001):
            self.assertFalse(host.answer(i)["result"]["isError"])

    def test_a_host_that_does_not_read_is_not_read_from(self):
        host = self.host()
        line = b'{"jsonrpc":"2.0","id":1,"method":"tools/list"}\n'
        count = 4000
        writer = threading.Thread(target=lambda: host.send(line * count + b'{"jsonrpc":"2.0",'
                                                           b'"id":"last","method":"ping"}\n'))
        writer.start()
        deadline = time.monotonic() + PATIENCE
        before = -1
        while before != (now := self.written(host)) or now == 0:  # until it stands still
            self.assertLess(time.monotonic(), deadline)
            before = now
            time.sleep(0.3)
        self.assertLess(self.resident(host), 32 << 10)
        self.assertEqual(host.answer("last")["result"], {})
        writer.join()
        self.assertEqual(len(host.answers["1"]), count)

    def written(self, host):
        fields = pathlib.Path(f"/proc/{host.process.pid}/io").read_text().split()
        return int(fields[fields.index("rchar:") + 1])

    def resident(self, host):
        """In KiB."""
        fields = pathlib.Path(f"/proc/{host.process.pid}/status").read_text().split()
        return int(fields[fields.index("VmRSS:") + 1])

    def test_input_from_a_file_is_answered_to_a_file(self):
        requests = self.home / "requests"
        requests.write_text('{"jsonrpc":"2.0","id":1,"method":"ping"}\n'
                            '{"jsonrpc":"2.0","id":2,"method":"tools/list"}')
        answers = self.home / "answers"
        with requests.open() as source, answers.open("w") as sink:
            done = subprocess.run([LAZARET, "plugin"], stdin=source, stdout=sink, timeout=PATIENCE,
                                  env={"HOME": str(self.home)}, stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, 0, done.stderr)
        ids = [json.loads(line)["id"] for line in answers.read_text().splitlines()]
        self.assertEqual(ids, [1, 2])

    def test_it_ends_soon_after_its_input(self):
        backend = self.backend()
        stuck = threading.Event()
        self.addCleanup(stuck.set)
        backend.answer = lambda *_: stuck.wait(PATIENCE) and {}
        self.configure(backendUrl=backend.url, monitor_push_enabled=True,
                       monitor_push_interval_seconds=1)
        host = self.host()
        host.modern("lazaret/host/exchange", agents=[{"agentId": "a", "state": "idle"}])
        host.start("lazaret/host/exchange", {"waitMs": 25000, "_meta": MODERN})
        host.ask("ping")
        self.assertLess(host.end(), 2)
        self.assertEqual(host.process.returncode, 0)


class Work(Plugin):
    def test_a_slot_wakes_its_agent_by_pull_and_is_completed_by_the_tool(self):
        backend = self.backend()
        backend.slots["ada"] = [slot(7)]
        self.configure(backendUrl=backend.url, apiKey=SECRET, identifier="box",
                       calendar_heartbeat_interval_seconds=1)
        host = self.host()
        agents = [{"agentId": "ada", "state": "idle", "sessionId": "thread-1"},
                  {"agentId": "bob", "state": "offline"}]
        answer = host.modern("lazaret/host/exchange", seq=1, waitMs=25000, agents=agents)
        (command,) = answer["result"]["commands"]
        self.assertEqual((command["type"], command["agentId"], command["source"]),
                         ("wake", "ada", "calendar:7"))
        self.assertIn("[calendar job review/R1] please handle this", command["message"])
        self.assertEqual(host.call(TOOLS[0])["structuredContent"]["host"]["unacknowledged"], 1)
        host.modern("lazaret/host/exchange", seq=2,
                    acks=[{"commandId": command["id"], "outcome": "started"}])
        _, path, key, body = backend.next("PATCH", "/calendar/slots/7/")
        self.assertEqual((path, key, body["status"]),
                         ("/calendar/slots/7/agent-update", SECRET, "ongoing"))
        stranger = host.call(TOOLS[4], {"summary": "mine", "agent_id": "bob"})
        self.assertTrue(stranger["isError"])
        done = host.call(TOOLS[4], {"summary": "reviewed"}, {"threadId": "thread-1"})
        self.assertFalse(done["isError"], done)
        self.assertEqual(done["structuredContent"]["agent_id"], "ada")
        *_, body = backend.next("PATCH", "/calendar/slots/7/")
        self.assertEqual((body["status"], body["actual_duration"]), ("finished", 1))
        self.assertTrue(host.call(TOOLS[4])["isError"])

    def test_a_slot_wakes_its_agent_by_push_with_plexums_names(self):
        backend = self.backend()
        backend.slots["ada"] = [slot(8)]
        self.configure(backendUrl=backend.url, calendar_heartbeat_interval_seconds=1)
        host = self.host()
        host.open(**{"dev.lazaret/host": {}})
        asked = host.request("lazaret/host/agents/list")
        host.send({"jsonrpc": "2.0", "id": asked["id"], "result": {"agents": [{"agent_id": "ada"}]}})
        asked = host.request("plexum/host/agent-state/read")
        self.assertEqual(asked["params"], {"agent_id": "ada"})
        host.send({"jsonrpc": "2.0", "id": asked["id"], "result": {"state": "idle", "model": "m"}})
        wake = host.request("lazaret/host/agents/wake")
        self.assertEqual((wake["params"]["agent_id"], wake["params"]["source"]), ("ada", "calendar:8"))
        host.send({"jsonrpc": "2.0", "id": wake["id"], "result": {"outcome": "started"}})
        *_, body = backend.next("PATCH", "/calendar/slots/8/")
        self.assertEqual(body["status"], "ongoing")
        for tool, status in (("pause", "paused"), ("resume", "ongoing"), ("abort", "aborted")):
            self.assertFalse(host.call(f"harborforge_calendar_{tool}")["isError"])
            *_, body = backend.next("PATCH", "/calendar/slots/8/")
            self.assertEqual(body["status"], status)

    def test_an_active_slot_outlives_the_plugin(self):
        backend = self.backend()
        backend.slots["ada"] = [slot(9)]
        self.configure(backendUrl=backend.url, calendar_heartbeat_interval_seconds=1)
        agents = [{"agentId": "ada", "state": "idle"}]
        host = self.host()
        (command,) = host.modern("lazaret/host/exchange", waitMs=25000, agents=agents)["result"]["commands"]
        host.modern("lazaret/host/exchange",
                    acks=[{"commandId": command["id"], "outcome": "started"}])
        backend.next("PATCH", "/calendar/slots/9/")
        host.process.kill()
        host.process.wait()
        again = self.host()
        waiting = again.start("lazaret/host/exchange", {"agents": agents, "waitMs": 3000, "_meta": MODERN})
        self.assertEqual(again.answer(waiting)["result"]["commands"], [], "it fired twice")
        self.assertFalse(again.call(TOOLS[4])["isError"])
        statuses = [None]
        while statuses[-1] != "finished":  # what the first one was told of may be reported again
            statuses.append(backend.next("PATCH", "/calendar/slots/9/")[-1]["status"])
        self.assertIn(statuses[1:], (["finished"], ["ongoing", "finished"]))

    def test_two_plugins_do_not_share_a_state(self):
        self.configure()
        first, second = self.host(), self.host()
        first.call(TOOLS[0])
        second.call(TOOLS[0])
        pid = int(self.until((self.place / "state.lock").read_text, bool))
        holder, other = (first, second) if first.process.pid == pid else (second, first)

        def problem():
            return other.call(TOOLS[3])["structuredContent"].get("problem", "")
        self.until(problem, lambda said: f"pid {pid}" in said)
        holder.end()
        self.until(problem, lambda said: said == "")

    def until(self, look, good):
        deadline = time.monotonic() + PATIENCE
        while not good(found := look()):
            self.assertLess(time.monotonic(), deadline, found)
            time.sleep(0.05)
        return found

    def test_the_loops_live_as_long_as_the_process(self):
        backend = self.backend()
        self.configure(backendUrl=backend.url, apiKey=SECRET, identifier="box",
                       monitor_push_enabled=True, monitor_push_interval_seconds=1)
        host = self.host()
        *_, key, body = backend.next("POST", "/monitor/server/heartbeat")
        self.assertEqual((key, body["identifier"]), (SECRET, "box"), "before anybody spoke to it")
        host.open()
        for _ in range(3):
            backend.next("POST", "/monitor/server/heartbeat")
        self.assertEqual(host.ask("ping")["result"], {})

    def test_the_bridge_answers_and_the_tool_knows(self):
        port = self.free_port()
        self.configure(monitor_port=port, identifier="box")
        host = self.host()
        bridge = host.call(TOOLS[2])["structuredContent"]
        self.until(lambda: host.call(TOOLS[2])["structuredContent"]["listening"], bool)
        self.assertEqual(bridge["requests"], 0)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=PATIENCE) as answer:
            self.assertEqual(answer.status, 200)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/telemetry", timeout=PATIENCE) as answer:
            telemetry = json.load(answer)
        self.assertEqual(telemetry["identifier"], "box")
        self.assertIn("captured_at", telemetry)
        self.assertEqual(host.call(TOOLS[2])["structuredContent"]["requests"], 2)

    def free_port(self):
        with http.server.HTTPServer(("127.0.0.1", 0), None) as server:
            return server.server_port


class Installed(Plugin):
    def test_wrong_settings_are_named_and_nothing_starts(self):
        self.configure(backendUlr="http://a", monitor_port="x", calendar_enabled=3)
        host = self.host()
        self.assertEqual(host.process.wait(timeout=PATIENCE), 2)
        said = host.log()
        for words in ("config.json:1:2 /backendUlr", "did you mean backendUrl?",
                      "monitor_port is \"x\"; expected a whole number", "expected true or false"):
            self.assertIn(words, said)

    def test_secrets_are_shown_nowhere(self):
        backend = self.backend()
        self.configure(backendUrl=backend.url, apiKey=SECRET, monitor_push_enabled=True,
                       monitor_push_interval_seconds=1)
        (self.place / "config.json").chmod(0o644)
        host = self.host()
        backend.next("POST", "/monitor")
        for name in TOOLS:
            host.call(name)
        backend.close()
        host.ask("ping")
        host.end()
        self.assertIn("others may read it", host.log())
        for said in (host.log(), b"".join(host.output).decode()):
            self.assertNotIn(SECRET, said)

    def test_wrong_words_are_explained(self):
        for words, expected in ((["--manfest"], "--manifest"), (["--config"], "needs a file")):
            host = self.host(*words)
            self.assertEqual(host.process.wait(timeout=PATIENCE), 2)
            self.assertIn(expected, host.log())

    def install(self, *words):
        script = pathlib.Path(__file__).parents[2] / "scripts/install-plugin"
        return subprocess.run([script, "--binary", LAZARET, *words], text=True, timeout=120,
                              capture_output=True, env={**os.environ, "HOME": str(self.home)})

    def test_the_script_installs_once_and_the_program_finds_its_place(self):
        first = self.install()
        self.assertEqual(first.returncode, 0, first.stderr)
        self.assertEqual(first.stdout.count("installed"), 2)
        self.assertEqual(self.install().stdout.count("unchanged"), 2)
        manifest = json.loads((self.place / "manifest.json").read_text())
        self.assertEqual([t["name"] for t in manifest["tools"]], TOOLS)
        bundle = self.home / "a bundle"
        self.assertEqual(self.install("--bundle", str(bundle)).returncode, 0)
        server = json.loads((bundle / ".mcp.json").read_text())["mcpServers"]["harbor-forge"]
        self.assertEqual(server["args"], ["plugin"])
        (bundle / "config.json").write_text('{"identifier": "beside"}')
        host = self.host(program=server["command"])
        status = host.call(TOOLS[0])["structuredContent"]
        self.assertEqual(status["plugin"]["config_file"], str(bundle / "config.json"))
        self.assertEqual(status["config"]["identifier"], "beside")
        self.assertEqual(self.install("--dset", "x").returncode, 2)


if __name__ == "__main__":
    main()
