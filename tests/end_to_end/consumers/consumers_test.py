"""Others read what Guichet publishes: guichet.events over a real broker, made by the real binary,
read by Kafka's own console consumer, by the official CloudEvents library, over HTTP, and by
`guichet events`.

    consumers_test.py GUICHET SOURCE-DIR           GUICHET_KAFKA says where the broker is
"""

import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request

if not os.environ.get("GUICHET_KAFKA"):
    print("skipped: no Kafka; set GUICHET_KAFKA, or run scripts/test")
    sys.exit(77)
try:
    import confluent_kafka
    from cloudevents.core.bindings.kafka import KafkaMessage, from_binary
    from cloudevents.core.formats.json import JSONFormat
    from cloudevents.core.v1.event import CloudEvent
except ImportError:
    print("skipped: scripts/test brings confluent-kafka and cloudevents")
    sys.exit(77)

KAFKA = os.environ.pop("GUICHET_KAFKA")
GUICHET, SOURCE = sys.argv[1:3]
PREFIX = f"consumers-{os.getpid()}-{time.time_ns()}."
TOPIC = PREFIX + "events"
ON_KAFKA = ["--kafka", KAFKA, "--topic-prefix", PREFIX, "--partitions", "3"]
FAMILY = json.loads(pathlib.Path(SOURCE, "docs/examples/family.json").read_text())
FAMILY["programs"] = ["ca-ccb", "ca-gst", "nb-ctb"]
APPLICATIONS = 6
FOLLOWERS = 10
PERSONAL = ["Marie", "Cormier", "046454286", "046 454 286", "1994-05-02", "2021-03-14", "12400", "9600.00",
            "1234567", "Grand Manan", "a.cormier", "snb-grand-manan"]
TYPES = {"guichet.application.received", "guichet.application.amended", "guichet.application.superseded",
         "guichet.application.withdrawn", "guichet.program.determined", "guichet.case.decided"}


def guichet(*arguments):
    return subprocess.run([GUICHET, *arguments], check=True, capture_output=True, text=True, timeout=60).stdout


