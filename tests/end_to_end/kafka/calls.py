"""What clients sent and what was acknowledged to them: the other half of what an audit compares.

One JSON object a line. A line stands in the file before the request it tells of leaves, and after its
answer came, so that a load that dies has not forgotten anything that the server may know.
"""

import dataclasses
import json
import threading


@dataclasses.dataclass(frozen=True)
class Call:
    """One submission that a client wants. `sin` and `net_income` tell it from every other."""

    act: str  # submit, amend, withdraw
    sin: str
    net_income: str  # of the applicant; of a withdrawal that of the submission withdrawn
    key: str  # Idempotency-Key
    digest: str  # SHA-256 of the body
    # Of the acknowledgement; status 0 where this line tells of the sending.
    status: int = 0
    application: str = ""
    submission: int = 0
    position: str = ""  # Guichet-Position


class CallLog:
    def __init__(self, path):
        self.path = path
        self.file = open(path, "a", buffering=1, encoding="utf-8")
        self.lock = threading.Lock()
        self.calls = []

    def write(self, call):
        with self.lock:
            self.calls.append(call)
            self.file.write(json.dumps(dataclasses.asdict(call)) + "\n")

    def close(self):
        self.file.close()


def load(file):
    return [Call(**json.loads(line)) for line in file]
