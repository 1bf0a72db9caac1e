"""Random rules, from a seed. A question is (kind, rule, start, zone, count)."""

import datetime

WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca",
         "America/St_Johns", "Asia/Kathmandu", "Pacific/Apia", "Asia/Tokyo", "America/Sao_Paulo"]


def some(chance, values, most=4):
    """A few of the values, comma between; they may be in any order."""
    picked = chance.sample(values, min(len(values), chance.randint(1, most)))
    return ",".join(str(value) for value in picked)


def signed(chance, most):
    n = chance.randint(1, most)
    return -n if chance.random() < 0.3 else n


def a_start(chance):
    day = datetime.date(1998, 1, 1) + datetime.timedelta(days=chance.randint(0, 12000))
    return datetime.datetime(day.year, day.month, day.day, chance.randint(0, 23),
                             chance.choice([0, 0, 15, 30, 59]), chance.choice([0, 0, 0, 7, 59]))


def day_parts(chance, freq, parts):
    if chance.random() < 0.3:
        parts["BYMONTH"] = some(chance, range(1, 13), 3)
    if chance.random() < 0.4:
        days = chance.sample(WEEKDAYS, chance.randint(1, 4))
        if freq in ("YEARLY", "MONTHLY") and chance.random() < 0.5:
            limit = 5 if freq == "MONTHLY" or "BYMONTH" in parts else 53
            days = [f"{signed(chance, limit)}{day}" for day in days]
        parts["BYDAY"] = ",".join(days)
    if freq != "WEEKLY" and chance.random() < 0.3:
        parts["BYMONTHDAY"] = ",".join(str(signed(chance, 31)) for _ in range(chance.randint(1, 3)))
    if freq not in ("DAILY", "WEEKLY", "MONTHLY") and chance.random() < 0.15:
        parts["BYYEARDAY"] = ",".join(str(signed(chance, 366)) for _ in range(chance.randint(1, 4)))
    if freq == "YEARLY" and chance.random() < 0.06:
        weeks = [str(signed(chance, 53)) for _ in range(chance.randint(1, 3))]
        parts["BYWEEKNO"] = ",".join(weeks)
        plain = not {"BYDAY", "BYMONTHDAY", "BYYEARDAY"} & set(parts)
        # The listed difference "week without weekday" is asked for seldom.
        if plain and chance.random() > 0.01 or "BYDAY" in parts:
            parts["BYDAY"] = some(chance, WEEKDAYS)


def time_parts(chance, freq, parts):
    if chance.random() < 0.25:
        parts["BYHOUR"] = some(chance, range(24), 3)
    if chance.random() < 0.2:
        parts["BYMINUTE"] = some(chance, range(60), 3)
    if chance.random() < 0.15:
        parts["BYSECOND"] = some(chance, range(60), 2)


def rrule_question(chance):
    freq = chance.choice(["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY"])
    start = a_start(chance)
    parts = {"FREQ": freq}
    if chance.random() < 0.5:
        parts["INTERVAL"] = chance.choice([1, 2, 2, 3, 4, 5, 7, 12, 61])
    if chance.random() < 0.3:
        parts["WKST"] = chance.choice(WEEKDAYS)
    day_parts(chance, freq, parts)
    time_parts(chance, freq, parts)
    if chance.random() < 0.2 and any(name.startswith("BY") for name in parts):
        parts["BYSETPOS"] = ",".join(str(signed(chance, 6)) for _ in range(chance.randint(1, 2)))
        if freq == "WEEKLY" and chance.random() > 0.005:  # the listed difference "first week"
            first = WEEKDAYS.index(parts.get("WKST", "MO"))
            start -= datetime.timedelta(days=(start.weekday() - first) % 7)
    if chance.random() < 0.2:
        parts["COUNT"] = chance.randint(1, 12)
    elif chance.random() < 0.2:
        until = start + datetime.timedelta(days=chance.randint(0, 2000))
        parts["UNTIL"] = until.strftime("%Y%m%dT%H%M%S")
    order = list(parts)[1:]
    chance.shuffle(order)
    rule = ";".join(f"{name}={parts[name]}" for name in ["FREQ"] + order)
    by_calendar = freq in ("YEARLY", "MONTHLY", "WEEKLY", "DAILY")
    zone = chance.choice(ZONES) if by_calendar and chance.random() < 0.3 else "UTC"
    return ("rrule", rule, start.strftime("%Y%m%dT%H%M%S"), zone, 10)


