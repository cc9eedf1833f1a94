"""Whatever a server answered in the tests is what schemas/openapi.json says of it.

    documented_test.py schemas/openapi.json FOLDER

FOLDER holds what the test programs noted (tests/exchange_record.h). An operation, a status, a media
type, a header or a body that the document does not have fails.
"""

import collections
import json
import pathlib
import re
import sys

try:
    import jsonschema
except ImportError:
    sys.exit(77)  # skipped: scripts/test brings it

document = json.loads(pathlib.Path(sys.argv[1]).read_text())
files = sorted(pathlib.Path(sys.argv[2]).glob("*.jsonl"))
if not files:
    sys.exit(77)

# Of every response alike: HTTP's own, and those that the document describes in its introduction.
COMMON_HEADERS = {
    "date", "content-type", "content-length", "transfer-encoding", "connection", "cache-control",
    "vary", "content-language", "x-content-type-options", "allow", "ratelimit", "ratelimit-policy",
    "access-control-allow-origin", "access-control-allow-methods", "access-control-allow-headers",
    "access-control-expose-headers", "access-control-max-age",
}


def resolved(node):
    while "$ref" in node:
        target = document
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step.replace("~1", "/")]
        node = target
    return node


PATHS = [
    (re.compile("^" + re.sub(r"\\\{[^/]*\\\}", "[^/]+", re.escape(path)) + "$"), path, operations)
    for path, operations in document["paths"].items()
]


def operations_of(target):
    path = target.split("?")[0]
    for form, name, operations in PATHS:
        if form.match(path):
            return name, operations
    return None, {}


validators = {}


def check_body(name, schema, body):
    if name not in validators:
        whole = {"components": document["components"], **schema}
        validators[name] = jsonschema.Draft202012Validator(
            whole, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
        )
    error = jsonschema.exceptions.best_match(validators[name].iter_errors(json.loads(body)))
    return f"the body is not as described: {error.json_path}: {error.message[:300]}" if error else None


def problem_with(exchange):
    """What is not documented of an exchange; None where all is."""
    status = str(exchange["status"])
    headers = {name.lower(): value for name, value in exchange["headers"].items()}
    path, operations = operations_of(exchange["target"])
    method = exchange["method"].lower()
    if method == "head" and status == "405":
        return None  # of a stream
    operation = operations.get("get" if method == "head" else method)
    if operation is None:
        wanted = {"options": {"204"}}.get(method, {"405"}) if path else {"404"}
        # What is wrong with a request as such is found before its address is looked at.
        wanted |= {"400", "404", "411", "413", "417", "429", "431", "503"} if not path else {"400", "431"}
        return None if status in wanted else f"{status}, not one of {sorted(wanted)}"
    response = operation["responses"].get(status)
    if response is None:
        return f"{status} is not documented"
    response = resolved(response)
    documented = {name.lower() for name in response.get("headers", {})}
    if extra := headers.keys() - documented - COMMON_HEADERS:
        return f"headers that are not documented: {sorted(extra)}"
    content = response.get("content", {})
    if method == "head" or status in ("204", "304"):
        return None
    media = headers.get("content-type", "").split(";")[0]
    if media not in {name.split(";")[0] for name in content}:
        return f"the media type {media!r} is not documented"
    if media.endswith("json"):
        schema = next(kind["schema"] for name, kind in content.items() if name.split(";")[0] == media)
        return check_body((path, method, status, media), schema, exchange["body"])
    return None


count = 0
seen = collections.Counter()
wrong = collections.Counter()
for file in files:
    for line in file.read_text().splitlines():
        exchange = json.loads(line)
        count += 1
        path, _ = operations_of(exchange["target"])
        what = f'{exchange["method"]} {path or "(no such address)"} {exchange["status"]}'
        seen[what] += 1
        if problem := problem_with(exchange):
            wrong[f"{what}: {problem} ({file.stem})"] += 1
for what, times in wrong.items():
    print(f"{what}, {times} times", file=sys.stderr)
print(f"{count} answers of {len(seen)} kinds held against the document")
sys.exit(1 if wrong else 0)
