"""Where our calendar and another program differ on purpose: the name, who differs, what decides it,
and how such a question is recognised. A difference that is not listed here fails the test."""

import re


def part(rule, name):
    found = re.search(rf"(?:^|;){name}=([^;]*)", rule)
    return found.group(1) if found else None


def week_without_weekday(question, reference, _ours, _theirs):
    rule = question[1]
    return (reference == "dateutil" and part(rule, "FREQ") == "YEARLY" and part(rule, "BYWEEKNO")
            and not any(part(rule, name) for name in ("BYDAY", "BYMONTHDAY", "BYYEARDAY")))


def first_week(question, reference, _ours, _theirs):
    rule = question[1]
    return reference == "dateutil" and part(rule, "FREQ") == "WEEKLY" and part(rule, "BYSETPOS")


def week_at_the_edge(question, reference, ours, theirs):
    """The first time that only one of us has lies in a week that two years share."""
    rule = question[1]
    if reference != "dateutil" or part(rule, "FREQ") != "YEARLY" or not part(rule, "BYWEEKNO"):
        return False
    if part(rule, "BYSETPOS"):  # positions shift with it
        return True
    first = min(set(ours) ^ set(theirs), default="")
    return first[5:10] in ("12-29", "12-30", "12-31", "01-01", "01-02", "01-03")


DIFFERENCES = [
    ("week-without-weekday", "dateutil", "RFC 5545 3.3.10",
     "BYWEEKNO in a yearly rule that names no weekday: dateutil takes all seven days of the week. "
     "The standard: \"Information, not contained in the rule, necessary to determine the various "
     "recurrence instance start time and dates are derived from the Start Time (DTSTART)\", so the "
     "weekday is DTSTART's.", week_without_weekday),
    ("first-week", "dateutil", "RFC 5545 3.3.10",
     "BYSETPOS in a weekly rule whose DTSTART is not the first day of the week: dateutil counts "
     "positions from DTSTART on in the first week. The standard: \"A set of recurrence instances "
     "starts at the beginning of the interval defined by the FREQ rule part\".", first_week),
    ("week-at-the-edge", "dateutil", "RFC 5545 3.3.10",
     "BYWEEKNO and a week that lies in two years: dateutil counts last year's weeks with this year's "
     "length, and knows no negative number across the edge. The standard: \"A week is defined as a "
     "seven day period, starting on the day of the week defined to be the week start (see WKST). "
     "Week number one of the calendar year is the first week that contains at least four (4) days "
     "in that calendar year\"; a day is in the week it is in.", week_at_the_edge),
]


def listed(question, reference, ours, theirs):
    for name, _, _, _, is_it in DIFFERENCES:
        if is_it(question, reference, ours, theirs):
            return name
    return None


def page():
    lines = ["# Where calendars differ", "",
             "Random rules are answered by Lazaret and by other programs (`tests/calendar/compare.py`).",
             "At most one in a thousand may differ, and only in these ways; everything else fails the",
             "test. This page is made by `tests/calendar/compare.py list`.", "",
             "| difference | from | decided by | why |", "|---|---|---|---|"]
    lines += [f"| {name} | {who} | {clause} | {why} |" for name, who, clause, why, _ in DIFFERENCES]
    return "\n".join(lines) + "\n"
