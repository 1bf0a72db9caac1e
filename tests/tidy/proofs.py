"""docs/guarantees.md: each promise has a row, each row names tests, and each test that it names exists."""

import re

from source import File, Finding

PAGE = "docs/guarantees.md"
PROMISES = range(1, 19)
ROW = re.compile(r"^\| (\d+) \|(.*)\|$")
LATER = "not yet"
CASE = re.compile(r"^\w+_test\.(\w+)\.(\w+)$")
STORY = re.compile(r"^(story_\w+)(?:\.(\w+)\.(test_\w+))?$")
FUZZER = "tests/fuzz/fuzz_{}.cpp"


def gtests(files):
    """(suite, name) of every GoogleTest case."""
    found = set()
    for file in files:
        if file.is_test:
            found |= set(re.findall(r"^TEST(?:_F|_P)?\((\w+),\s*(\w+)\)", file.text, re.M))
    return found


def is_there(name, files, cases):
    if case := CASE.match(name):
        return case.groups() in cases
    if story := STORY.match(name):
        text = files.get(f"tests/integration/{story[1]}.py")
        if text is None or story[2] is None:
            return text is not None
        return all(re.search(rf"^ *{word}\b", text, re.M)
                   for word in (f"class {story[2]}", f"def {story[3]}"))
    kind, _, rest = name.partition(".")
    if kind == "soak":
        return re.search(rf"soak[. (]{rest}\b", files.get("tests/integration/CMakeLists.txt", ""))
    if kind == "guest":
        return f"\ndef {rest}():" in files.get("tests/guest/inside.py", "")
    return kind == "fuzz" and FUZZER.format(rest) in files


def is_test_name(word):
    kinds = "|".join([r"\w+_test\.", r"story_\w+", r"soak\.", r"fuzz\.", r"guest\."])
    return re.match(rf"^(?:{kinds})[\w.]*$", word) is not None


def check_proofs_exist(tree):
    page = next((file for file in tree if file.path == PAGE), None)
    if page is None:
        return
    files = {file.path: file.text for file in tree}
    cases = gtests(tree)
    rows = set()
    for number, line in enumerate(page.lines, 1):
        names = [word for word in re.findall(r"`([^`]+)`", line) if is_test_name(word)]
        for name in names:
            if not is_there(name, files, cases):
                yield Finding(PAGE, number, f"there is no test {name}")
        if row := ROW.match(line):
            rows.add(int(row[1]))
            if not names and LATER not in line:
                yield Finding(PAGE, number, f"promise {row[1]} names no test")
    for promise in PROMISES:
        if promise not in rows:
            yield Finding(PAGE, 1, f"promise {promise} has no row")


def page_of(tests, last=18):
    return File(PAGE, "".join(f"| {i} | promise | {tests} |\n" for i in range(1, last + 1)))


RULES = {
    "proofs_exist": (
        check_proofs_exist,
        [page_of("`core_test.Revival.Gone`")],
        [page_of("`core_test.Revival.There`, `story_kept`, `story_kept.Kept.test_it`, `fuzz.json`"),
         File("src/core/revival_test.cpp", "TEST(Revival, There) {}\n"),
         File("tests/integration/story_kept.py", "class Kept:\n    def test_it(self):\n"),
         File("tests/fuzz/fuzz_json.cpp", "int x;\n")]),
    "promises_have_proofs": (
        check_proofs_exist,
        [page_of("no test at all")],
        [page_of("not yet")]),
    "promises_are_all_there": (
        check_proofs_exist,
        [page_of("not yet", last=17)],
        [page_of("not yet")]),
}
