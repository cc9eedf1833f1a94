"""Payment runs of several processes, each killed in the middle: the books and the files come out once."""

import collections
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request
from decimal import Decimal

import people
from deployment import Deployment
from runs import NIGHTLY, SEED
from schemas import TOP, envelope_pb2
from guichet.v1 import ledger_pb2

ADDRESS = os.environ.get("GUICHET_KAFKA")
CLIENTS = 200 if NIGHTLY else 40
RUNS = 5 if NIGHTLY else 2
PAYER = "7654321"
Posting = ledger_pb2.Posting


def call(url, method, path, body=None, **headers):
    data = json.dumps(body).encode() if body is not None else None
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    if data:
        headers["Content-Type"] = "application/json"
    request = urllib.request.Request(url + path, data=data, method=method, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=40) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise AssertionError(f"{method} {path}: {error.code} {error.read().decode()}") from error


class Payments(unittest.TestCase):
    def setUp(self):
        self.draw = random.Random(f"{SEED}/payments")
        self.bank = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="guichet-bank-")))

    def wait(self, deployment, what, seconds=90):
        """The first true thing that `what` says of a gateway; a process may be away meanwhile."""
        until = time.monotonic() + seconds
        last = None
        while time.monotonic() < until:
            for url in deployment.gateways():
                try:
                    last = what(url)
                except (OSError, AssertionError) as away:
                    last = away
                    continue
                if last:
                    return last
            time.sleep(0.1)
        raise AssertionError(f"not in {seconds} s; last: {last}")

    def apply_all(self, deployment):
        self.cases = []
        for n in range(CLIENTS):
            person = people.Person(n + 1, self.draw)
            body = json.loads(person.body(person.next_income())) | {"payment": {
                "method": "direct_deposit", "institution": "001", "transit": "00011", "account": f"{2_000_000 + n}"}}
            self.cases.append(self.wait(deployment, lambda url: call(
                url, "POST", "/v1/applications", body, Idempotency_Key=f"person-{n}", Prefer="wait=20"))["id"])

    def wait_for_accounts(self, deployment):
        """Until every case that is paid anything has it in its client's account."""
        def is_there(case, url):
            now = call(url, "GET", f"/v1/applications/{case}")
            return now["status"] == "complete" and "account" in now
        for case in self.cases:
            self.wait(deployment, lambda url: is_there(case, url))

    def prepared(self, deployment, key):
        today = time.strftime("%Y-%m-%d", time.gmtime())
        run = self.wait(deployment, lambda url: call(url, "POST", "/v1/payment-runs", {"date": today},
                                                     Idempotency_Key=key, Guichet_Actor="name=a.cormier"))["id"]
        return self.in_state(deployment, run, "prepared")

    def in_state(self, deployment, run, *states):
        def is_there(url):
            now = call(url, "GET", f"/v1/payment-runs/{run}")
            return now if now["state"] in states else None
        return self.wait(deployment, is_there)

    def killed_while(self, deployment, act):
        """Begins, kills one process at any moment after, and starts it again."""
        act()
        time.sleep(self.draw.uniform(0, 0.4))
        victim = deployment[self.draw.choice(sorted(deployment.processes))]
        victim.kill()
        victim.start()

    def test_a_run_is_paid_once(self):
        arguments = ["--paying-agent", "Service New Brunswick", "--paying-account", f"001-00011-{PAYER}",
                     "--bank-files", str(self.bank)]
        everything = "gateway,cases,payments,adapters"
        with Deployment(ADDRESS, {"one": everything, "two": everything}, partitions=4,
                        arguments=arguments) as deployment:
            self.apply_all(deployment)
            self.wait_for_accounts(deployment)
            outcome = self.pay(deployment, "first")
            self.assertGreater(outcome["payments"], CLIENTS // 2)
            for again in range(RUNS - 1):
                self.assertEqual(self.pay(deployment, f"again-{again}")["payments"], 0, "paid already")
            deployment.check_all_alive()
            deployment.check_logs()
            self.check_books(deployment, outcome)
            self.check_files(outcome)
        print(f"seed {SEED}: {outcome['payments']} payments, {outcome['amount']}, "
              f"{len(list(self.bank.glob('*.xml')))} files, {2 * RUNS} kills")

    def pay(self, deployment, key):
        run = self.prepared(deployment, key)
        released = {}

        def release():
            released.update(self.wait(deployment, lambda url: call(
                url, "POST", f"/v1/payment-runs/{run['id']}/release", {"hash": run["hash"]},
                Guichet_Actor="name=b.leblanc")))
        self.killed_while(deployment, release)
        sent = self.in_state(deployment, run["id"], "sent", "settled")
        self.assertEqual(sent["outcome"]["payments"], run["preview"]["payments"])
        self.killed_while(deployment, lambda: [self.answer(run["id"], file) for file in sent["files"]])
        self.in_state(deployment, run["id"], "settled")
        return sent["outcome"]

    def answer(self, run, file):
        subprocess.run([sys.executable, TOP / "scripts/demo-bank.py", self.bank / file["name"],
                        self.bank / "answers", PAYER], check=True)

    def check_books(self, deployment, outcome):
        postings = {}
        for message in deployment.messages():
            if message.topic != "ledger":
                continue
            envelope = envelope_pb2.Envelope.FromString(message.value)
            posting = Posting.FromString(envelope.payload)
            known = postings.setdefault(envelope.header.id, posting)
            self.assertEqual(known, posting, "one id, two contents")
            self.assertEqual(sum(entry.amount_cents for entry in posting.entries), 0)
        numbers = collections.defaultdict(list)
        for posting in postings.values():
            numbers[posting.client_id].append(posting.number)
        for client, of_client in numbers.items():
            self.assertEqual(sorted(of_client), list(range(1, len(of_client) + 1)), client)
        cents = int(Decimal(outcome["amount"]) * 100)
        for why, account in ((Posting.INSTRUCTED, ledger_pb2.LedgerEntry.BANK_CLEARING),
                             (Posting.SETTLED, ledger_pb2.LedgerEntry.BANK)):
            of_it = [posting for posting in postings.values() if posting.why == why]
            self.assertEqual(len({posting.cause for posting in of_it}), len(of_it), "a payment posted twice")
            self.assertEqual(len(of_it), outcome["payments"])
            self.assertEqual(-sum(entry.amount_cents for posting in of_it for entry in posting.entries
                                  if entry.account == account), cents)

    def check_files(self, outcome):
        texts = [file.read_text() for file in self.bank.glob("*.xml")]
        ids = [one for text in texts for one in re.findall(r"<EndToEndId>(.*?)</EndToEndId>", text)]
        self.assertEqual(len(ids), outcome["payments"])
        self.assertEqual(len(set(ids)), len(ids))
        sums = [re.search(r"<CtrlSum>(.*?)</CtrlSum>", text)[1] for text in texts]
        self.assertEqual(sum(map(Decimal, sums)), Decimal(outcome["amount"]))
        names = [file.name.rsplit("-", 1)[0] for file in self.bank.glob("*.xml")]
        self.assertEqual(len(set(names)), len(names), "two files of one number")


if __name__ == "__main__":
    if not ADDRESS:
        sys.exit(77)  # skipped: scripts/test starts a broker
    unittest.main()
