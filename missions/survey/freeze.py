"""Freezes the input of a survey: the list of files, their hashes, and a copy of what they hold.

The copy makes the mission independent of people who go on working in the directory, and lets two
runs be compared. Copies are named by number, so no hostile name ever reaches the cell. Files past
the copying limits stay where they are; their frozen hash still tells when they change.
"""
import fnmatch
import hashlib
import json
import os
import stat

from names import escaped

COPY_FILE_BYTES = 64 << 20     # larger files are read where they stand
COPY_TOTAL_BYTES = 1 << 30
FILES_MOST = 200_000
BLOCK = 1 << 20

LEFT_OUT_NAMES = {
    b".git", b".hg", b".svn", b"node_modules", b"__pycache__", b".cache", b".ccache", b".venv",
    b"venv", b".tox", b".mypy_cache", b".pytest_cache", b"build", b"target", b".gradle", b".idea"}
LEFT_OUT_PATTERNS = (b"build-*", b"cmake-build-*", b"bazel-*")


class TooManyFiles(Exception):
    pass


def freeze(source, cell_dir, left_out_paths=()):
    """Writes artifacts/input/ of the cell and returns the manifest."""
    source = os.path.realpath(os.fsencode(source))
    store = os.path.join(cell_dir, "artifacts", "input", "files")
    os.makedirs(store)
    found, left_out = _walk(source, {os.path.realpath(os.fsencode(p)) for p in left_out_paths})
    copied, files = 0, []
    for number, path in enumerate(sorted(found)):
        entry = {"id": number, "path": escaped(path), **found[path]}
        if entry["kind"] == "file":
            may_copy = (entry["size"] <= COPY_FILE_BYTES
                        and copied + entry["size"] <= COPY_TOTAL_BYTES)
            place = os.path.join(store, copy_name(number)) if may_copy else None
            _take(os.path.join(source, path), place, entry)
            copied += entry["size"] if entry["stored"] else 0
        files.append(entry)
    manifest = {"root": escaped(source), "files": files, "left_out": sorted(map(escaped, left_out)),
                "digest": _digest(files)}
    _write(cell_dir, manifest)
    return manifest


def link_frozen(from_cell, cell_dir):
    """The same frozen input for another cell, without copying its bytes again."""
    with open(os.path.join(from_cell, "artifacts", "input", "manifest.json"), "rb") as stream:
        manifest = json.load(stream)
    store = os.path.join(cell_dir, "artifacts", "input", "files")
    os.makedirs(store)
    for entry in manifest["files"]:
        if entry.get("stored"):
            name = copy_name(entry["id"])
            os.makedirs(os.path.dirname(os.path.join(store, name)), exist_ok=True)
            os.link(os.path.join(from_cell, "artifacts", "input", "files", name),
                    os.path.join(store, name))
    _write(cell_dir, manifest)
    return manifest


def copy_name(number):
    return f"{number // 1000:03d}/{number % 1000:03d}"


def _walk(source, left_out_paths):
    """({relative path: {kind, …}}, [relative paths of folders that were left out])."""
    found, left_out, waiting = {}, [], [b""]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(os.path.join(source, folder)) as entries:
                rows = list(entries)
        except OSError:
            found[folder or b"."] = {"kind": "unreadable", "size": 0, "sha256": None}
            continue
        for row in rows:
            path = os.path.join(folder, row.name)
            if row.is_dir(follow_symlinks=False):
                outside = os.path.join(source, path) in left_out_paths
                if outside or _is_left_out(row.name) or _is_build_folder(row.path):
                    left_out.append(path)
                else:
                    waiting.append(path)
            else:
                found[path] = _kind_of(row)
        if len(found) > FILES_MOST:
            raise TooManyFiles(f"more than {FILES_MOST} files; survey a smaller directory")
    return found, left_out


def _is_left_out(name):
    return name in LEFT_OUT_NAMES or any(fnmatch.fnmatch(name, p) for p in LEFT_OUT_PATTERNS)


def _is_build_folder(path):
    return os.path.exists(os.path.join(path, b"CMakeCache.txt"))


def _kind_of(row):
    try:
        status = row.stat(follow_symlinks=False)
        if stat.S_ISLNK(status.st_mode):
            target = os.readlink(row.path)
            return {"kind": "symlink", "size": len(target), "target": escaped(target),
                    "sha256": hashlib.sha256(target).hexdigest()}
        if stat.S_ISREG(status.st_mode):
            return {"kind": "file", "size": status.st_size, "sha256": None}
        return {"kind": "special", "size": 0, "sha256": None}
    except OSError:
        return {"kind": "unreadable", "size": 0, "sha256": None}


def _take(path, place, entry):
    """Hashes the file, and copies what was hashed to `place` unless it is None."""
    entry["stored"] = False
    digest, size = hashlib.sha256(), 0
    try:
        # A file that turned into a pipe or a link meanwhile must neither block nor lead us away.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb", buffering=0) as stream:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise OSError("no regular file any longer")
            copy = None
            if place is not None:
                os.makedirs(os.path.dirname(place), exist_ok=True)
                copy = open(place, "wb")
            try:
                while block := stream.read(BLOCK):
                    digest.update(block)
                    size += len(block)
                    if copy:
                        copy.write(block)
            finally:
                if copy:
                    copy.close()
                    os.chmod(place, 0o444)
    except OSError:
        entry.update(kind="unreadable", size=0, sha256=None)
        return
    entry.update(size=size, sha256=digest.hexdigest(), stored=place is not None)


def _digest(files):
    lines = "".join(f"{f['kind']}\t{f['size']}\t{f['sha256']}\t{f['path']}\n" for f in files)
    return hashlib.sha256(lines.encode()).hexdigest()


def _write(cell_dir, manifest):
    """One file a line, so that `grep` works on it too."""
    rows = ",\n".join(json.dumps(entry, sort_keys=True) for entry in manifest["files"])
    rest = {key: manifest[key] for key in ("digest", "left_out", "root")}
    text = json.dumps(rest, sort_keys=True)[:-1] + ', "files": [\n' + rows + "\n]}\n"
    with open(os.path.join(cell_dir, "artifacts", "input", "manifest.json"), "w") as stream:
        stream.write(text)
