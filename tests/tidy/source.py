"""The tree as the rules see it: paths with their text, and C++ without comments and strings."""

import dataclasses
import functools
import os
import re

SKIPPED_FOLDERS = {".git", "build", "node_modules", "__pycache__", ".ccache"}
CXX_ENDINGS = (".h", ".cpp")
TEXT_ENDINGS = CXX_ENDINGS + (".py", ".md", ".cmake", ".txt", ".sh", ".json", ".toml", ".ts",
                              ".tsx", ".css", ".html", ".js", ".mjs")


@dataclasses.dataclass(frozen=True)
class File:
    path: str  # relative to the root, with slashes
    text: str

    @property
    def lines(self):
        return self.text.split("\n")

    @property
    def is_cxx(self):
        return self.path.endswith(CXX_ENDINGS)

    @property
    def is_test(self):
        return self.path.endswith("_test.cpp")

    @functools.cached_property
    def code(self):
        return without_comments_and_strings(self.text)

    def line_of(self, offset):
        return self.text.count("\n", 0, offset) + 1


@dataclasses.dataclass(frozen=True)
class Finding:
    path: str
    line: int
    message: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.message}"


def is_text(path):
    name = os.path.basename(path)
    return name.endswith(TEXT_ENDINGS) or "." not in name


def read_tree(root):
    """Every text file of ours below `root`, sorted by path."""
    files = []
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(f for f in folders if f not in SKIPPED_FOLDERS)
        for name in sorted(names):
            whole = os.path.join(folder, name)
            if not is_text(whole) or os.path.islink(whole) or not os.path.isfile(whole):
                continue
            try:
                with open(whole, encoding="utf-8", newline="") as handle:
                    text = handle.read()
            except UnicodeDecodeError:
                continue
            files.append(File(os.path.relpath(whole, root).replace(os.sep, "/"), text))
    return files


TOKEN = re.compile(
    r"""//[^\n]*
      | /\*.*?\*/
      | R"(?P<mark>[^()\\\s]{0,16})\(.*?\)(?P=mark)"
      | "(?:\\.|[^"\\\n])*"
      | (?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])*'""",
    re.VERBOSE | re.DOTALL)


def without_comments_and_strings(text):
    """Same length, same lines: comments become blanks, literals keep only their quotes."""

    def blank(match):
        token = match.group(0)
        if token[0] == "/":
            return re.sub(r"[^\n]", " ", token)
        quote = token[0] if token[0] in "\"'" else '"'
        inner = re.sub(r"[^\n]", " ", token[1:-1])
        return quote + inner + quote

    return TOKEN.sub(blank, text)


def closing_brace(code, opening):
    """Offset of the brace that closes the one at `opening`, or the end of the text."""
    depth = 0
    for match in re.compile(r"[{}]").finditer(code, opening):
        depth += 1 if match.group(0) == "{" else -1
        if depth == 0:
            return match.start()
    return len(code)
