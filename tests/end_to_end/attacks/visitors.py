"""The normal client: applicants who come at fixed times, whether or not those before them were answered.

Each comes by a connection of its own, from an address that no attack comes from. How long one waits counts
from when they should have been sent, so that a server that stalls does not hide who waited behind them.
"""

import collections
import http.client
import itertools
import random
import threading
import time

from people import Person

ADDRESS = "127.0.0.2"
WORKERS = 32
TIMEOUT_SECONDS = 20


class Visitors:
    def __init__(self, port):
        self.port = port
        self.next_person = random.SystemRandom().randrange(10_000_000, 80_000_000)
        self.lock = threading.Lock()

    def come(self, rate, seconds):
        """So many a second for so long; how long each waited in milliseconds, and what else was answered."""
        waits, refused = [], collections.Counter()
        order = itertools.count()
        began = time.monotonic() + 0.05

        def work():
            while True:
                with self.lock:
                    number = next(order)
                    self.next_person += 1
                    person = Person(self.next_person, random.Random(self.next_person))
                due = began + number / rate
                if due - began >= seconds:
                    return
                time.sleep(max(0.0, due - time.monotonic()))
                answer = self._apply(person)
                with self.lock:
                    if answer in (200, 202):
                        waits.append(1000 * (time.monotonic() - due))
                    else:
                        refused[answer] += 1

        workers = [threading.Thread(target=work) for _ in range(min(WORKERS, rate))]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        return waits, refused

    def _apply(self, person):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_SECONDS,
                                                source_address=(ADDRESS, 0))
        try:
            connection.request("POST", "/v1/applications", person.body(person.next_income()),
                               {"Content-Type": "application/json"})
            response = connection.getresponse()
            response.read()
            return response.status
        except (OSError, http.client.HTTPException) as error:
            return type(error).__name__
        finally:
            connection.close()


def percentile(waits, share):
    ordered = sorted(waits)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")
