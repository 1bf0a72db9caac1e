#!/usr/bin/python3
"""compare.py REFERENCE SIZE: random rules, answered by us and by somebody else.

REFERENCE is dateutil, zoneinfo, systemd or cron; SIZE is sample, full or soak. SEED chooses other
rules. `compare.py list` prints docs/calendar-differences.md; `compare.py check` compares it.
Environment: PROBE, our program; CACHE, where npm's packages are kept."""

import datetime
import os
import random
import subprocess
import sys
import zoneinfo

import differences
import questions
import references

SIZES = {
    "dateutil": {"sample": 400, "full": 10_000, "soak": 150_000},
    "zoneinfo": {"sample": 3000, "full": 10_000, "soak": 400_000},
    "systemd": {"sample": 300, "full": 6000, "soak": 60_000},
    "cron": {"sample": 400, "full": 8000, "soak": 150_000},
}
MOST_DIFFERENT = 0.001
SLOWEST_MS = 50


def ask_us(asked):
    lines = "".join("\t".join(map(str, question)) + "\n" for question in asked)
    ran = subprocess.run([os.environ["PROBE"], "--time"], input=lines, capture_output=True,
                         text=True, timeout=1800)
    if ran.returncode != 0:
        raise SystemExit(f"the probe ended with {ran.returncode}: {ran.stderr[-2000:]}")
    slowest, _, question = ran.stderr.strip().partition("\t")
    answers = [[line] if line.startswith("!") else line.split()
               for line in ran.stdout.split("\n")[:-1]]
    if len(answers) != len(asked):
        raise SystemExit(f"{len(answers)} answers to {len(asked)} questions")
    return answers, int(slowest) / 1000, question


def near_a_change(chance, zone):
    """A local time, mostly within hours of a change of the zone's offset."""
    info = zoneinfo.ZoneInfo(zone)
    t = datetime.datetime(chance.randint(1905, 2140), chance.randint(1, 12), chance.randint(1, 28))
    if chance.random() < 0.8:
        for _ in range(366):
            later = t + datetime.timedelta(days=1)
            if t.replace(tzinfo=info).utcoffset() != later.replace(tzinfo=info).utcoffset():
                break
            t = later
    t += datetime.timedelta(seconds=60 * chance.randint(-300, 1800) + chance.randint(0, 59))
    return ("resolve", "-", t.strftime("%Y%m%dT%H%M%S"), zone, 1)


def make(reference, chance, many):
    if reference == "dateutil":
        return [questions.rrule_question(chance) for _ in range(many)]
    if reference == "cron":
        return [questions.cron_question(chance) for _ in range(many)]
    if reference == "zoneinfo":
        zones = sorted(zoneinfo.available_timezones() - {"localtime", "Factory", "posixrules"})
        zones = [zone for zone in zones if not zone.startswith(("posix", "right"))]
        return [near_a_change(chance, chance.choice(zones)) for _ in range(many)]
    asked = []
    while len(asked) < many:
        start = questions.a_start(chance)
        asked += [questions.on_calendar_question(chance, start) for _ in range(references.BATCH)]
    return asked[:many]


def comparable(reference, question, answer):
    """Our answer without what the reference was not asked for."""
    if answer[0].startswith("!"):
        return answer
    if reference == "zoneinfo":
        return answer[:1]
    times, stop = answer[:-1], answer[-1]
    if reference == "dateutil":
        end = references.window_end(question)
        times = [t for t in times if datetime.datetime.fromisoformat(t).replace(tzinfo=None) <= end]
    elif reference == "systemd":
        times = [t for t in times if t < "2200"]
    return times + (["gave_up"] if stop == "gave_up" and not times else [])


def compare(reference, size):
    chance = random.Random(f"{os.environ.get('SEED', '1')} {reference}")
    asked = make(reference, chance, SIZES[reference][size])
    who = {"dateutil": [("dateutil", references.ask_dateutil)],
           "zoneinfo": [("zoneinfo", references.ask_zoneinfo)],
           "systemd": [("systemd", references.ask_systemd)],
           "cron": [("croner", lambda q: references.ask_cron("croner", q)),
                    ("cron-parser", lambda q: references.ask_cron("cron-parser", q))]}[reference]
    ours, slowest, slowest_question = ask_us(asked)
    answered, different, unlisted = 0, {}, []
    for name, ask in who:
        for question, mine, theirs in zip(asked, ours, ask(asked)):
            if theirs is None:
                continue
            answered += 1
            mine = comparable(reference, question, mine)
            if mine == theirs:
                continue
            listed = differences.listed(question, name, mine, theirs)
            different[listed] = different.get(listed, 0) + 1
            if listed is None:
                unlisted.append((name, question, mine, theirs))
    for name, question, mine, theirs in unlisted[:10]:
        print(f"differs from {name}: {question}\n  ours   {mine}\n  theirs {theirs}")
    share = sum(different.values()) / answered
    print(f"{reference}: {answered} answers compared, {sum(different.values())} differ "
          f"({100 * share:.3f} %): {different}; our slowest took {slowest:.1f} ms: {slowest_question}")
    return not unlisted and share <= MOST_DIFFERENT and slowest < SLOWEST_MS \
        and answered > len(asked) // 2


def main():
    if sys.argv[1:] == ["list"]:
        sys.stdout.write(differences.page())
        return 0
    if sys.argv[1:] == ["check"]:
        page = os.path.join(references.HERE, "../../docs/calendar-differences.md")
        same = open(page, encoding="utf-8").read() == differences.page()
        print("the same" if same else f"{page} is not what compare.py list prints")
        return 0 if same else 1
    reference, size = sys.argv[1:]
    return 0 if compare(reference, size) else 1


if __name__ == "__main__":
    sys.exit(main())
