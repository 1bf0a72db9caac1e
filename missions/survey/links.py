"""Relative links of Markdown and HTML files that lead nowhere."""
import posixpath
import re
import urllib.parse

from names import unescaped

FINDINGS_MOST = 200
MARKDOWN_LINK = re.compile(rb"\]\([ \t]*(<[^<>]*>|[^() \t]*(?:\([^() \t]*\)[^() \t]*)*)"
                           rb"(?:[ \t]+[\"'(][^\"')]*[\"')])?[ \t]*\)")
HTML_LINK = re.compile(rb"(?<![A-Za-z0-9_-])(?:href|src)[ \t]*=[ \t]*"
                       rb"(?:\"([^\"]*)\"|'([^']*)')", re.I)
SCHEME = re.compile(rb"^[A-Za-z][A-Za-z0-9+.-]*:")
FENCE = re.compile(rb"^[ \t]*(```|~~~)")
CODE_SPAN = re.compile(rb"`[^`]*`")


class KnownPaths:
    """What exists in the frozen input. Left-out folders exist, and nobody judges what is in them."""

    def __init__(self, manifest):
        self.files = {unescaped(f["path"]) for f in manifest["files"]}
        self.left_out = {unescaped(path) for path in manifest["left_out"]}
        self.folders = {b""}
        for path in self.files | self.left_out:
            while b"/" in path:
                path = path.rsplit(b"/", 1)[0]
                self.folders.add(path)

    def leads_nowhere(self, from_path, target):
        """True when the relative `target` is inside the input and not there."""
        folder = posixpath.dirname(from_path)
        path = posixpath.normpath(posixpath.join(folder, target))
        if path == b".":
            path = b""
        if path == b".." or path.startswith(b"../"):
            return False  # outside of what was frozen: not ours to judge
        if path in self.files or path in self.folders:
            return False
        while path:
            if path in self.left_out:
                return False
            path = posixpath.dirname(path)
        return True


def broken_links(path, kind, lines, known):
    """`path`: bytes. Rows {line, target}; `target` as it is written there."""
    from rules import excerpt
    if kind not in ("markdown", "html"):
        return []
    found, fenced = [], False
    for number, line in enumerate(lines, 1):
        if kind == "markdown":
            if FENCE.match(line):
                fenced = not fenced
                continue
            if fenced:
                continue
            line = CODE_SPAN.sub(b"", line)
        for target in _targets(kind, line):
            place = _relative(target)
            if place and known.leads_nowhere(path, place):
                found.append({"line": number, "target": excerpt(target)})
    return found[:FINDINGS_MOST]


def _targets(kind, line):
    if kind == "markdown":
        return [m.group(1).strip(b"<>") for m in MARKDOWN_LINK.finditer(line)]
    return [m.group(1) if m.group(1) is not None else m.group(2) for m in HTML_LINK.finditer(line)]


def _relative(target):
    """The path that a link names, or None when it is no relative link to a file."""
    if not target or target[:1] in b"#/?" or SCHEME.match(target) or b"{" in target:
        return None
    bare = re.split(rb"[#?]", target, maxsplit=1)[0]
    return urllib.parse.unquote_to_bytes(bare) or None
