"""Whether what is said over HTTP is as /openapi.json describes it."""
import json
import re

import jsonschema


class Contract:
    def __init__(self, api):
        self.paths = api["paths"]
        self.whole = {"components": api["components"]}

    def row(self, method, path):
        path = path.split("?")[0]
        for route, rows in self.paths.items():
            if method.lower() in rows and re.fullmatch(re.sub(r"{\w+}", "[^/]+", route), path):
                return rows[method.lower()]
        raise AssertionError(f"{method} {path} is described nowhere")

    def check_asked(self, method, path, body):
        """A body that may be sent."""
        schema = self.row(method, path)["requestBody"]["content"]["application/json"]["schema"]
        jsonschema.validate(body, {**self.whole, **schema}, format_checker=jsonschema.FormatChecker())

    def check_answered(self, method, path, status, answer):
        row = self.row(method, path)
        assert str(status) in row["responses"], f"{method} {path} answered {status}: {answer}"
        (described,) = row["responses"][str(status)]["content"].values()
        assert described["schema"] != {"$ref": "#/components/schemas/Any"}, f"{method} {path} answers anything"
        jsonschema.validate(answer, {**self.whole, **described["schema"]},
                            format_checker=jsonschema.FormatChecker())

    def check_sent(self, method, path, headers, body):
        """What one of ours sends: as it is described, and nothing else, and who it is."""
        if body is None:
            return
        self.check_asked(method, path, body)
        schema = self.row(method, path)["requestBody"]["content"]["application/json"]["schema"]
        self.check_nothing_else(body, schema, f"{method} {path}")
        for name in ("status", "slot_type", "event_type"):
            word = body.get(name)
            assert word is None or re.fullmatch("[a-z]+(_[a-z]+)*", word), f"{method} {path}: {name} {word}"
        headers = {name.lower(): value for name, value in headers.items()}
        if path.startswith("/calendar/"):
            assert headers.get("x-claw-identifier"), f"{method} {path} does not say whose agent it is"
        if "/agent" in path:
            assert headers.get("x-agent-id"), f"{method} {path} does not say which agent it is"

    def check_nothing_else(self, body, schema, place):
        while "$ref" in schema:
            schema = self.whole["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        if isinstance(body, dict) and "properties" in schema:
            for name, value in body.items():
                assert name in schema["properties"], f"{place}: {name} is described nowhere"
                self.check_nothing_else(value, schema["properties"][name], f"{place} {name}")
        if isinstance(body, list):
            for one in body:
                self.check_nothing_else(one, schema.get("items", {}), place)


class Exchanges:
    """Notes what goes by, for any number of threads."""

    def __init__(self):
        self.all = []

    def note(self, method, path, headers, sent, status, answer):
        """Bodies as bytes, or as they were read."""
        read = lambda body: json.loads(body) if isinstance(body, bytes) and body else body or None
        self.all.append((method, path, dict(headers), read(sent), status, read(answer)))

    def check(self, contract, answers=True):
        """How many there were, by method and the last words of the path."""
        counts = {}
        for method, path, headers, sent, status, answer in list(self.all):
            contract.check_sent(method, path, headers, sent)
            if answers:
                contract.check_answered(method, path, status, answer)
            kind = f"{method} {path.split('?')[0].rsplit('/', 1)[1]}"
            counts[kind] = counts.get(kind, 0) + 1
        return counts
