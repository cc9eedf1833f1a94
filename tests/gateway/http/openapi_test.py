"""schemas/openapi.json is OpenAPI 3.1, and its examples are what its schemas say."""

import json
import pathlib
import sys

try:
    import jsonschema
    import openapi_spec_validator
except ImportError:
    sys.exit(77)  # skipped: scripts/test brings these

document = json.loads(pathlib.Path(sys.argv[1]).read_text())
openapi_spec_validator.validate(document)


def resolved(node):
    while isinstance(node, dict) and "$ref" in node and len(node) == 1:
        target = document
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step.replace("~1", "/")]
        node = target
    return node


def examples(node):
    """Every (schema, example) of a media type, a parameter or a header."""
    node = resolved(node)
    if isinstance(node, dict):
        if "schema" in node:
            if "example" in node:
                yield node["schema"], node["example"]
            for example in node.get("examples", {}).values():
                yield node["schema"], resolved(example)["value"]
        for child in node.values():
            yield from examples(child)
    elif isinstance(node, list):
        for child in node:
            yield from examples(child)


count = 0
for schema, example in examples({k: v for k, v in document["paths"].items()}):
    whole = {"components": document["components"], **schema}
    jsonschema.Draft202012Validator(whole).validate(example)
    count += 1
if count < 10:
    sys.exit(f"only {count} examples found")
print(f"valid, with {count} examples")
