"""report.html: one file that opens from disk, with everything in it.

All that was found travels as JSON inside the page and is put on the screen as text, never as markup,
so no file name or excerpt can become part of the page. A content security policy forbids everything
that is not in the file.
"""
import base64
import collections
import datetime
import hashlib
import html
import json
import os

import merge

FILES_MOST = 20_000
INDEX_BYTES_MOST = 6 << 20
HERE = os.path.dirname(os.path.abspath(__file__))


def write(client, manifest, tasks):
    """The task `report`. Its result tells how large the page is and what was cut to keep it small."""
    folder = merge.report_dir(client)
    result, digest = merge.read_survey(os.path.join(folder, "survey.json"))
    index_rows, _ = merge.gather(client.cell_dir, tasks, "index")
    answer = json.loads(tasks["ask"]["result"])["answer"]
    index, dropped = index_text(merge.postings_of(index_rows))
    data = {
        "root": manifest["root"], "left_out": manifest["left_out"][:200], "digest": digest,
        "made": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "totals": result["totals"], "index_totals": result["index"], "index_dropped": dropped,
        "files": [file_row(r) for r in result["files"][:FILES_MOST]],
        "findings": findings(result["files"], answer == "yes"),
        "exact": result["exact_duplicates"][:500],
        "near": sorted(result["near_duplicates"]["pairs"],
                       key=lambda p: (-p["shared"] / p["together"], p["a"], p["b"]))[:500],
        "index": index, "audit": json.loads(tasks["audit"]["result"]),
        "work": work_rows(tasks)}
    page = html_page(data).encode()
    path = os.path.join(folder, "report.html")
    with open(path + ".part", "wb") as stream:
        stream.write(page)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(path + ".part", path)
    return {"report": os.path.relpath(path, client.cell_dir), "bytes": len(page),
            "words_cut": dropped}


def file_row(record):
    found = sum(len(record[kind]) for kind in ("secrets", "todos", "broken_links"))
    return [record["path"], record["type"], record["size"], record["lines"], record["licence"],
            found, (record["sha256"] or "")]


def findings(records, show_secrets):
    """{kind: [[path, line, what, text], …]}, at most 1,000 of each."""
    found = {"secrets": [], "todos": [], "links": []}
    for record in records:
        path = record["path"]
        for one in record["secrets"]:
            masked = one["masked"] if show_secrets else one["masked"][one["masked"].rindex("("):]
            found["secrets"].append([path, one["line"], one["rule"], masked])
        for one in record["todos"]:
            found["todos"].append([path, one["line"], one["word"], one["text"]])
        for one in record["broken_links"]:
            found["links"].append([path, one["line"], "", one["target"]])
    return {kind: rows[:1000] for kind, rows in found.items()}


def index_text(postings):
    """One line a word: "word a b c", ids in base 36, each as the distance from the one before.

    When all would not fit, the words of the most files go first: (text, how many were dropped).
    """
    lines, size = [], 0
    for word in sorted(postings, key=lambda w: (len(postings[w]), w)):
        before, distances = 0, []
        for number in postings[word]:
            distances.append(_base36(number - before))
            before = number
        line = word + " " + " ".join(distances)
        size += len(line.encode()) + 1
        if size > INDEX_BYTES_MOST:
            break
        lines.append(line)
    return "\n".join(sorted(lines)), len(postings) - len(lines)


def _base36(number):
    digits = ""
    while number or not digits:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits


def work_rows(tasks):
    """Who did what: [task, files, [worker of each part in turn]]."""
    rows = []
    for task_id in sorted(tasks):
        if task_id.startswith(("shard-", "index-")):
            result = json.loads(tasks[task_id]["result"])
            workers = []
            for part in result["parts"]:
                _, agent, incarnation = os.path.basename(part["file"]).split(".")[:3]
                workers.append([agent, int(incarnation), part["to"] - part["from"]])
            rows.append([task_id, result["rows"], workers])
    return rows


def html_page(data):
    pieces = {name: _read(f"report.{name}") for name in ("html", "css", "js")}
    # '<' never appears in the data, so nothing in it can end the script element.
    payload = json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")
    values = {
        "NAME": html.escape(os.path.basename(data["root"]) or data["root"]),
        "CSS": pieces["css"], "JS": pieces["js"], "DATA": payload,
        "CSS_HASH": _hash(pieces["css"]), "JS_HASH": _hash(pieces["js"]),
        "SUMMARY": html.escape(summary(data))}
    # One pass, so that nothing which was filled in is looked at again.
    head, *rest = pieces["html"].split("@@")
    page = [head]
    for position, piece in enumerate(rest):
        page.append(values[piece] if position % 2 == 0 else piece)
    return "".join(page)


def summary(data):
    totals = data["totals"]
    kinds = collections.Counter(totals["types"]).most_common(1)
    most = f", most of them {kinds[0][0]}" if kinds else ""
    return (f"{totals['files']:,} files{most}; {totals['lines']:,} lines of text; "
            f"{totals['secrets']} secret-shaped strings, {totals['todos']} open remarks, "
            f"{totals['broken_links']} broken links.")


def _read(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as stream:
        return stream.read()


def _hash(text):
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
