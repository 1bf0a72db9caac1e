"""What other people's programs answer. Each takes questions and gives lists of texts like ours
(2026-01-01T09:00:00+00:00), or None where the reference gave no answer in time."""

import datetime
import os
import re
import shutil
import signal
import subprocess
import sys
import zoneinfo

HERE = os.path.dirname(os.path.abspath(__file__))
UTC = datetime.timezone.utc
# How far dateutil is followed: it looks for the next time without a bound.
WINDOW = {"YEARLY": 40 * 366, "MONTHLY": 15 * 366, "WEEKLY": 5 * 366, "DAILY": 3 * 366,
          "HOURLY": 60, "MINUTELY": 3, "SECONDLY": 0.1}
PATIENCE_SECONDS = 0.02  # of CPU time


class Impatient(Exception):
    pass


def unavailable(text):
    """Without its reference a comparison cannot be made: the test is skipped, and says so."""
    print(f"not run: {text}", file=sys.stderr)
    sys.exit(77)


def seconds_text(instant):
    return datetime.datetime.fromtimestamp(instant, UTC).isoformat()


def window_end(question):
    start = datetime.datetime.strptime(question[2], "%Y%m%dT%H%M%S")
    freq = re.search(r"FREQ=(\w+)", question[1]).group(1)
    return start + datetime.timedelta(days=WINDOW[freq])


def ask_dateutil(questions):
    try:
        from dateutil.rrule import rrulestr
    except ImportError:
        unavailable("python3-dateutil is not installed; scripts/prepare test installs it")

    def give_up(*_):
        raise Impatient

    signal.signal(signal.SIGVTALRM, give_up)
    answers = []
    for question in questions:
        _, rule, start, zone, count = question
        end = window_end(question)
        found = []
        signal.setitimer(signal.ITIMER_VIRTUAL, PATIENCE_SECONDS)
        try:
            for t in rrulestr(rule, dtstart=datetime.datetime.strptime(start, "%Y%m%dT%H%M%S")):
                if t > end or len(found) == count:
                    break
                found.append(t.replace(tzinfo=zoneinfo.ZoneInfo(zone) if zone != "UTC" else UTC))
            found.sort(key=lambda t: t.timestamp())
            answers.append([t.isoformat() for t in found])
        except Impatient:
            answers.append(None)
        except ValueError as error:
            answers.append([] if "empty set" in str(error) else [f"! {error}"])
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return answers


def ask_zoneinfo(questions):
    answers = []
    for _, _, local, zone, _ in questions:
        t = datetime.datetime.strptime(local, "%Y%m%dT%H%M%S")
        aware = t.replace(tzinfo=zoneinfo.ZoneInfo(zone))
        answers.append([str(int(aware.timestamp()))])
    return answers


BATCH = 100


def ask_systemd(questions):
    if shutil.which("systemd-analyze") is None:
        unavailable("systemd-analyze is not installed; scripts/prepare test installs it")
    answers = []
    while questions:
        start = questions[0][2]
        batch = [q for q in questions[:BATCH] if q[2] == start]
        questions = questions[len(batch):]
        base = datetime.datetime.strptime(start, "%Y-%m-%dT%H:%M:%SZ")
        command = ["systemd-analyze", "calendar", f"--iterations={batch[0][4]}",
                   f"--base-time={base:%Y-%m-%d %H:%M:%S}"]
        ran = subprocess.run(command + [q[1] for q in batch], capture_output=True, text=True,
                             env={**os.environ, "TZ": "UTC", "LC_ALL": "C.UTF-8"}, timeout=120)
        if ran.returncode != 0:
            answers += [one_systemd(command, q) for q in batch]
            continue
        blocks = ran.stdout.strip().split("\n\n")
        if len(blocks) != len(batch):
            raise SystemExit(f"systemd-analyze: {len(blocks)} answers to {len(batch)} questions")
        answers += [systemd_times(block) for block in blocks]
    return answers


def one_systemd(command, question):
    ran = subprocess.run(command + [question[1]], capture_output=True, text=True,
                         env={**os.environ, "TZ": "UTC", "LC_ALL": "C.UTF-8"}, timeout=120)
    return systemd_times(ran.stdout) if ran.returncode == 0 else [f"! {ran.stderr.strip()}"]


def systemd_times(block):
    found = re.findall(r"(?:Next elapse|Iter\. #\d+): \w{3} (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) UTC",
                       block)
    return [f"{day}T{time}+00:00" for day, time in found]


def cron_libraries():
    """The directory with node_modules, installed by the lock file when it is not there yet."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        unavailable("node and npm are needed; scripts/prepare test installs them")
    cache = os.environ.get("CACHE", os.path.join(HERE, "../../build/calendar-references"))
    os.makedirs(cache, exist_ok=True)
    lock = open(os.path.join(HERE, "package-lock.json"), encoding="utf-8").read()
    stamp = os.path.join(cache, "installed.json")
    if os.path.exists(stamp) and open(stamp, encoding="utf-8").read() == lock:
        return cache
    for name in ("package.json", "package-lock.json"):
        shutil.copy(os.path.join(HERE, name), cache)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline",
               "--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-timeout=20000"]
    try:
        ran = subprocess.run(command, cwd=cache, capture_output=True, text=True, timeout=80)
    except subprocess.TimeoutExpired:
        unavailable("npm did not fetch croner and cron-parser within 80 s (is this machine offline?)")
    if ran.returncode != 0:
        said = [line for line in ran.stderr.split("\n") if "error" in line.lower()]
        unavailable("npm could not fetch croner and cron-parser (is this machine offline?): "
                    + (said or [""])[0])
    with open(stamp, "w", encoding="utf-8") as file:
        file.write(lock)
    return cache


def ask_cron(library, questions):
    cache = cron_libraries()
    lines = "".join("\t".join([library, q[1], q[2], q[3], str(q[4])]) + "\n" for q in questions)
    ran = subprocess.run(["node", os.path.join(HERE, "cron.mjs"), cache], input=lines, text=True,
                         capture_output=True, timeout=1800)
    if ran.returncode != 0:
        raise SystemExit(f"cron.mjs failed: {ran.stderr[-2000:]}")
    answers = []
    for line in ran.stdout.split("\n")[:-1]:
        if "duplicate values found" in line:  # a list that says something twice: cron-parser refuses
            answers.append(None)
            continue
        if "Invalid explicit day of month" in line:  # its word for never
            line = ""
        answers.append([line] if line.startswith("!") else
                       [seconds_text(float(word)) for word in line.split()])
    return answers
