"""Somebody outside is told: signed, in order, again after failures, and over the daemon's death."""
import base64
import hashlib
import hmac
import http.server
import json
import os
import threading
import time

from fleet import Fleet, Story, agent, main

SECRET = os.urandom(32)


class Receiver:
    """A real HTTP server; `answers` are the statuses of the next requests, then 204."""

    def __init__(self, port=0):
        self.requests, self.answers, self.slow = [], [], 0.0
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.requests.append((dict(self.headers.items()), body, self.path))
                time.sleep(receiver.slow)
                self.send_response(receiver.answers.pop(0) if receiver.answers else 204)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def types(self):
        return [json.loads(body)["type"] for _, body, _ in self.requests]


class Notified(Story):
    def setUp(self):
        self.receiver = Receiver()
        self.addCleanup(self.receiver.close)
        self.fleet = Fleet()
        self.addCleanup(self.fleet.close)
        secrets = self.fleet.root / "secrets.env"
        secrets.write_text("LAZARET_WEBHOOK_SECRET=whsec_" + base64.b64encode(SECRET).decode()
                           + "\nLAZARET_NTFY_TOKEN=tk_test\n")
        secrets.chmod(0o600)
        self.fleet.flags = ("--", "--notify-webhook", f"http://127.0.0.1:{self.receiver.port}/hook",
                            "--notify-secrets", str(secrets))

    def ask(self, question):
        status, body = self.fleet.call("POST", "/api/v1/approvals", {"question": question})
        self.assertEqual(status, 201)
        return body["approval"]

    def until_told(self, count):
        self.fleet.until(lambda: len(self.receiver.requests) >= count, f"{count} requests")

    def check_signature(self, headers, body):
        stamp = headers["webhook-timestamp"]
        self.assertLess(abs(time.time() - int(stamp)), 300)
        text = f"{headers['webhook-id']}.{stamp}.".encode() + body
        good = base64.b64encode(hmac.new(SECRET, text, hashlib.sha256).digest()).decode()
        self.assertTrue(hmac.compare_digest(headers["webhook-signature"], "v1," + good))

    def test_a_question_is_told_signed_and_once(self):
        self.fleet.up()
        approval = self.ask("go on?")
        self.until_told(1)
        headers, body, path = self.receiver.requests[0]
        self.check_signature(headers, body)
        self.assertEqual(path, "/hook")
        told = json.loads(body)
        self.assertEqual((told["type"], told["data"]["approval"]), ("approval.opened", approval))
        self.ask("and then?")
        self.until_told(2)
        self.assertNotEqual(self.receiver.requests[1][0]["webhook-id"], headers["webhook-id"])

    def test_after_errors_the_same_message_comes_again(self):
        self.receiver.answers = [500, 503]
        self.fleet.up()
        self.ask("go on?")
        self.until_told(3)
        ids = {headers["webhook-id"] for headers, _, _ in self.receiver.requests}
        self.assertEqual(len(ids), 1)
        for headers, body, _ in self.receiver.requests:
            self.check_signature(headers, body)

    def test_what_happens_while_the_receiver_is_down_is_told_later_in_order_also_by_the_next_daemon(self):
        port = self.receiver.port
        self.receiver.close()
        self.fleet.up()
        asked = [self.ask(f"question {i}") for i in range(3)]
        self.fleet.kill_daemon()
        asked.append(self.ask("the last"))
        self.receiver = Receiver(port)
        self.until_told(4)
        told = [json.loads(body)["data"]["approval"] for _, body, _ in self.receiver.requests]
        self.assertEqual(told, asked)
        self.fleet.kill_daemon()
        self.ask("one more")
        self.fleet.until(lambda: len({h["webhook-id"] for h, _, _ in self.receiver.requests}) == 5,
                         "the fifth message; one that came before may come again")

    def test_gone_is_gone(self):
        self.receiver.answers = [410]
        self.fleet.up()
        self.ask("anybody?")
        log = self.fleet.state / "daemon.log"
        self.fleet.until(lambda: "410" in log.read_text(), "the log to say so")
        self.ask("still?")  # what was kept before is on disk with it
        self.fleet.kill_daemon()
        self.ask("now?")
        time.sleep(1.5)  # longer than the first pause between attempts
        self.assertEqual(len(self.receiver.requests), 1)

    def link(self):
        (link,) = self.fleet.get("/api/v1/links")["links"]
        return link

    def test_the_link_says_how_it_went_and_can_be_tested(self):
        self.fleet.up()
        link = self.link()
        self.assertEqual((link["link"], link["state"], link["error"]), ("webhook-1", "never", None))
        self.assertEqual(link["url"], f"http://127.0.0.1:{self.receiver.port}/…")
        tested = json.loads(self.fleet.cli("link", "test", "webhook-1", "--json").stdout)
        self.assertEqual((tested["ok"], tested["detail"]), (True, "HTTP 204"))
        headers, body, _ = self.receiver.requests[0]
        self.check_signature(headers, body)
        self.assertEqual(json.loads(body)["type"], "link.test")
        self.assertEqual((self.link()["state"], self.link()["sent"]), ("ok", 1))
        self.receiver.answers = [500, 500, 500]
        failed = self.fleet.cli("link", "test", "webhook-1", check=False)
        self.assertEqual(failed.returncode, 1, failed.stdout)
        self.assertIn("HTTP 500", failed.stdout)
        status, tested = self.fleet.call("POST", "/api/v1/links/webhook-1/test", {})
        self.assertEqual((status, tested["ok"], tested["detail"]), (200, False, "HTTP 500"))
        self.ask("go on?")
        self.fleet.until(lambda: self.link()["waiting"] == 1 and self.link()["state"] == "failing", "its failure")
        self.fleet.until(lambda: self.link()["state"] == "ok", "the next attempt")
        self.receiver.answers = [410]
        self.ask("and now?")
        self.fleet.until(lambda: self.link()["state"] == "off", "its end")
        self.assertIn("410", self.link()["error"])
        self.assertIn("410", self.fleet.cli("link", "ls").stdout)

    def test_a_slow_receiver_holds_nobody_up(self):
        self.receiver.slow = 3
        self.fleet.up()
        self.ask("slowly?")
        self.until_told(1)
        began = time.monotonic()
        self.fleet.get("/health")
        self.assertLess(time.monotonic() - began, 2)

    def test_quarantine_and_its_question_are_one_message_and_the_mission_s_end_another(self):
        self.fleet.up()
        cell = self.fleet.write_cell([agent("bad", ["/bin/false"])], policies={"max_retries": 0})
        self.fleet.start(cell)
        self.until_told(1)
        self.fleet.call("POST", f"/api/v1/cells/{cell}/status", {"status": "failed", "reason": "enough"})
        self.until_told(2)
        self.assertEqual(self.receiver.types(), ["approval.opened", "mission.failed"])

    def test_ntfy_gets_title_priority_and_tags(self):
        self.fleet.flags = ("--", "--notify-ntfy", f"http://127.0.0.1:{self.receiver.port}/topic",
                            *self.fleet.flags[3:])
        self.fleet.up()
        self.ask("go on?")
        self.until_told(1)
        headers, body, path = self.receiver.requests[0]
        self.assertEqual(path, "/topic")
        self.assertIn("asks", headers["Title"])
        self.assertEqual(headers["Tags"], "lazaret,approval")
        self.assertEqual(headers["Authorization"], "Bearer tk_test")
        self.assertIn(b"go on?", body)
        shown = self.fleet.cli("config", "--json").stdout
        self.assertNotIn("tk_test", shown)

    def test_secrets_that_others_may_read_are_refused(self):
        (self.fleet.root / "secrets.env").chmod(0o644)
        done = self.fleet.cli("up", "--detach", "--port", "0", *self.fleet.flags, check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("chmod 600", done.stdout + done.stderr)


if __name__ == "__main__":
    main()
