"""Reads every topic of a deployment as any Kafka client may: committed records, from the beginning."""

import base64
import json
import time
from typing import NamedTuple


class Message(NamedTuple):
    topic: str  # without the deployment's prefix
    partition: int
    offset: int
    key: str
    value: bytes
    headers: tuple  # of (name, bytes)


class TopicReader:
    """Goes on where the last read ended, so that a run can be looked at while it settles."""

    QUIET_SECONDS = 0.5

    def __init__(self, address, prefix):
        from confluent_kafka import Consumer, TopicPartition

        self.prefix = prefix
        self.consumer = Consumer({
            "bootstrap.servers": address,
            "group.id": f"{prefix}audit",  # never joined: partitions are assigned by hand
            "isolation.level": "read_committed",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
        })
        known = self.consumer.list_topics(timeout=20).topics
        places = [TopicPartition(name, partition, 0)
                  for name, topic in known.items()
                  # The audit trail is of no application: deployment.check_trail() reads it.
                  if name.startswith(prefix) and name != f"{prefix}audit"
                  for partition in topic.partitions]
        if not places:
            raise SystemExit(f"no topic begins with {prefix}")
        self.unfinished = {(place.topic, place.partition) for place in places}
        self.consumer.assign(places)
        self.messages = []

    def read(self, seconds=120):
        """All messages up to the end of every partition, those read before included."""
        from confluent_kafka import KafkaError

        until = time.monotonic() + seconds
        quiet_since = time.monotonic()
        while self.unfinished or time.monotonic() - quiet_since < self.QUIET_SECONDS:
            if time.monotonic() > until:
                raise TimeoutError(f"not read to the end in {seconds} s: {sorted(self.unfinished)[:3]}")
            for message in self.consumer.consume(1000, timeout=0.1):
                if message.error():
                    if message.error().code() == KafkaError._PARTITION_EOF:
                        self.unfinished.discard((message.topic(), message.partition()))
                    continue
                quiet_since = time.monotonic()
                self.messages.append(Message(
                    message.topic().removeprefix(self.prefix), message.partition(), message.offset(),
                    (message.key() or b"").decode(), message.value() or b"",
                    tuple((name, value or b"") for name, value in message.headers() or ())))
        return self.messages

    def close(self):
        self.consumer.close()


def _text(raw):
    return base64.b64encode(raw).decode()


def save(messages, file):
    for message in messages:
        fields = message._asdict() | {"value": _text(message.value),
                                      "headers": [[name, _text(value)] for name, value in message.headers]}
        file.write(json.dumps(fields) + "\n")


def load(file):
    messages = []
    for line in file:
        fields = json.loads(line)
        fields["value"] = base64.b64decode(fields["value"])
        fields["headers"] = tuple((name, base64.b64decode(value)) for name, value in fields["headers"])
        messages.append(Message(**fields))
    return messages
