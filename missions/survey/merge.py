"""Puts the completed shards together into survey.json: the canonical result.

It holds no times and no agents' names, and every list in it has one defined order, so two runs over
the same frozen input give the same bytes however their work was scattered. The file is

    {"digest":"<sha256 of everything after "result": up to the last brace>","result":
    …}

with one file of the survey a line.
"""
import hashlib
import json
import os
from collections import Counter, defaultdict

import near_duplicates
import parts


class Incomplete(Exception):
    pass


def gather(cell_dir, tasks, prefix):
    """{id: row} of all completed tasks of one kind, and how many rows came twice."""
    rows, twice = {}, 0
    for task_id in sorted(tasks):
        if not task_id.startswith(prefix + "-"):
            continue
        if tasks[task_id]["status"] != "completed":
            raise Incomplete(f"{task_id} is {tasks[task_id]['status']}")
        for number, row in parts.rows_of(cell_dir, json.loads(tasks[task_id]["result"])):
            twice += number in rows
            rows[number] = row
    return rows, twice


def result_of(manifest, rows, index_rows):
    """The canonical result. `rows` and `index_rows` by file id."""
    records = [rows[number]["record"] for number in sorted(rows)]
    exact = _exact_duplicates(records)
    return {
        "survey": 1,
        "input": {"digest": manifest["digest"], "files": len(manifest["files"])},
        "totals": totals_of(records, exact),
        "exact_duplicates": exact,
        "near_duplicates": _near_duplicates(rows),
        "index": index_summary(index_rows),
        "files": records,
    }


def totals_of(records, exact):
    return {
        "files": len(records),
        "bytes": sum(r["size"] for r in records),
        "lines": sum(r["lines"] for r in records),
        "types": dict(Counter(r["type"] for r in records)),
        "licences": dict(Counter(r["licence"] for r in records if r["lines"])),
        "secrets": sum(len(r["secrets"]) for r in records),
        "todos": sum(len(r["todos"]) for r in records),
        "broken_links": sum(len(r["broken_links"]) for r in records),
        "exact_groups": len(exact),
        "wasted_bytes": sum(g["size"] * (len(g["paths"]) - 1) for g in exact),
    }


def _exact_duplicates(records):
    groups = defaultdict(list)
    for record in records:
        if record["sha256"] and record["size"] and record["type"] != "symlink":
            groups[record["sha256"]].append(record)
    found = [{"sha256": digest, "size": same[0]["size"], "paths": [r["path"] for r in same]}
             for digest, same in groups.items() if len(same) > 1]
    return sorted(found, key=lambda g: (-g["size"] * (len(g["paths"]) - 1), g["sha256"]))


def _near_duplicates(rows):
    """Of equal files only the first takes part."""
    sketches, seen = {}, set()
    for number in sorted(rows):
        digest = rows[number]["record"]["sha256"]
        if rows[number]["near"] and digest not in seen:
            seen.add(digest)
            sketches[number] = rows[number]["near"]
    if len(sketches) > near_duplicates.TEXTS_MOST:
        return {"compared": 0, "pairs": []}
    pairs = [{"a": rows[a]["record"]["path"], "b": rows[b]["record"]["path"], "shared": shared,
              "together": together}
             for a, b, shared, together in near_duplicates.similar_pairs(sketches)]
    return {"compared": len(sketches), "pairs": pairs}


def postings_of(index_rows):
    """{word: sorted file ids}."""
    postings = defaultdict(list)
    for number in sorted(index_rows):
        for word in index_rows[number]:
            postings[word].append(number)
    return postings


def index_summary(index_rows):
    """Counts, and a digest over the lines "word id id …" in the order of the words' bytes."""
    postings, digest = postings_of(index_rows), hashlib.sha256()
    for word in sorted(postings, key=lambda w: w.encode()):
        digest.update(f"{word} {' '.join(map(str, postings[word]))}\n".encode())
    return {"words": len(postings), "postings": sum(map(len, postings.values())),
            "digest": digest.hexdigest()}


def canonical(result):
    """The bytes of the result, and their digest."""
    def compact(value):
        return json.dumps(value, sort_keys=True, separators=(",", ":"))
    head = {key: result[key] for key in result if key != "files"}
    files = ",\n".join(compact(record) for record in result["files"])
    text = compact(head)[:-1] + ',"files":[\n' + files + "\n]}"
    return text.encode(), hashlib.sha256(text.encode()).hexdigest()


def write_survey(path, result):
    body, digest = canonical(result)
    with open(path + ".part", "wb") as stream:
        stream.write(b'{"digest":"' + digest.encode() + b'","result":\n' + body + b"}\n")
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(path + ".part", path)
    return digest


def read_survey(path):
    """(result, digest). ValueError when the bytes are not what the digest was made of."""
    with open(path, "rb") as stream:
        raw = stream.read()
    head, _, body = raw.partition(b'","result":\n')
    digest = head.removeprefix(b'{"digest":"').decode("ascii", "replace")
    if not body.endswith(b"}\n") or hashlib.sha256(body[:-2]).hexdigest() != digest:
        raise ValueError(f"{path} is not what was written: its digest differs")
    return json.loads(body[:-2]), digest


def report_dir(client):
    folder = os.path.join(client.artifact_dir, "reports")
    os.makedirs(folder, exist_ok=True)
    return folder


def merge(client, task):
    """The task `merge`: {files, lost, twice, changed, digest} is its result in the journal."""
    manifest, tasks = parts.manifest_of(client), client.tasks()
    rows, twice = gather(client.cell_dir, tasks, "shard")
    index_rows, index_twice = gather(client.cell_dir, tasks, "index")
    wanted = {entry["id"] for entry in manifest["files"]}
    lost = len(wanted - rows.keys()) + len(wanted - index_rows.keys())
    if lost or twice or index_twice:
        raise Incomplete(f"{lost} files lost, {twice + index_twice} counted twice")
    for entry in manifest["files"]:
        if rows[entry["id"]]["record"]["path"] != entry["path"]:
            raise Incomplete(f"row {entry['id']} is about another file")
    result = result_of(manifest, rows, index_rows)
    digest = write_survey(os.path.join(report_dir(client), "survey.json"), result)
    changed = sum("changed" in record for record in result["files"])
    return {"files": len(rows), "lost": lost, "twice": twice, "changed": changed, "digest": digest,
            "shards": sum(t.startswith("shard-") for t in tasks)}

