"""What the runs share: how long, by which seed, and what must hold at their end."""

import contextlib
import json
import os
import random
import tempfile
import time
import unittest

from calls import CallLog
from check_topics import print_report
from load import Load

NIGHTLY = bool(os.environ.get("GUICHET_NIGHTLY"))
# Printed by each run; set it to draw the same faults again. Their effect still depends on the clock.
SEED = int(os.environ.get("GUICHET_SEED") or random.SystemRandom().randrange(10**6))

ONE_OF_EACH = {
    "gateway-1": "gateway",
    "gateway-2": "gateway",
    "cases-1": "cases",
    "cases-2": "cases",
    "federal": "adapters:ca-*",
    "provincial": "adapters:nb-*,adapters:on-*",
}


class Run(unittest.TestCase):
    """A run under load: `self.loaded(deployment)` is the load, and at its end all must hold."""

    def setUp(self):
        self.draw = random.Random(f"{SEED}/{self.id()}")
        folder = self.enterContext(tempfile.TemporaryDirectory(prefix="guichet-calls-"))
        self.calls = CallLog(os.path.join(folder, "calls.jsonl"))
        self.addCleanup(self.calls.close)
        self.counts = {}

    @contextlib.contextmanager
    def loaded(self, deployment, connections_cut=False, settle_seconds=120, **options):
        start = time.monotonic()
        with Load(deployment.gateways, self.calls, SEED, **options) as load:
            self.wait_for_good_answers(load)  # the groups have formed
            yield load
            self.counts["load s"] = round(time.monotonic() - start)
        answered = time.monotonic()
        report = deployment.settle(self.calls.calls, connections_cut, settle_seconds)
        self.counts["settled s"] = round(time.monotonic() - answered, 1)
        print(f"{self.id()}: seed {SEED}, {json.dumps(self.counts | load.summary())}")
        print_report(report)
        self.assertEqual([f"{finding.kind}: {finding.text}" for finding in report.findings[:10]], [])
        self.assertEqual(sorted(report.unsettled)[:10], [])
        self.assertEqual(load.wrong[:10], [])
        self.assertGreater(report.counts["acknowledged"], 20)
        deployment.check_all_alive()
        self.counts["audit"] = deployment.check_trail()
        self.assertGreaterEqual(self.counts["audit"]["entries"], report.counts["acknowledged"])
        deployment.check_logs()
        self.report = report

    def wait_for_good_answers(self, load, seconds=90):
        """Until writes are taken one after the other."""
        until = time.monotonic() + seconds
        good = load.good_answers
        while load.good_answers < good + 20:
            self.assertLess(time.monotonic(), until, "no writes are taken")
            time.sleep(0.05)
