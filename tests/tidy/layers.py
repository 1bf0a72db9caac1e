"""Who may include whom, and what the decided-in-numbers layers may not touch."""

import re

from source import File, Finding

# layer -> the other layers whose headers it may include. An adapter is "adapters/<name>".
ALLOWED = {
    "base": set(),
    "files": {"base"},
    "calendar": {"base"},
    "core": {"base", "calendar"},
    "wire": {"base", "core"},
    "ports": {"base", "core"},
    "runtime": {"base", "core", "ports"},
    "harborforge": {"base", "core", "ports", "wire"},
    "mcp": {"base", "wire"},
    "plugin": {"base", "core", "ports", "wire", "mcp", "harborforge"},
    "adapters": {"base", "calendar", "core", "files", "ports", "wire"},
    "presence": {"base", "core", "ports", "wire"},
    "server": {"base", "calendar", "core", "ports", "wire", "runtime"},
    "cli": {"base", "calendar", "wire"},
    "shim": {"base"},
    "sim": {"base", "core", "ports", "runtime", "wire"},
    "main": {"base", "calendar", "core", "files", "ports", "wire", "runtime", "harborforge", "mcp", "plugin",
             "presence", "adapters", "server", "cli", "shim", "sim"},
}
# The contract between the daemon and the shims is the shim's, and the adapter speaks it.
SHIM_CONTRACT = ("shim/protocol.h", "shim/records.h")
DETERMINISTIC = ("base", "calendar", "core", "runtime", "harborforge", "presence", "sim")

QUOTED = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"]+)"', re.MULTILINE)
ANGLED = re.compile(r"^[ \t]*#[ \t]*include[ \t]*<([^>]+)>", re.MULTILINE)


def layer_of(path):
    """'core' for src/core/x.h, 'adapters' for src/adapters/x/y.h, 'sim' for sim/x.h, else None."""
    parts = path.split("/")
    if parts[0] == "src" and len(parts) > 2:
        return parts[1]
    return "sim" if parts[0] == "sim" else None


def adapter_of(path):
    parts = path.removeprefix("src/").split("/")
    return parts[1] if parts[0] == "adapters" and len(parts) > 2 else None


def check_include_direction(files):
    for file in files:
        layer = layer_of(file.path)
        if not file.is_cxx or layer is None:
            continue
        if layer not in ALLOWED:
            yield Finding(file.path, 1, f"layer '{layer}' has no row in the table of includes")
            continue
        for match in QUOTED.finditer(file.text):
            complaint = direction_complaint(file, layer, match.group(1))
            if complaint:
                yield Finding(file.path, file.line_of(match.start()), complaint)


def direction_complaint(file, layer, target):
    theirs = target.split("/")[0]
    if theirs not in ALLOWED or theirs == "sim" and file.is_test:
        return None
    if layer == "adapters" and target in SHIM_CONTRACT:
        return None
    if theirs == "adapters" and layer == "adapters":
        mine, other = adapter_of(file.path), adapter_of(target)
        return None if mine == other else f"adapter '{mine}' includes adapter '{other}'"
    if theirs == layer or theirs in ALLOWED[layer]:
        return None
    return f"{layer} may not include {theirs} ({target})"


# Library headers by the layers that may see them.
OUTSIDE = [
    (re.compile(r"^boost/json"),
     ("wire", "harborforge", "mcp", "plugin", "adapters", "server", "cli", "main")),
    (re.compile(r"^boost/asio"), ("mcp", "plugin", "adapters", "server", "cli", "main")),
    (re.compile(r"^boost/beast"), ("adapters", "server", "cli", "main")),
    (re.compile(r"^boost/"), ("wire", "adapters", "server", "cli", "main")),
    (re.compile(r"^(sqlite3|libpq)"), ("adapters",)),
    (re.compile(r"^openssl/"), ("wire", "adapters", "server", "cli", "main")),
    (re.compile(r"^(CLI|toml\+\+)/"), ("cli", "main")),
    (re.compile(r"^(sys|linux|arpa|net|netinet)/|^(unistd|fcntl|poll|signal|pthread|dirent)\.h$"),
     ("files", "mcp", "plugin", "adapters", "server", "cli", "shim", "main")),
]


def check_outside_headers(files):
    for file in files:
        layer = layer_of(file.path)
        if not file.is_cxx or layer is None or file.is_test:
            continue
        for match in ANGLED.finditer(file.text):
            rule = next((allowed for pattern, allowed in OUTSIDE if pattern.match(match.group(1))),
                        None)
            if rule is not None and layer not in rule:
                yield Finding(file.path, file.line_of(match.start()),
                              f"{layer} may not see <{match.group(1)}>")


