"""Journals that earlier releases wrote, kept in tests/journals/, are read and folded by this build.

To keep one of a release: python3 story_kept_journals.py --keep FILE.sql.gz JOURNAL.db"""
import gzip
import json
import pathlib
import sqlite3
import sys
import unittest

from fleet import Fleet, main

KEPT = pathlib.Path(__file__).resolve().parent.parent / "journals"


def keep(target, journal):
    with sqlite3.connect(f"file:{journal}?mode=ro", uri=True) as database:
        text = "\n".join(database.iterdump())
    with open(target, "wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0) as file:
        file.write(text.encode())


class KeptJournals(unittest.TestCase):
    def read(self, kept):
        fleet = Fleet()
        self.addCleanup(fleet.close)
        fleet.state.mkdir(mode=0o700)
        with sqlite3.connect(fleet.state / "journal.db") as database:
            database.executescript(gzip.decompress(kept.read_bytes()).decode())
            facts = database.execute("SELECT kind, count(*) FROM facts GROUP BY kind").fetchall()
            cells = database.execute("SELECT count(DISTINCT cell) FROM facts WHERE"
                                     " kind = 'cell_defined'").fetchone()[0]
        self.assertGreater(len(facts), 20, f"{kept.name} says too little to prove anything")
        for kind, count in facts:
            listed = json.loads(fleet.cli("events", "--kind", kind, "--limit", "10000", "--json").stdout)
            self.assertEqual(len(listed["events"]), count, f"{kept.name}: {kind}")
        missions = json.loads(fleet.cli("status", "--json").stdout)
        self.assertTrue(missions, f"{kept.name}: folded to nothing")
        self.assertGreater(cells, 0)
        (fleet.state / "journal.db").rename(fleet.root / "kept.db")  # what close() replays is ours
        replayed = fleet.cli("replay", str(fleet.root / "kept.db"), check=False)
        said = replayed.stdout + replayed.stderr
        # Exact within a version of the core; between two, the first difference has its place.
        self.assertTrue(replayed.returncode == 0 or "first difference" in said, said)

    def test_every_kept_journal_is_read(self):
        kept = sorted(KEPT.glob("*.sql.gz"))
        self.assertTrue(kept)
        for one in kept:
            with self.subTest(one.name):
                self.read(one)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--keep"]:
        keep(*sys.argv[2:4])
    else:
        main()
