"""When a rule recurs, without a daemon: `lazaret slot next`."""

import json
import os
import subprocess
import tempfile
import time
import unittest

LAZARET = os.environ["LAZARET"]


class SlotNext(unittest.TestCase):
    def setUp(self):
        # No state, no daemon, no zone of the machine's own.
        self.state = tempfile.TemporaryDirectory()
        self.addCleanup(self.state.cleanup)

    def ask(self, *words):
        environment = {"LAZARET_STATE": self.state.name + "/none", "PATH": os.environ["PATH"],
                       "TZ": "Asia/Tokyo"}
        return subprocess.run([LAZARET, "slot", "next", *words], capture_output=True, text=True,
                              env=environment, timeout=60)

    def times(self, *words):
        ran = self.ask(*words)
        self.assertEqual(ran.returncode, 0, ran.stderr)
        return ran.stdout.split()

    def test_each_kind_of_rule_prints_instants_with_offsets(self):
        self.assertEqual(
            self.times("--rrule", "FREQ=DAILY;COUNT=3", "--dtstart", "20260328T023000", "--tz",
                       "Europe/Berlin", "--exdate", "20260330T023000", "--rdate", "20260401T100000"),
            ["2026-03-28T02:30:00+01:00", "2026-03-29T02:30:00+01:00", "2026-04-01T10:00:00+02:00"])
        self.assertEqual(
            self.times("--cron", "0 9 * * 1-5", "--from", "2026-01-01T09:00:00Z", "--count", "2"),
            ["2026-01-02T09:00:00+00:00", "2026-01-05T09:00:00+00:00"])
        self.assertEqual(
            self.times("--oncalendar", "weekdays 09:00", "--from", "2026-01-03T00:00:00+01:00",
                       "--zone", "Europe/Berlin", "--count", "1"),
            ["2026-01-05T09:00:00+01:00"])
        self.assertEqual(
            self.times("Sat 10:00 America/New_York", "--from", "2026-07-01T00:00:00Z", "--count", "1"),
            ["2026-07-04T10:00:00-04:00"])
        self.assertFalse(os.path.exists(self.state.name + "/none"))

    def test_json_is_an_array_of_the_same_texts(self):
        words = ["--rrule", "FREQ=HOURLY;COUNT=4", "--dtstart", "20261025T010000", "--tz",
                 "Europe/Berlin"]
        ran = self.ask(*words, "--json")
        self.assertEqual(json.loads(ran.stdout), self.times(*words))
        self.assertEqual(json.loads(ran.stdout),
                         ["2026-10-25T01:00:00+02:00", "2026-10-25T02:00:00+02:00",
                          "2026-10-25T02:00:00+01:00", "2026-10-25T03:00:00+01:00"])

    def test_an_endless_rule_stops_at_a_thousand_and_says_so(self):
        ran = self.ask("--rrule", "FREQ=DAILY", "--dtstart", "20260101T090000")
        self.assertEqual(len(ran.stdout.split()), 1000)
        self.assertIn("1,000", ran.stderr)
        ran = self.ask("--rrule", "FREQ=DAILY;COUNT=1000", "--dtstart", "20260101T090000")
        self.assertEqual(len(ran.stdout.split()), 1000)
        self.assertNotIn("1,000", ran.stderr)

    def test_an_impossible_rule_says_so_at_once(self):
        for rule in ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=SECONDLY;INTERVAL=3;BYSECOND=37",
                     "FREQ=DAILY;INTERVAL=7;BYDAY=TU", "FREQ=MONTHLY;BYMONTHDAY=1;BYSETPOS=2",
                     "FREQ=HOURLY;INTERVAL=168;BYDAY=TU", "FREQ=MINUTELY;BYMONTH=4;BYMONTHDAY=31"):
            begin = time.monotonic()
            ran = self.ask("--rrule", rule, "--dtstart", "20260105T000000")
            took = time.monotonic() - begin
            self.assertEqual((ran.returncode, ran.stdout), (0, ""), rule)
            self.assertIn("no occurrence", ran.stderr, rule)
            # The promise is 50 ms; a machine under load starts programs slowly.
            self.assertLess(took, 5, rule)

    def test_wrong_words_are_refused_with_place_and_remedy(self):
        for words, named in ((["--rrule", "FREQ=DAYLY"], "FREQ"),
                             (["--rrule", "FREQ=DAILY;BYMONT=3"], "BYMONTH"),
                             (["--cron", "0 25 * * *"], "hour"),
                             (["--cron", "0 9 * * *", "--tz", "Europe/Bielefeld"], "Bielefeld"),
                             (["--cron", "0 9 * * *", "--tz", "../../etc/passwd"], "time zone"),
                             (["--cron", "0 9 * * *", "--from", "tomorrow"], "--from"),
                             (["--cron", "0 9 * * *", "--count", "0"], "count"),
                             (["--cron", "0 9 * * *", "--oncalendar", "daily"], "one"),
                             (["--cron", "0 9 * * *", "--dtstart", "20260101"], "--dtstart"),
                             ([], "--rrule")):
            ran = self.ask(*words)
            self.assertIn(ran.returncode, (2, 3), words)
            self.assertEqual(ran.stdout, "", words)
            self.assertIn(named, ran.stderr, words)


if __name__ == "__main__":
    unittest.main()