BANNED = [
    (r"\bunordered_(multi)?(map|set)\b", "an unordered container iterates in no defined order"),
    (r"\b\w+_distribution\b", "std distributions differ between libraries; use base/rng.h"),
    (r"\brandom_device\b|\b(mt19937|default_random_engine)\b|\bs?rand\s*\(",
     "chance is seeded: base/rng.h"),
    (r"\b(system_clock|steady_clock|high_resolution_clock|\w*Clock)\s*::\s*now\b",
     "time arrives as an argument"),
    (r"\b(clock_gettime|gettimeofday|time\s*\(\s*(nullptr|NULL|0))", "time arrives as an argument"),
    (r"\bstd\s*::\s*(jthread|thread|async|\w*mutex|condition_variable|atomic)\b|\bpthread_",
     "one thread owns this code"),
    (r"\b[io]?fstream\b|\bfopen\b|\bstd\s*::\s*filesystem\b", "files belong to adapters"),
    (r"\b(secure_)?getenv\b", "settings arrive as arguments"),
    (r"\basio\b", "Asio belongs to adapters and doors"),
    (r"\b(map|set)\s*<\s*(const\s+)?[\w:]+\s*\*", "a pointer as key orders by address"),
]
BANNED = [(re.compile(pattern), why) for pattern, why in BANNED]


def check_determinism(files):
    for file in files:
        if not file.is_cxx or file.is_test or layer_of(file.path) not in DETERMINISTIC:
            continue
        for number, line in enumerate(file.code.split("\n"), 1):
            for pattern, why in BANNED:
                found = pattern.search(line)
                if found:
                    yield Finding(file.path, number, f"'{found.group(0).strip()}': {why}")


RULES = {
    "include_direction": (
        check_include_direction,
        [File("src/core/a.cpp", '#include "runtime/loop.h"\n'),
         File("src/adapters/sqlite/a.h", '#include "adapters/process/b.h"\n'),
         File("src/cli/a.cpp", '#include "server/routes.h"\n'),
         File("src/wire/a.cpp", '#  include "ports/clock.h"\n'),
         File("src/adapters/process/a.cpp", '#include "shim/launch.h"\n'),
         File("src/calendar/a.h", '#include "core/fleet.h"\n'),
         File("src/helpers/a.h", "")],
        [File("src/runtime/a.cpp", '#include "core/decide.h"\n#include "runtime/loop.h"\n'),
         File("src/adapters/sqlite/a.cpp",
              '#include "adapters/sqlite/b.h"\n#include "wire/json.h"\n'),
         File("src/adapters/process/a.cpp", '#include "shim/protocol.h"\n'),
         File("tests/x/a.cpp", '#include "server/routes.h"\n')]),
    "outside_headers": (
        check_outside_headers,
        [File("src/core/a.cpp", "#include <boost/json.hpp>\n"),
         File("src/runtime/a.cpp", "#include <unistd.h>\n"),
         File("src/wire/a.cpp", "#include <boost/asio.hpp>\n"),
         File("src/server/a.cpp", "#include <sqlite3.h>\n"),
         File("sim/a.cpp", "#include <sys/stat.h>\n")],
        [File("src/server/a.cpp", "#include <boost/beast.hpp>\n#include <unistd.h>\n"),
         File("src/adapters/sqlite/a.cpp", "#include <sqlite3.h>\n"),
         File("src/core/a.cpp", "#include <map>\n")]),
    "determinism": (
        check_determinism,
        [File("src/core/a.cpp", "std::unordered_map<int, int> m;\n"),
         File("src/core/b.cpp", "auto t = std::chrono::steady_clock::now();\n"),
         File("src/runtime/a.cpp", "std::mutex guard;\n"),
         File("src/base/a.cpp", "std::ifstream in(path);\n"),
         File("src/calendar/a.cpp", "auto t = std::chrono::system_clock::now();\n"),
         File("src/base/b.cpp", 'const char* home = getenv("HOME");\n'),
         File("sim/a.cpp", "std::uniform_int_distribution<int> d(0, 9);\n"),
         File("sim/b.cpp", "std::map<Agent*, int> by_address;\n"),
         File("sim/c.cpp", "boost::asio::io_context loop;\n"),
         File("sim/d.cpp", "std::random_device seed;\n")],
        [File("src/core/a.cpp", "// no unordered_map here\nconst char* s = \"getenv\";\n"),
         File("src/core/c.cpp", "Instant t = clock_.now();\nstd::map<AgentId, Agent*> found;\n"),
         File("src/server/a.cpp", "std::unordered_map<int, int> m;\n"),
         File("src/runtime/loop_test.cpp", "std::thread other;\n")]),
}
