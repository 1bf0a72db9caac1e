"""Work that survives its worker: rows are appended to a part file, and a cursor is kept by Lazaret.

A part file belongs to one claim of one incarnation, so nobody ever writes into another one's file.
The cursor says which rows of which parts count; what a killed worker wrote after its last
checkpoint is written again by its successor, and the older copy counts for nothing.
"""
import json
import os

from freeze import copy_name


def manifest_of(client):
    with open(os.path.join(client.cell_dir, "artifacts", "input", "manifest.json"), "rb") as stream:
        return json.load(stream)


def open_frozen(cell_dir, manifest, entry):
    """The bytes of one file as a stream, from the frozen copy where there is one."""
    if entry["stored"]:
        return open(os.path.join(cell_dir, "artifacts", "input", "files", copy_name(entry["id"])),
                    "rb")
    from names import unescaped
    return open(os.path.join(unescaped(manifest["root"]), unescaped(entry["path"])), "rb")


def carry_out(client, task, folder, row_of, after_each=lambda task, position: None):
    """Makes rows input.from … input.to - 1, from the cursor on. `folder` is relative to artifacts/.

    `row_of(number)` → one JSON value; `after_each` is called after each checkpoint.
    Returns the result of the task: how many rows, and the parts they are in.
    """
    task_id, first, end = task["task_id"], task["input"]["from"], task["input"]["to"]
    cursor = task.get("cursor") or {"next": first, "parts": []}
    position, parts = cursor["next"], cursor["parts"]
    if position < end:
        with _new_part(client, task, folder) as (stream, name):
            parts = parts + [{"file": name, "from": position, "to": position}]
            while position < end:
                row = json.dumps({"id": position, "row": row_of(position)}, sort_keys=True)
                stream.write(row.encode() + b"\n")
                stream.flush()
                position += 1
                parts[-1]["to"] = position
                client.progress += 1
                client.checkpoint(task_id, {"next": position, "of": end, "parts": parts})
                after_each(task, position)
    return {"rows": end - first, "parts": parts}


class _new_part:
    """Opens a part file that did not exist before: (stream, name relative to the cell)."""

    def __init__(self, client, task, folder):
        self.cell_dir = client.cell_dir
        directory = os.path.join(client.artifact_dir, folder)
        os.makedirs(directory, exist_ok=True)
        stem = f"{task['task_id']}.{client.agent}.{client.incarnation}.{task.get('claim', 0)}"
        for again in range(1000):
            path = os.path.join(directory, f"{stem}.{again}.jsonl" if again else f"{stem}.jsonl")
            try:
                self.stream = open(path, "xb")
                self.path = path
                return
            except FileExistsError:
                continue
        raise FileExistsError(path)

    def __enter__(self):
        return self.stream, os.path.relpath(self.path, self.cell_dir)

    def __exit__(self, *_):
        self.stream.close()


def rows_of(cell_dir, result):
    """(id, row) of a completed task, as its parts say. ValueError when a part is damaged."""
    position = None
    for part in result["parts"]:
        if position is not None and part["from"] != position:
            raise ValueError(f"{part['file']} starts at {part['from']}, expected {position}")
        with open(os.path.join(cell_dir, part["file"]), "rb") as stream:
            for position in range(part["from"], part["to"]):
                line = json.loads(stream.readline())
                if line["id"] != position:
                    raise ValueError(f"{part['file']}: row {line['id']}, expected {position}")
                yield position, line["row"]
        position = part["to"]
