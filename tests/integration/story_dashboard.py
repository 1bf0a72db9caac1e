"""A browser gets the dashboard from the daemon itself: the page, all that it loads, and a session."""
import gzip
import http.client
import json
import re
import urllib.parse

from fleet import Story, main


class Dashboard(Story):
    def setUp(self):
        super().setUp()
        self.link = urllib.parse.urlsplit(self.fleet.cli("sign-in").stdout.strip())
        self.browser = http.client.HTTPConnection(self.link.netloc, timeout=30)
        self.addCleanup(self.browser.close)

    def ask(self, method, path, headers=None, body=None):
        own = {"Origin": f"http://{self.link.netloc}"} if method != "GET" else {}
        if body is not None:
            own["Content-Type"] = "application/json"
        self.browser.request(method, path, body and json.dumps(body), own | (headers or {}))
        answer = self.browser.getresponse()
        return answer.status, answer.headers, answer.read()

    def test_the_page_and_everything_it_names_come_over_one_connection(self):
        status, headers, body = self.ask("GET", "/agents/somebody")
        self.assertEqual(status, 200)
        page = body.decode()
        if "without the dashboard" in page:
            self.skipTest("built without the dashboard")
        nonce = re.search(r"'nonce-([\w-]+)'", headers["Content-Security-Policy"]).group(1)
        self.assertNotIn("__NONCE__", page)
        self.assertTrue(set(re.findall(r'nonce="([^"]*)"', page)) <= {nonce})
        named = set(re.findall(r'(?:src|href)="(/assets/[^"]+)"', page))
        self.assertTrue(any(path.endswith(".js") for path in named), page)
        for path in named | {"/favicon.svg"}:
            status, headers, body = self.ask("GET", path, headers={"Accept-Encoding": "gzip"})
            self.assertEqual((status, headers["Content-Encoding"]), (200, "gzip"), path)
            self.assertGreater(len(gzip.decompress(body)), 0, path)

    def test_a_link_and_a_key_sign_in(self):
        status, headers, _ = self.ask("GET", f"{self.link.path}?{self.link.query}")
        self.assertEqual((status, headers["Location"]), (303, "/"))
        key = json.loads(self.fleet.cli("token", "add", "me", "--scope", "operator", "--json").stdout)["key"]
        for cookie, scope in ((headers["Set-Cookie"].split(";")[0], "admin"), (None, "operator")):
            if cookie is None:
                status, headers, _ = self.ask("POST", "/api/v1/session", body={"key": key})
                self.assertEqual(status, 200)
                cookie = headers["Set-Cookie"].split(";")[0]
            who = {"Cookie": cookie}
            self.assertEqual(json.loads(self.ask("GET", "/api/v1/session", who)[2])["scope"], scope)
            self.assertEqual(self.ask("GET", "/api/v1/status", who)[0], 200)
            self.assertEqual(self.ask("DELETE", "/api/v1/session", who)[0], 200)
            self.assertIsNone(json.loads(self.ask("GET", "/api/v1/session", who)[2])["scope"])
            self.assertEqual(self.ask("GET", "/api/v1/status", who)[0], 401)

    def test_who_signed_out_hears_no_more(self):
        key = json.loads(self.fleet.cli("token", "add", "me", "--scope", "viewer", "--json").stdout)["key"]
        _, headers, _ = self.ask("POST", "/api/v1/session", body={"key": key})
        who = {"Cookie": headers["Set-Cookie"].split(";")[0]}
        stream = http.client.HTTPConnection(self.link.netloc, timeout=30)
        self.addCleanup(stream.close)
        stream.request("GET", "/api/v1/events/stream", headers=who)
        heard = stream.getresponse()
        self.assertEqual(heard.status, 200)
        self.fleet.cli("note", "while signed in")
        while b"while signed in" not in heard.readline():
            pass
        self.assertEqual(self.ask("DELETE", "/api/v1/session", who)[0], 200)
        self.assertNotIn(b"data:", heard.read())  # until the daemon ends it


if __name__ == "__main__":
    main()