def cron_field(chance, least, most, names=()):
    """One field without * on its own: values, ranges, steps, lists."""
    def value():
        if names and chance.random() < 0.4:
            index = chance.randrange(len(names))
            return names[index], index + (1 if least == 1 else 0)
        n = chance.randint(least, most)
        return str(n), n

    def one():
        kind = chance.random()
        if kind < 0.5:
            return value()[0]
        if kind < 0.75:
            (low, a), (high, b) = sorted([value(), value()], key=lambda pair: pair[1])
            step = f"/{chance.randint(2, 5)}" if chance.random() < 0.3 else ""
            return f"{low}-{high}{step}" if a < b else low
        return f"*/{chance.choice([2, 3, 5, 6])}"

    return ",".join(one() for _ in range(chance.choice([1, 1, 1, 2, 3])))


MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
CRON_DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]


def cron_question(chance):
    def maybe(odds, *arguments):
        return cron_field(chance, *arguments) if chance.random() < odds else "*"

    days = maybe(0.4, 1, 31)
    weekdays = maybe(0.4, 0, 6, CRON_DAYS)
    special = chance.random()
    if special < 0.05:
        days = "L"
    elif special < 0.12:
        weekdays = f"{chance.randint(0, 6)}#{chance.randint(1, 5)}"
    elif special < 0.16:
        weekdays = f"{chance.randint(0, 6)}L"
    fields = [maybe(0.7, 0, 59), maybe(0.6, 0, 23), days, maybe(0.25, 1, 12, MONTHS), weekdays]
    if chance.random() < 0.4:
        fields.insert(0, cron_field(chance, 0, 59))
    return ("cron", " ".join(fields), a_start(chance).strftime("%Y-%m-%dT%H:%M:%SZ"), "UTC", 6)


def on_calendar_chain(chance, least, most, everything):
    if chance.random() < everything:
        return "*"

    def one():
        kind = chance.random()
        a, b = sorted(chance.sample(range(least, most + 1), 2))
        if kind < 0.55:
            return str(a)
        if kind < 0.75:
            return f"{a}..{b}"
        step = chance.randint(1, max(1, (most - least) // 3))
        if kind < 0.9 and a + step <= most:
            return f"{a}/{step}"
        return f"{a}..{b}/{min(step, b - a)}"

    return ",".join(one() for _ in range(chance.choice([1, 1, 2])))


def on_calendar_question(chance, start):
    words = []
    if chance.random() < 0.35:
        names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
        a, b = sorted(chance.sample(range(7), 2))
        words.append(chance.choice([names[a], f"{names[a]}..{names[b]}", f"{names[a]},{names[b]}"]))
    if chance.random() < 0.5:
        month = on_calendar_chain(chance, 1, 12, 0.6)
        if chance.random() < 0.25:
            low, high = sorted(chance.sample(range(1, 29), 2))
            day = chance.choice([f"~{low}", f"~{high}/{max(1, high // 4)}", f"~{low}..{high}",
                                 f"~{low}..{high}/{chance.randint(1, high - low)}"])
        else:
            day = "-" + on_calendar_chain(chance, 1, 31, 0.3)
        year = chance.choice(["", "*-", "*-", f"{start.year + chance.randint(0, 5)}-"])
        words.append(f"{year}{month}{day}")
    if not words or chance.random() < 0.7:
        time = f"{on_calendar_chain(chance, 0, 23, 0.3)}:{on_calendar_chain(chance, 0, 59, 0.2)}"
        if chance.random() < 0.3:
            time += ":" + on_calendar_chain(chance, 0, 59, 0.2)
        words.append(time)
    return ("oncalendar", " ".join(words), start.strftime("%Y-%m-%dT%H:%M:%SZ"), "UTC", 5)
