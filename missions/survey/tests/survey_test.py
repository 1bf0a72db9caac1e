#!/usr/bin/python3
"""Runs the survey's real agents, as processes, against the double.   python3 missions/survey/tests/survey_test.py"""
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
SURVEY = os.path.dirname(HERE)
sys.path[:0] = [SURVEY, HERE]
sys.dont_write_bytecode = True

import freeze  # noqa: E402
import links  # noqa: E402
import merge  # noqa: E402
import near_duplicates  # noqa: E402
import rules  # noqa: E402
from double import Double  # noqa: E402
from lazaret_client import Client  # noqa: E402
from names import escaped, unescaped  # noqa: E402

SECRET = b"AK" + b"IA" + b"ABCDEFGHIJKLMNOP"
TEXT = b"".join(b"line %d of a text that is long enough\n" % i for i in range(40))


def hostile_tree(root):
    """Everything that a directory may hold to annoy a survey."""
    def put(name, data):
        path = os.path.join(os.fsencode(root), name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as stream:
            stream.write(data)
    put(b"README.md", b"# x\n[gone](docs/none.md) [here](src/a.py#top) [web](https://x.y) "
        b"[up](../outside) [q](src/b%20c.txt) <!-- TODO: say more -->\n```\n[no](n.md)\n```\n"
        b"[built](build/out.txt) `[code](nowhere)` [t](missing.png \"title\") [p](a(1).txt)\n")
    put(b"src/a.py", b"#!/usr/bin/python3\n# SPDX-License-Identifier: MIT OR Apache-2.0\n" + TEXT)
    put(b"src/b c.txt", TEXT)
    put(b"src/copy of b.txt", TEXT)
    put(b"src/near.txt", TEXT.replace(b"line 7 ", b"line seven "))
    put(b"src/notes.html", b"<a href='no.html'>x</a><img src=\"../README.md\">\n<!-- FIXME -->")
    put(b"conf/keys.env", b"id = " + SECRET + b"\npassword: \"correct-horse\"\r\n")
    put(b"odd/new\nline.txt", b"TODO later\n")
    put(b"odd/\xff\xfe not utf8.txt", b"caf\xe9 TODO caf\xe9\n")
    put("odd/umläut ‮evil.txt".encode(), "wörter “quoted” größe — dash\n".encode())
    put(b"odd/<script>alert(1)</script>.txt", b"</script><b>TODO <img src=x onerror=alert(1)>\n")
    put(b"odd/back\\slash", b"")
    put(b"bin/data", bytes(range(256)) * 20)
    put(b"bin/picture", b"\x89PNG\r\n\x1a\n" + bytes(50))
    put(b"build/out.txt", b"left out")
    put(b"big.txt", b"word%d\n" % 5 * 1_000_000)
    for number in range(60):
        put(b"many/file-%02d.c" % number, b"// part %d\nint f%d;\n// HACK\n" % (number, number) + TEXT[:50])
    os.symlink("README.md", os.path.join(root, "good-link"))
    os.symlink("nowhere/at/all", os.path.join(root, "bad-link"))
    os.mkfifo(os.path.join(root, "pipe"))


class Mission:
    """A prepared cell, the double, and the agents' processes."""

    def __init__(self, test, source, *options, break_off_every=0):
        self.folder = tempfile.mkdtemp()
        test.addCleanup(shutil.rmtree, self.folder)
        line = subprocess.run(
            ["/usr/bin/python3", "-B", os.path.join(SURVEY, "prepare.py"), "--missions", self.folder,
             *(["--source", source] if source else []), *options],
            check=True, capture_output=True, text=True).stdout
        self.about = json.loads(line)
        self.cell = self.about["path"]
        self.double = Double(self.cell, break_off_every)
        self.processes, self.started = {}, []
        test.addCleanup(self.end)

    def start(self, agent, **more):
        with open(os.path.join(self.cell, "agents", f"{agent}.json")) as stream:
            run = json.load(stream)["lazaret"]["run"]
        self.processes[agent] = subprocess.Popen(
            run["command"], cwd=os.path.join(self.cell, run["working_directory"]),
            env=self.double.environment(agent, {**run.get("env", {}), **more}),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.started.append(self.processes[agent])
        return self.processes[agent]

    def start_all(self, *agents):
        for agent in agents or ("lead", "reader", "audit", *(f"write-{n}" for n in range(1, 5))):
            self.start(agent)

    def finish(self):
        self.double.wait_for(lambda s: "report" in s.completions
                             or any(t["status"] == "failed" for t in s.tasks.values()), 120)
        failed = [t for t in self.double.state.tasks.values() if t["status"] == "failed"]
        if failed:
            raise AssertionError(failed)

    def survey(self):
        with open(os.path.join(self.cell, "artifacts/reports/survey.json"), "rb") as stream:
            return stream.read()

    def check(self, path=None, share="0.05"):
        path = path or os.path.join(self.cell, "artifacts/reports/survey.json")
        return subprocess.run(["perl", os.path.join(SURVEY, "audit.pl"), "--check", path, self.cell,
                               "7", share], capture_output=True, text=True)

    def end(self):
        for process in self.started:
            process.kill()
            process.wait()
        self.double.close()


class Whole(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.source = tempfile.mkdtemp()
        hostile_tree(cls.source)
        cls.addClassCleanup(shutil.rmtree, cls.source)

    def run_calm(self, *options, **more):
        mission = Mission(self, self.source, *options, **more)
        mission.start_all()
        mission.finish()
        return mission

    def test_two_implementations_agree_and_a_flipped_byte_is_found(self):
        mission = self.run_calm()
        agreed = json.loads(mission.double.state.tasks["audit"]["result"])
        self.assertEqual((agreed["different"], agreed["problems"]), (0, []))
        result, _ = merge.read_survey(os.path.join(mission.cell, "artifacts/reports/survey.json"))
        everything = mission.check(share="1")
        self.assertEqual(everything.returncode, 0, everything.stdout)
        self.assertEqual(json.loads(everything.stdout)["sampled"], mission.about["files"])
        self.assertEqual(result["totals"]["files"], mission.about["files"])
        raw, chance = mission.survey(), random.Random(5)
        for position in [0, len(raw) - 1, *chance.sample(range(len(raw)), 12)]:
            bad = os.path.join(mission.folder, "bad.json")
            with open(bad, "wb") as stream:
                stream.write(raw[:position] + bytes([raw[position] ^ 1]) + raw[position + 1:])
            self.assertEqual(mission.check(bad).returncode, 1, f"byte {position}")

    def test_a_wrong_survey_with_a_right_digest_is_found(self):
        mission = self.run_calm()
        path = os.path.join(mission.cell, "artifacts/reports/survey.json")
        for spoil in (lambda r: r["totals"].update(todos=r["totals"]["todos"] + 1),
                      lambda r: r["files"].pop(),
                      lambda r: r["exact_duplicates"].clear(),
                      lambda r: r["index"].update(words=r["index"]["words"] - 1)):
            result, _ = merge.read_survey(path)
            spoil(result)
            bad = os.path.join(mission.folder, "bad.json")
            merge.write_survey(bad, result)
            self.assertEqual(mission.check(bad).returncode, 1)

    def test_troubled_gives_the_same_bytes_as_calm(self):
        calm = self.run_calm()
        mission = Mission(self, None, "--like", calm.cell, "--troubled", break_off_every=9)
        double = mission.double
        mission.start_all()
        # Both hold still in the middle of a shard: after the third row of their first one.
        for agent in ("write-1", "write-2"):
            double.wait_for(lambda s, who=agent: len(  # one whose answer is lost comes twice
                {(t, json.dumps(c)) for t, a, c in s.checkpoints if a == who}) >= 3)
        mission.processes["write-1"].kill()
        stopped = mission.processes["write-2"]
        stopped.send_signal(signal.SIGSTOP)
        mission.start("write-1")
        # The stopped one is replaced; when it goes on it must find itself fenced, and end.
        mission.start("write-2")
        stopped.send_signal(signal.SIGCONT)
        self.assertEqual(stopped.wait(30), 0)
        self.assertEqual(mission.processes["write-4"].wait(30), 1)
        for _ in range(2):
            self.assertEqual(mission.start("write-4").wait(30), 1)
        mission.start("spare")
        double.state.give_to("write-4", "spare")
        mission.finish()
        self.assertEqual(mission.survey(), calm.survey())
        self.assertEqual(len(double.state.completions), len(set(double.state.completions)))
        self.assertTrue(any("crash_loop strikes" in note for note in double.state.notes))

    def test_a_call_whose_answer_is_lost_does_its_work_once(self):
        mission = Mission(self, self.source, break_off_every=2)
        client = Client({**mission.double.environment("lead")})
        for text in ("one", "two", "three"):
            client.note(text)
        self.assertGreater(mission.double.state.answers, 3)  # some were lost
        self.assertEqual(mission.double.state.notes, ["one", "two", "three"])

    def test_the_report_holds_no_markup_of_others(self):
        mission = self.run_calm()
        with open(os.path.join(mission.cell, "artifacts/reports/report.html")) as stream:
            page = stream.read()
        self.assertEqual(page.count("<script"), 2)
        self.assertNotIn("<img", page)
        self.assertNotIn(SECRET.decode(), page)
        self.assertIn("No language model took part", page)

    def test_what_the_rules_find(self):
        mission = self.run_calm()
        result, _ = merge.read_survey(os.path.join(mission.cell, "artifacts/reports/survey.json"))
        by_path = {r["path"]: r for r in result["files"]}
        self.assertEqual([f["target"] for f in by_path["README.md"]["broken_links"]],
                         ["docs/none.md", "missing.png", "a(1).txt"])
        self.assertEqual(by_path["src/a.py"]["licence"], "MIT OR Apache-2.0")
        self.assertEqual([s["rule"] for s in by_path["conf/keys.env"]["secrets"]],
                         ["aws access key", "assigned secret"])
        self.assertEqual([g["paths"] for g in result["exact_duplicates"]],
                         [["src/b c.txt", "src/copy of b.txt"]])
        self.assertIn({"a": "src/b c.txt", "b": "src/near.txt", "shared": 39, "together": 41},
                      result["near_duplicates"]["pairs"])
        self.assertEqual(by_path["bad-link"]["broken_links"], [{"line": 0, "target": "nowhere/at/all"}])
        self.assertEqual(by_path["good-link"]["broken_links"], [])
        self.assertEqual((by_path["pipe"]["type"], by_path["bin/picture"]["type"]), ("special", "png"))
        self.assertEqual(by_path["odd/\\xff\\xfe not utf8.txt"]["todos"][0]["text"], "TODO caf?")
        self.assertEqual(by_path["big.txt"]["lines"], 0)
        self.assertNotIn("build/out.txt", by_path)


class Pieces(unittest.TestCase):
    def test_names_come_back(self):
        chance = random.Random(3)
        for _ in range(2000):
            raw = bytes(chance.choice(b"a\\x{}u\n\xff\xc3\xa4\xe2\x80\xae/ ") for _ in range(12))
            self.assertEqual(unescaped(escaped(raw)), raw)
            self.assertTrue(escaped(raw).isprintable(), escaped(raw))

    def test_near_duplicates_miss_no_pair(self):
        chance = random.Random(11)
        for _ in range(60):
            base = [f"{chance.randrange(40):02d}" for _ in range(30)]
            texts = {i: sorted({line if chance.random() < 0.92 else f"x{chance.random()}"
                                for line in base}) for i in range(12)}
            expected = []
            for a in texts:
                for b in texts:
                    one, two = set(texts[a]), set(texts[b])
                    if a < b and 5 * len(one & two) >= 4 * len(one | two):
                        expected.append((a, b, len(one & two), len(one | two)))
            self.assertEqual(near_duplicates.similar_pairs(texts), expected)

    def test_links_through_folders_that_were_left_out_are_not_judged(self):
        known = links.KnownPaths({"files": [{"path": "a/b.md"}], "left_out": ["out"]})
        self.assertFalse(known.leads_nowhere(b"a/b.md", b"../out/deep/x"))
        self.assertFalse(known.leads_nowhere(b"a/b.md", b"../../elsewhere"))
        self.assertTrue(known.leads_nowhere(b"a/b.md", b"c.md"))

    def test_words_end_at_signs_of_every_kind(self):
        self.assertEqual(rules.words_in("Größe—“Foo_Bar” 3abc ab x\U0001f600yz1".encode()),
                         {"größe".encode(), b"foo_bar", b"abc", b"yz1"})

    def test_freezing_notices_a_changed_copy(self):
        with tempfile.TemporaryDirectory() as folder:
            source = os.path.join(folder, "source")
            os.mkdir(source)
            with open(os.path.join(source, "x"), "w") as stream:
                stream.write("one")
            manifest = freeze.freeze(source, os.path.join(folder, "cell"))
            place = os.path.join(folder, "cell/artifacts/input/files", freeze.copy_name(0))
            os.chmod(place, 0o644)
            with open(place, "w") as stream:
                stream.write("two")
            import writer
            client = type("C", (), {"cell_dir": os.path.join(folder, "cell")})
            with self.assertRaises(ValueError):
                writer.Surveyor(client).row(manifest["files"][0]["id"])


if __name__ == "__main__":
    unittest.main()
