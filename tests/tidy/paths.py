"""A path that our pages name is a path that exists."""

import glob
import itertools
import os
import re

from source import File, Finding

PAGES = re.compile(r"^(README|ARCHITECTURE|CONTRIBUTING)\.md$|^docs/.*\.md$")
# The first word of what counts as a path of this repository.
ROOTS = ("src", "sim", "tests", "bench", "scripts", "cmake", "docs", "missions", "schemas",
         "web", ".ci")
ROOT_FILES = re.compile(r"^\.?/?(demo|test|LICENSE|[\w.-]+\.(md|txt|json)|\.clang-\w+)$")
CODE = re.compile(r"`([^`\n]+)`|\]\(([^)#\s]+)(?:#[^)]*)?\)")


def named_paths(page):
    """Yields (offset, path) for each path in code quotes or links of a page."""
    fence = False
    offset = 0
    for line in page.text.split("\n"):
        if line.lstrip().startswith("```"):
            fence = not fence
        elif not fence:
            for match in CODE.finditer(line):
                link = match.group(2)
                for word in (match.group(1) or "").split():
                    yield offset + match.start(), word
                if link and "://" not in link:
                    yield offset + match.start(), os.path.normpath(
                        os.path.join(os.path.dirname(page.path), link))
        offset += len(line) + 1


def expand_braces(path):
    """src/{a,b}.h -> src/a.h, src/b.h"""
    parts = re.split(r"\{([^{}]*)\}", path)
    choices = [part.split(",") if i % 2 else [part] for i, part in enumerate(parts)]
    return ["".join(choice) for choice in itertools.product(*choices)]


def is_ours(path):
    path = path.removeprefix("./")
    if path.split("/")[0] in ROOTS:
        return "/" in path and not re.search(r"[<>$…]", path)
    return False


def check_paths_exist(files, exists=None):
    known = {file.path for file in files}
    folders = {folder for path in known for folder in parents(path)}

    def there(path):
        path = path.rstrip("/").rstrip(".,:;")
        if path in known or path in folders:
            return True
        return bool(exists and exists(path))

    for page in files:
        if not PAGES.match(page.path):
            continue
        for offset, word in named_paths(page):
            for path in expand_braces(word.strip("().,:;").removeprefix("./")):
                if is_ours(path) and not there(path):
                    yield Finding(page.path, page.line_of(offset), f"there is no {path}")


def parents(path):
    while "/" in path:
        path = path.rsplit("/", 1)[0]
        yield path


def on_disk(root):
    return lambda path: bool(glob.glob(os.path.join(root, path)))


RULES = {
    "paths_exist": (
        check_paths_exist,
        [File("README.md", "Open `src/core/gone.h` first.\n"),
         File("docs/a.md", "See [the page](../docs/b.md).\n"),
         File("ARCHITECTURE.md", "| revival | `src/core/{a,gone}.h` |\n"),
         File("src/core/a.h", "#pragma once\n")],
        [File("README.md", "Open `src/core/a.h`, run `./test --quick`, see `src/core/`.\n"),
         File("docs/b.md", "[back](../README.md) and `artifacts/docs/x`, `src/core/<name>.h`\n"),
         File("src/core/a.h", "#pragma once\n")]),
}
