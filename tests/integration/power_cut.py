"""What a disk holds after a power cut, worked out from a trace of every call that changes it.

The disk here is as bad as POSIX lets it be: bytes of a file are safe once the file was fsynced, an entry of
a directory once the directory was; of the rest, everything is lost, or any part of it is kept."""
import glob
import os
import re

CALLS = ("openat,openat2,write,pwrite64,ftruncate,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,"
         "mkdir,mkdirat,sendto,writev,pwritev,fallocate,linkat,close")
LINE = re.compile(r"^(\d+\.\d+) (\w+)\((.*)\) += (-?\d+)(?:<(.*?)>)?.* <(\d+\.\d+)>$")
FD = re.compile(r"^(\d+|AT_FDCWD)<(.*)>$")
PAGE = 512  # what a disk writes whole


class File:
    def __init__(self):
        self.now = bytearray()
        self.safe = b""
        self.pending = []  # (offset, bytes), or (length, None) for a new length

    def put(self, offset, data):
        self.pending.append((offset, data))
        self.now[:] = applied(self.now, offset, data)

    def sync(self):
        self.safe, self.pending = bytes(self.now), []


class Directory:
    def __init__(self):
        self.now = {}
        self.safe = {}
        self.pending = []  # (name, node or None)

    def put(self, name, node):
        self.pending.append((name, node))
        self.now.pop(name, None)
        if node is not None:
            self.now[name] = node

    def sync(self):
        self.safe, self.pending = dict(self.now), []


def applied(old, offset, data):
    new = bytearray(old)
    if data is None:
        return new[:offset].ljust(offset, b"\0")
    new.extend(b"\0" * (offset - len(new)))
    new[offset:offset + len(data)] = data
    return new


def split_arguments(text):
    """The arguments of one call; strings, <paths> and [lists] stay whole."""
    found, depth, quoted, last = [], 0, False, 0
    for at, letter in enumerate(text):
        if letter == '"':
            quoted = not quoted
        elif not quoted and letter in "<[{":
            depth += 1
        elif not quoted and letter in ">]}":
            depth -= 1
        elif letter == "," and depth == 0 and not quoted:
            found.append(text[last:at].strip())
            last = at + 1
    return found + [text[last:].strip()]


def raw(text):
    """"\\x41\\x42" -> b"AB" """
    return bytes.fromhex(text.strip('"').replace("\\x", ""))


class Disk:
    """Everything below `root`, which exists and is empty at first."""

    def __init__(self, root):
        self.root = os.fspath(root)
        self.top = Directory()
        self.places = {}  # descriptor -> offset of the next write()

    def find(self, path):
        node = self.top
        for name in self.steps(path):
            node = node.now.get(name) if isinstance(node, Directory) else None
        return node

    def steps(self, path):
        return [step for step in path[len(self.root):].split("/") if step]

    def is_ours(self, path):
        return path == self.root or path.startswith(self.root + "/")

    def entry(self, path):
        """(directory, name)"""
        return self.find(os.path.dirname(path)), os.path.basename(path)

    def at(self, directory, name):
        folder = FD.match(directory)
        return os.path.normpath(os.path.join(folder[2] if folder else "/", raw(name).decode()))

    def call(self, name, words, result, path):
        if name in ("openat", "openat2"):
            self.opened(result, path, words[2])
        elif name in ("mkdir", "mkdirat"):
            self.add(self.at(words[0], words[1]) if name == "mkdirat" else raw(words[0]).decode(), Directory())
        elif name in ("unlink", "unlinkat"):
            self.add(self.at(words[0], words[1]) if name == "unlinkat" else raw(words[0]).decode(), None)
        elif name == "rename":
            self.rename(raw(words[0]).decode(), raw(words[1]).decode())
        elif name in ("renameat", "renameat2"):
            self.rename(self.at(words[0], words[1]), self.at(words[2], words[3]))
        elif name in ("write", "pwrite64", "ftruncate", "fsync", "fdatasync"):
            self.change(name, words, result)
        elif name in ("writev", "pwritev", "fallocate", "linkat"):
            descriptor = FD.match(words[0])
            assert not (descriptor and self.is_ours(descriptor[2])), f"{name} is not modelled"

    def change(self, name, words, result):
        descriptor = FD.match(words[0])
        if not descriptor or not self.is_ours(descriptor[2]):
            return
        node = self.find(descriptor[2])
        if node is None:
            return  # removed already
        if name in ("fsync", "fdatasync"):
            node.sync()
        elif name == "ftruncate":
            node.put(int(words[1]), None)
        elif name == "pwrite64":
            node.put(int(words[3]), raw(words[1])[:result])
        else:
            place = self.places.get(descriptor[1], 0)
            place = len(node.now) if place is None else place
            node.put(place, raw(words[1])[:result])
            self.places[descriptor[1]] = place + result

    def opened(self, descriptor, path, flags):
        if not path or not self.is_ours(path):
            return
        self.places[str(descriptor)] = None if "O_APPEND" in flags else 0
        if "O_CREAT" in flags and self.find(path) is None:
            self.add(path, File())
        if "O_TRUNC" in flags:
            self.find(path).put(0, None)

    def add(self, path, node):
        if self.is_ours(path):
            folder, name = self.entry(path)
            folder.put(name, node)

    def rename(self, old, new):
        if self.is_ours(old) and self.is_ours(new):
            node = self.find(old)
            self.add(old, None)
            self.add(new, node)

    def write_out(self, into, chance=None):
        """Makes directory `into` as the disk is after a cut now. With `chance`, a part of what was not
        yet safe is kept; without, nothing of it."""
        os.mkdir(into)
        for name, node in self.kept(self.top, chance).items():
            self.write_node(os.path.join(into, name), node, chance)

    def write_node(self, path, node, chance):
        if isinstance(node, Directory):
            os.mkdir(path)
            for name, child in self.kept(node, chance).items():
                self.write_node(os.path.join(path, name), child, chance)
            return
        data = bytearray(node.safe)
        for offset, piece in node.pending if chance else ():
            if chance.random() < 0.5:
                if piece and len(piece) > PAGE and chance.random() < 0.3:  # torn
                    piece = piece[:chance.randrange(1, len(piece) // PAGE + 1) * PAGE]
                data = applied(data, offset, piece)
        with open(path, "wb") as file:
            file.write(data)

    def kept(self, node, chance):
        entries = dict(node.safe)
        for name, child in node.pending if chance else ():
            if chance.random() < 0.5:
                entries.pop(name, None)
                if child is not None:
                    entries[name] = child
        return entries


def plain(text):
    """strace -xx writes the paths of descriptors as hex, too."""
    return re.sub(r"<((?:\\x[0-9a-f]{2})+)>", lambda hexed: f"<{raw(chr(34) + hexed[1])[:].decode()}>", text)


def calls_of(prefix, threads):
    """Every call of these threads in the order in which it took effect: (name, words, result, path)."""
    found = []
    for file in glob.glob(glob.escape(prefix) + ".*"):
        if int(file.rsplit(".", 1)[1]) not in threads:
            continue
        with open(file) as lines:
            for line in lines:
                match = LINE.match(plain(line.rstrip("\n")))
                if not match or int(match[4]) < 0:
                    continue
                begin, name, words, result, path, took = match.groups()
                at = float(begin) + (float(took) if name.endswith("sync") else 0)
                found.append((at, name, words, int(result), path))
    found.sort(key=lambda one: one[0])
    return [(name, split_arguments(words), result, path) for _, name, words, result, path in found]
