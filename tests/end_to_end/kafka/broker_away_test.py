"""A broker killed and started again under load, and away for long."""

import http.client
import json
import os
import random
import socket
import threading
import time
import unittest
import urllib.parse

from broker import Broker
from calls import Call
from deployment import Deployment
from people import Person, digest
from runs import NIGHTLY, ONE_OF_EACH, Run

SHORT_DEATHS = 5 if NIGHTLY else 1
AWAY_SECONDS = 60 if NIGHTLY else 15
MOST_RESIDENT_BYTES = 400 << 20
FEW = {"gateway-1": "gateway", "cases-1": "cases", "adapters-1": "adapters"}


class BrokerAway(Run):
    def test_one_broker_killed_and_away(self):
        broker = Broker()
        self.addCleanup(broker.wipe)
        with Deployment(broker.address, FEW) as deployment:
            with self.loaded(deployment, connections_cut=True, settle_seconds=600) as load:
                for _ in range(SHORT_DEATHS):
                    time.sleep(self.draw.uniform(2, 4))
                    broker.kill(1)
                    broker.revive(1)
                    self.wait_for_good_answers(load)
                broker.kill(1)
                Outage(self, deployment["gateway-1"]).observe(AWAY_SECONDS)
                broker.revive(1)
                back = time.monotonic()
                self.wait_for_good_answers(load)
                self.counts["first answer after s"] = round(time.monotonic() - back, 1)
                time.sleep(2)

    @unittest.skipUnless(NIGHTLY, "three brokers: nightly")
    def test_one_of_three_brokers_killed_again_and_again(self):
        broker = Broker(3)
        self.addCleanup(broker.wipe)
        with Deployment(broker.address, ONE_OF_EACH, replicas=3) as deployment:
            with self.loaded(deployment, connections_cut=True) as load:
                for _ in range(5):
                    time.sleep(self.draw.uniform(2, 6))
                    number = self.draw.randint(1, 3)
                    broker.kill(number)
                    time.sleep(self.draw.uniform(0, 8))
                    broker.revive(number)
                    self.wait_for_good_answers(load)
                time.sleep(5)


class Outage:
    """What one gateway answers, and how much it holds, while there is no broker."""

    AT_ONCE_SECONDS = 0.5  # before this it waits for a verdict, longer than this

    def __init__(self, run, gateway):
        self.run = run
        self.gateway = gateway
        self.address = urllib.parse.urlparse(gateway.url)
        self.random = random.Random(1)
        self.next_person = 90_000_000
        self.full = threading.Event()
        self.counts = run.counts
        self.counts |= {"answers while away": 0, "of them at once": 0, "turned away": 0, "resident MB": 0}

    def observe(self, seconds):
        until = time.monotonic() + seconds
        floods = [threading.Thread(target=self.flood, args=(worker,), daemon=True) for worker in range(2 * NIGHTLY)]
        for flood in floods:
            flood.start()
        time.sleep(1)
        while time.monotonic() < until:
            self.write_once()
            resident = self.gateway.resident_bytes()
            self.counts["resident MB"] = max(self.counts["resident MB"], resident >> 20)
            self.run.assertLess(resident, MOST_RESIDENT_BYTES)
        self.full.set()
        for flood in floods:
            flood.join()
        self.run.assertGreater(self.counts["answers while away"], 3)
        if floods:
            self.run.assertGreater(self.counts["of them at once"], 0, "the queue was never full")

    def submission(self, person_number):
        person = Person(person_number, self.random)
        net_income = person.next_income()
        body = person.body(net_income)
        key = f"{person.sin}-submit"
        self.run.calls.write(Call("submit", person.sin, net_income, key, digest(body)))
        return key, body

    def write_once(self):
        self.next_person += 1
        key, body = self.submission(self.next_person)
        began = time.monotonic()
        connection = http.client.HTTPConnection(self.address.hostname, self.address.port, timeout=20)
        try:
            connection.request("POST", "/v1/applications", body,
                               {"Content-Type": "application/json", "Idempotency-Key": key})
            answer = connection.getresponse()
            answer.read()
        except OSError:  # under the flood there may be no room for another connection
            self.run.assertTrue(NIGHTLY, "no answer while the broker is away")
            self.counts["turned away"] += 1
            time.sleep(0.1)
            return
        finally:
            connection.close()
        self.run.assertEqual(answer.status, 503)
        self.run.assertTrue(answer.getheader("Retry-After", "").isdigit(), "503 without Retry-After")
        self.counts["answers while away"] += 1
        if time.monotonic() - began < self.AT_ONCE_SECONDS:
            self.counts["of them at once"] += 1
            self.full.set()
            time.sleep(0.1)

    def flood(self, worker):
        """Callers who do not wait for an answer: until the queue of what is to be sent is full."""
        for n in range(25_000):
            if self.full.is_set():
                return
            key, body = self.submission(50_000_000 + worker * 1_000_000 + n)
            request = (f"POST /v1/applications HTTP/1.1\r\nHost: flood\r\nContent-Type: application/json\r\n"
                       f"Idempotency-Key: {key}\r\nContent-Length: {len(body)}\r\n\r\n{body}")
            try:
                with socket.create_connection((self.address.hostname, self.address.port)) as connection:
                    connection.sendall(request.encode())
            except OSError:
                time.sleep(0.05)


if __name__ == "__main__":
    unittest.main()
