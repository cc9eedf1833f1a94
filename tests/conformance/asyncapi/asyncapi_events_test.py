"""Real events are what schemas/asyncapi.json says: DOCUMENT EVENTS..., files of a CloudEvent a line."""

import json
import pathlib
import sys

try:
    import jsonschema
except ImportError:
    sys.exit(77)  # skipped: scripts/test brings it

document = json.loads(pathlib.Path(sys.argv[1]).read_text())
messages = document["components"]["messages"]
published = {
    message["name"]: message
    for message in (messages[name] for name in document["channels"]["events"]["messages"])
}


def validator(schema):
    return jsonschema.Draft202012Validator({"components": document["components"], **schema})


def check(event):
    message = published[event["type"]]
    data = event.pop("data")
    content_type = event.pop("datacontenttype")
    headers = {f"ce_{name}": value for name, value in event.items()}
    validator(message["headers"]).validate({**headers, "content-type": content_type})
    validator(message["payload"]).validate(data)


events = [json.loads(line) for file in sys.argv[2:] for line in pathlib.Path(file).read_text().splitlines()]
for event in events:
    check(dict(event))
seen = {event["type"] for event in events}
assert seen == published.keys(), f"written or described only: {seen ^ published.keys()}"

# And it would be noticed.
for spoil in (
    lambda event: event["data"].update(given_name="Marie"),
    lambda event: event["data"].update(case_status="done"),
    lambda event: event.update(sequence="0"),
    lambda event: event.pop("id"),
):
    spoiled = json.loads(json.dumps(events[0]))
    spoil(spoiled)
    try:
        check(spoiled)
    except jsonschema.ValidationError:
        continue
    sys.exit("a spoiled event was not noticed")
print(f"{len(events)} events of {len(seen)} types are as described")