class Server:
    def __init__(self, folder):
        guichet("topics", "create", *ON_KAFKA)
        guichet("keys", "create", f"{folder}/keys")
        self.process = subprocess.Popen(
            [GUICHET, "serve", *ON_KAFKA, "--keys", f"{folder}/keys", "--data", f"{folder}/data",
             "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=open(f"{folder}/log", "w"), text=True)
        line = self.process.stdout.readline()
        self.url = re.fullmatch(r"listening on (\S+)\n", line)[1]

    def call(self, method, target, body=None, **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(
            self.url + target, method=method, data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", **headers})
        with urllib.request.urlopen(request, timeout=90) as answer:
            return answer.headers, json.load(answer)

    def apply(self, key):
        for _ in range(20):  # until the groups have formed
            try:
                headers, case = self.call("POST", "/v1/applications", FAMILY, Idempotency_Key=key, Prefer="wait=5")
            except urllib.error.HTTPError as refused:
                if refused.code != 503:
                    raise
                time.sleep(float(refused.headers["Retry-After"]))
                continue
            if case["status"] == "complete":
                return headers["ETag"], case["id"]
        raise AssertionError("no answer was merged")

    def pages(self, target):
        """All events from there on, and where to go on."""
        events = []
        while True:
            headers, page = self.call("GET", target)
            next_target = re.fullmatch(r'<(\S+)>; rel="next"', headers["Link"])[1]
            events += page
            if not page and next_target == target:
                return events, target
            target = next_target

    def stop(self):
        self.process.terminate()
        self.process.wait(20)


def by_console_consumer(count):
    """Kafka's own: a line per message, headers, key and value."""
    return subprocess.run(
        [f"{SOURCE}/scripts/kafka", "tool", "org.apache.kafka.tools.consumer.ConsoleConsumer",
         "--bootstrap-server", KAFKA, "--topic", TOPIC, "--from-beginning", "--max-messages", str(count),
         "--timeout-ms", "30000", "--isolation-level", "read_committed",
         "--formatter-property", "print.headers=true", "--formatter-property", "print.key=true",
         "--formatter-property", "headers.separator=|"],
        check=True, capture_output=True, text=True, timeout=120).stdout.splitlines()


def by_cloudevents_library():
    consumer = confluent_kafka.Consumer({
        "bootstrap.servers": KAFKA, "group.id": PREFIX + "partner", "auto.offset.reset": "earliest",
        "isolation.level": "read_committed", "enable.partition.eof": True})
    consumer.subscribe([TOPIC])
    messages, ended = [], set()
    while len(ended) < 3:
        message = consumer.poll(30)
        assert message is not None, "nothing came"
        if message.error():
            assert message.error().code() == confluent_kafka.KafkaError._PARTITION_EOF, message.error()
            ended.add(message.partition())
            continue
        messages.append(message)
    consumer.close()
    return messages, [from_binary(KafkaMessage(dict(m.headers()), m.key(), m.value()), JSONFormat(), CloudEvent)
                      for m in messages]


class Consumers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.server = Server(cls.folder.name)
        cls.addClassCleanup(cls.server.stop)
        cls.ids = []
        for i in range(APPLICATIONS):
            etag, application = cls.server.apply(f"application-{i}")
            cls.ids.append(application)
        amended = json.loads(json.dumps(FAMILY))
        amended["household"]["annual_rent"] = "9900.00"
        cls.server.call("PUT", f"/v1/applications/{application}", amended, If_Match=etag, Prefer="wait=20")
        cls.server.call("POST", f"/v1/applications/{application}/withdrawal")
        # What everyone reads before the next test makes more.
        cls.messages, cls.events = by_cloudevents_library()
        cls.shown = by_console_consumer(len(cls.events))
        cls.paged, _ = cls.server.pages("/v1/events?limit=7")
        cls.printed = guichet("events", "--server", cls.server.url).splitlines()

    def test_the_official_library_reads_every_event(self):
        self.assertEqual({e.get_type() for e in self.events}, TYPES)
        for message, event in zip(self.messages, self.events):
            self.assertEqual(event.get_subject(), message.key().decode())
            self.assertEqual(event.get_source(), "/guichet")
            self.assertEqual(event.get_data()["type"], event.get_type())
            # Events are found by their own time.
            self.assertEqual(message.timestamp()[1], int(event.get_time().timestamp() * 1000))

    def test_no_event_comes_twice_and_no_sequence_has_a_gap(self):
        ids = [e.get_id() for e in self.events]
        self.assertEqual(len(ids), len(set(ids)))
        sequences = {}
        for event in self.events:
            sequences.setdefault(event.get_subject(), []).append(int(event.get_extension("sequence")))
        self.assertEqual(set(sequences), set(self.ids))
        for sequence in sequences.values():
            self.assertEqual(sequence, list(range(1, len(sequence) + 1)))

    def test_nothing_personal_leaves(self):
        for message in self.messages:
            whole = json.dumps([message.key().decode(), message.value().decode(),
                                [(name, value.decode()) for name, value in message.headers()]])
            for personal in PERSONAL:
                self.assertNotIn(personal, whole)

    def test_the_console_consumer_shows_the_same(self):
        shown = {}
        for line in self.shown:
            headers, key, value = line.split("\t")
            shown[dict(h.split(":", 1) for h in headers.split("|"))["ce_id"]] = (key, json.loads(value))
        self.assertEqual(shown, {e.get_id(): (e.get_subject(), e.get_data()) for e in self.events})

    def test_http_and_the_command_show_the_same(self):
        expected = {e.get_id(): e.get_data() for e in self.events}
        self.assertEqual({e["id"]: e["data"] for e in self.paged}, expected)
        self.assertEqual(len(self.paged), len(expected))
        self.assertEqual({json.loads(line)["id"] for line in self.printed}, set(expected))
        one = guichet("events", "--server", self.server.url, "--application", self.ids[0],
                      "--type", "guichet.case.decided").splitlines()
        self.assertEqual([json.loads(line)["subject"] for line in one], [self.ids[0]])

    def test_reading_begins_at_the_time_of_events(self):
        times = sorted(e.get_time() for e in self.events)
        middle = times[len(times) // 2]
        events, _ = self.server.pages(f"/v1/events?from={middle.strftime('%Y-%m-%dT%H:%M:%S.%f')}Z")
        expected = {e.get_id() for e in self.events if e.get_time() >= middle}
        self.assertLessEqual(expected, {e["id"] for e in events})
        self.assertNotIn(min(self.events, key=lambda e: e.get_time()).get_id(), {e["id"] for e in events})
        self.assertEqual(self.server.pages("/v1/events?from=2199-01-01")[0], [])

    def test_ten_followers_all_hear_at_once(self):
        _, end = self.server.pages("/v1/events")

        def follow(_):
            began, target, heard = time.monotonic(), end, []
            while time.monotonic() - began < 30:
                headers, page = self.server.call("GET", target, Prefer="wait=20")
                target = re.fullmatch(r'<(\S+)>; rel="next"', headers["Link"])[1]
                heard += [(event["id"], time.monotonic()) for event in page]
                if any(event["type"] == "guichet.case.decided" for event in page):
                    return heard
            return heard

        with concurrent.futures.ThreadPoolExecutor(FOLLOWERS) as pool:
            followers = pool.map(follow, range(FOLLOWERS))
            time.sleep(0.5)
            self.server.apply("one-more")
            heard = list(followers)
        self.assertEqual(len({tuple(sorted(id for id, _ in events)) for events in heard}), 1)
        last = [max(at for _, at in events) for events in heard]
        spread = max(last) - min(last)
        print(f"{FOLLOWERS} followers heard the last of {len(heard[0])} events within {spread:.3f} s")
        self.assertLess(spread, 3)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
