"""What the survey says about one file. docs/demo.md holds these rules in words; the audit agent has
its own implementation of them, in another language.

All rules look at bytes, so two implementations cannot disagree about an encoding.
"""
import hashlib
import re

TEXT_BYTES = 4 << 20          # larger files are hashed, not read as text
SNIFF_BYTES = 8192
LICENCE_BYTES = 4096
EXCERPT_CHARACTERS = 120
FINDINGS_MOST = 200           # of one kind in one file
NEAR_LINES_LEAST = 8
NEAR_LINES_MOST = 20_000
WORD_LEAST, WORD_MOST = 3, 40

TYPES = {
    "c": "c", "c header": "h", "c++": "cc cpp cxx hpp hh hxx", "python": "py pyi", "perl": "pl pm t",
    "javascript": "js mjs cjs jsx", "typescript": "ts tsx", "rust": "rs", "go": "go", "java": "java",
    "shell": "sh bash zsh", "ruby": "rb", "markdown": "md markdown", "html": "html htm", "css": "css",
    "json": "json", "yaml": "yaml yml", "toml": "toml", "xml": "xml svg", "cmake": "cmake",
    "sql": "sql", "csv": "csv tsv", "text": "txt"}
TYPE_OF_EXTENSION = {e: t for t, extensions in TYPES.items() for e in extensions.split()}
TYPE_OF_NAME = {"CMakeLists.txt": "cmake", "Makefile": "make", "Dockerfile": "docker"}
TYPE_OF_INTERPRETER = ((b"python", "python"), (b"perl", "perl"), (b"node", "javascript"),
                       (b"ruby", "ruby"), (b"sh", "shell"))
