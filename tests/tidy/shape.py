"""How long things may get, and what may not be left lying about."""

import re

from source import CXX_ENDINGS, File, Finding, closing_brace

FILE_MOST = 500      # lines
FUNCTION_MOST = 70   # lines, from its first word to its last brace
LINE_MOST = 100      # characters, in C++
SCRIPT_LINE_MOST = 120  # characters, in what no formatter of ours breaks

CODE_ENDINGS = CXX_ENDINGS + (".py", ".sh", ".ts", ".tsx", ".cmake")


def is_code(file):
    return file.path.endswith(CODE_ENDINGS) or file.text.startswith("#!")


def check_file_length(files):
    for file in files:
        count = file.text.count("\n")
        if is_code(file) and count > FILE_MOST and not file.text.startswith("// Generated"):
            yield Finding(file.path, FILE_MOST, f"{count} lines; at most {FILE_MOST}")


def check_line_length(files):
    for file in files:
        if not is_code(file) or file.path.endswith((".ts", ".tsx")):  # Prettier's; it breaks no text
            continue
        most = LINE_MOST if file.path.endswith(CXX_ENDINGS) else SCRIPT_LINE_MOST
        for number, line in enumerate(file.lines, 1):
            # A raw string or an address cannot be broken.
            if len(line) > most and "http" not in line:
                yield Finding(file.path, number, f"{len(line)} characters; at most {most}")


TYPE_HEAD = re.compile(
    r"\b(namespace|class|struct|union|enum)\b(?!.*\)\s*(const|noexcept|override|final|->.*)*\s*$)"
    r"|\bextern\s*\"\s*\"\s*$|^\s*$", re.DOTALL)
HEAD_MARK = re.compile(
    r"[{};]|\b(?:public|private|protected)\s*:(?!:)|^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)


def functions(code):
    """Yields (start, end) of each function, head and body; outermost only."""
    position = 0
    head_start = 0
    while match := HEAD_MARK.search(code, position):
        position = match.end()
        if match.group(0) != "{":
            head_start = match.end()
            continue
        head = code[head_start:match.start()]
        while (shorter := re.sub(r"<[^<>]*>", "", head)) != head:
            head = shorter
        if TYPE_HEAD.search(head):
            head_start = match.end()
            continue
        end = closing_brace(code, match.start())
        if "(" in head and not head.rstrip().endswith("="):
            first = head_start + len(code[head_start:]) - len(code[head_start:].lstrip())
            yield first, end
            head_start = position = end + 1
        else:  # an initialiser: what comes after it belongs to the same head
            position = end + 1


def check_function_length(files):
    for file in files:
        if not file.is_cxx:
            continue
        for start, end in functions(file.code):
            first, last = file.line_of(start), file.line_of(end)
            if last - first + 1 > FUNCTION_MOST:
                yield Finding(file.path, first,
                              f"a function of {last - first + 1} lines; at most {FUNCTION_MOST}")


def check_switch_default(files):
    for file in files:
        if not file.is_cxx:
            continue
        for match in re.finditer(r"\bswitch\s*\(", file.code):
            opening = file.code.find("{", match.end())
            body = file.code[opening:closing_brace(file.code, opening)]
            default = re.search(r"\bdefault\s*:", body)
            if default and re.search(r"\bcase\s+(?:\w+::)+[a-z]\w*\s*:|\busing\s+enum\b", body):
                yield Finding(file.path, file.line_of(opening + default.start()),
                              "a switch over an enum of ours has no default")


# Put together so that this file does not hold the words it looks for.
WORDS = ("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK")
# As a note to oneself: at the start of a comment or of a line of prose.
MARKER = re.compile(r"(?:^|//|#|/\*|<!--)[\s*-]*(" + "|".join(WORDS) + r")\b")


# This mission's agents look for such words in other people's files, and its page says so.
NAMES_MARKERS = re.compile(r"^(missions|demo)/survey/|^docs/demo\.md$")


def check_markers(files):
    for file in files:
        if NAMES_MARKERS.match(file.path):
            continue
        for number, line in enumerate(file.lines, 1):
            found = MARKER.search(line)
            if found:
                yield Finding(file.path, number, f"'{found.group(1)}' left in the tree")


EMPTY_NAMES = {"util", "utils", "common", "manager", "helper", "helpers", "misc"}


def check_names(files):
    for file in files:
        if not file.path.startswith(("src/", "sim/", "tests/", "bench/")):
            continue
        for part in re.split(r"[/_.]", file.path):
            if part.lower() in EMPTY_NAMES:
                yield Finding(file.path, 1, f"'{part}' says nothing about what is in there")
        if file.is_cxx and re.search(r"[A-Z]", file.path):
            yield Finding(file.path, 1, "file names are snake_case")
        if file.path.endswith(".h") and "#pragma once" not in file.text:
            yield Finding(file.path, 1, "a header without #pragma once")


def long_function(head, lines):
    return head + " {\n" + "  step();\n" * lines + "}\n"


RULES = {
    "file_length": (
        check_file_length,
        [File("src/a/a.cpp", "\n" * 501), File("scripts/x", "#!/bin/sh\n" + "\n" * 500)],
        [File("src/a/a.cpp", "\n" * 500), File("docs/a.md", "\n" * 900)]),
    "line_length": (
        check_line_length,
        [File("src/a/a.h", "// " + "x" * 98 + "\n")],
        [File("src/a/a.h", "x" * 100 + "\n")]),
    "function_length": (
        check_function_length,
        [File("src/a/a.cpp", long_function("int run(int a)", 69)),
         File("src/a/b.cpp", "namespace a::b {\nclass C {\n public:\n" +
              long_function("  void f() const", 80) + "};\n}\n"),
         File("src/a/c.cpp",
              long_function("template <class T>\nstruct tm f(std::map<int, T> m)", 80)),
         File("src/a/d.cpp", long_function("A::A(int x) : x_{x}, y_(2)", 80)),
         File("src/a/e.cpp", long_function("TEST(A, b)", 80))],
        [File("src/a/a.cpp", long_function("int run(int a)", 68)),
         File("src/a/b.cpp", "namespace a {\n" + "int x();\n" * 90 + "}\n"),
         File("src/a/c.cpp", "constexpr Row rows[] = {\n" + '  {"a", f("}")},\n' * 90 + "};\n"),
         File("src/a/d.h", "struct A {\n" + "  int f() { return 1; }\n" * 90 + "};\n")]),
    "switch_default": (
        check_switch_default,
        [File("src/a/a.cpp", "switch (s) {\n case State::on: return 1;\n default: return 2;\n}\n"),
         File("src/a/b.cpp", "switch (s) {\n using enum State;\n case on: {}\n default: {}\n}\n")],
        [File("src/a/a.cpp", "switch (c) {\n case 'a': return 1;\n default: return 2;\n}\n"),
         File("src/a/b.cpp", "switch (s) {\n case State::on: return 1;\n}\nA() = default;\n")]),
    "markers": (
        check_markers,
        [File("src/a/a.cpp", "// TO" + "DO later\n"), File("docs/a.md", "FIX" + "ME\n")],
        [File("src/a/a.cpp", "// what is to do\n"),
         File("a.py", "MARKS = ('TO" + "DO', 'FIX" + "ME')\n")]),
    "names": (
        check_names,
        [File("src/utils/a.cpp", ""), File("src/core/agent_manager.cpp", ""),
         File("src/core/AgentLife.cpp", ""), File("src/core/a.h", "")],
        [File("src/core/agent_life.h", "#pragma once\n"), File("docs/common.md", "")]),
}