MAGIC = ((b"\x7fELF", "elf"), (b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpeg"),
         (b"GIF8", "gif"), (b"%PDF-", "pdf"), (b"PK\x03\x04", "zip"), (b"\x1f\x8b", "gzip"),
         (b"SQLite format 3\x00", "sqlite"), (b"!<arch>\n", "archive"), (b"\x00asm", "wasm"),
         (b"wOF2", "font"), (b"(\xb5/\xfd", "zstd"), (b"\xfd7zXZ\x00", "xz"))

SPDX = re.compile(rb"SPDX-License-Identifier:[ \t]*"
                  rb"([A-Za-z0-9.+-]+(?: (?:OR|AND|WITH) [A-Za-z0-9.+-]+)*)")
LICENCE_WORDS = (
    (b"gnu lesser general public license", "LGPL"),
    (b"gnu affero general public license", "AGPL"), (b"gnu general public license", "GPL"),
    (b"mozilla public license", "MPL"), (b"apache license", "Apache"),
    (b"permission is hereby granted, free of charge", "MIT"), (b"mit license", "MIT"),
    (b"permission to use, copy, modify, and/or distribute", "ISC"),
    (b"redistribution and use in source and binary forms", "BSD"), (b"unlicense", "Unlicense"))

SECRETS = (
    ("private key", re.compile(rb"-----BEGIN (?:[A-Z]{2,10} ){0,2}PRIVATE KEY-----")),
    ("aws access key", re.compile(rb"(?<![A-Za-z0-9])AKIA[0-9A-Z]{16}(?![A-Za-z0-9])")),
    ("github token", re.compile(rb"(?<![A-Za-z0-9])gh[pousr]_[A-Za-z0-9]{36}")),
    ("slack token", re.compile(rb"(?<![A-Za-z0-9])xox[abprs]-[A-Za-z0-9-]{10,}")),
    ("google api key", re.compile(rb"(?<![A-Za-z0-9])AIza[0-9A-Za-z_-]{35}")),
    ("json web token", re.compile(rb"(?<![A-Za-z0-9])eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}")),
    ("assigned secret", re.compile(
        rb"(?i:password|passwd|secret|api_key|apikey|access_token)[\"']?[ \t]*[:=][ \t]*"
        rb"[\"']([^\"' \t]{8,200})[\"']")))
TODO = re.compile(rb"(?<![A-Za-z0-9_])(TODO|FIXME|XXX|HACK)(?![A-Za-z0-9_])")

# Sequences of UTF-8 that are punctuation or symbols: they end a word like any ASCII sign does.
SIGNS = re.compile(rb"\xe2[\x80-\xaf][\x80-\xbf]|\xc2[\x80-\xbf]|\xe3\x80[\x80-\xbf]"
                   rb"|\xef[\xb8-\xbf][\x80-\xbf]|\xf0\x9f[\x80-\xbf]{2}")
WORD = re.compile(rb"[A-Za-z_\x80-\xff][A-Za-z0-9_\x80-\xff]*")
ASCII_WORD = re.compile(rb"[A-Za-z_][A-Za-z0-9_]*")


def is_utf8(data):
    try:
        data.decode("utf-8")
        return True
    except UnicodeDecodeError:
        return False


def is_text(data):
    return bool(data) and b"\x00" not in data[:SNIFF_BYTES]


def lines_of(data):
    """Lines end at a newline; a carriage return before it is not part of them."""
    lines = data.split(b"\n")
    if lines and lines[-1] == b"":
        lines.pop()
    return [line[:-1] if line.endswith(b"\r") else line for line in lines]


def type_of(path, head):
    """`head`: at least the first SNIFF_BYTES of the file."""
    if not head:
        return "empty"
    for start, name in MAGIC:
        if head.startswith(start):
            return name
    if not is_text(head):
        return "binary"
    name = path.rsplit("/", 1)[-1]
    if name in TYPE_OF_NAME:
        return TYPE_OF_NAME[name]
    extension = name.rsplit(".", 1)[-1].lower() if "." in name[1:] else ""
    if extension in TYPE_OF_EXTENSION:
        return TYPE_OF_EXTENSION[extension]
    if head.startswith(b"#!"):
        first = head.split(b"\n", 1)[0]
        return next((kind for word, kind in TYPE_OF_INTERPRETER if word in first), "text")
    return "text"


def licence_of(data):
    head = data[:LICENCE_BYTES]
    declared = SPDX.search(head)
    if declared:
        return declared.group(1).decode()
    words = b" ".join(re.sub(rb"[^a-z0-9,./-]+", b" ", head.lower()).split())
    return next((name for phrase, name in LICENCE_WORDS if phrase in words), "none")


def secrets_in(lines):
    """Findings show the first four characters of a secret and how long it is, never all of it."""
    found = []
    for number, line in enumerate(lines, 1):
        for rule, pattern in SECRETS:
            match = pattern.search(line)
            if match:
                value = match.group(match.lastindex or 0)
                found.append({"line": number, "rule": rule,
                              "masked": f"{excerpt(value[:4])}… ({len(value)} bytes)"})
    return found[:FINDINGS_MOST]


def todos_in(lines):
    found = []
    for number, line in enumerate(lines, 1):
        match = TODO.search(line)
        if match:
            found.append({"line": number, "word": match.group(1).decode(),
                          "text": excerpt(line[match.start():])})
    return found[:FINDINGS_MOST]


def excerpt(raw):
    """One printable line of at most EXCERPT_CHARACTERS; what is no UTF-8 becomes '?'."""
    if not is_utf8(raw):
        raw = re.sub(rb"[\x80-\xff]", b"?", raw)
    text = re.sub(r"[\x00-\x1f\x7f]", " ", raw.decode("utf-8")).strip(" ")
    return text[:EXCERPT_CHARACTERS]


def near_lines(lines):
    """Hashes of the distinct lines that say something, sorted; empty when there are too few or too
    many of them to compare. Outer blanks do not count."""
    distinct = {line.strip(b" \t") for line in lines}
    distinct = {line for line in distinct if len(line) >= 3}
    if not NEAR_LINES_LEAST <= len(distinct) <= NEAR_LINES_MOST:
        return []
    return sorted(hashlib.blake2b(line, digest_size=8).hexdigest() for line in distinct)


def words_in(data):
    """The distinct words of a text, ASCII in lower case."""
    if is_utf8(data):
        found = WORD.findall(SIGNS.sub(b" ", data))
    else:
        found = ASCII_WORD.findall(data)
    return {word.lower() for word in found if WORD_LEAST <= len(word) <= WORD_MOST}
