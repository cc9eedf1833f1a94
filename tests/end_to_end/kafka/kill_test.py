"""Processes killed at any moment, added and removed, under load: nothing is lost, doubled or out of order."""

import os
import sys
import time
import unittest

import faults
from audit import audit
from deployment import Deployment
from runs import NIGHTLY, ONE_OF_EACH, Run

ADDRESS = os.environ.get("GUICHET_KAFKA")
KILLS = 50 if NIGHTLY else 10


class Kills(Run):
    def test_processes_killed_added_and_removed(self):
        with Deployment(ADDRESS, ONE_OF_EACH) as deployment:
            with self.loaded(deployment):
                for n in range(KILLS):
                    time.sleep(self.draw.uniform(0.3, 1.5))
                    victim = deployment[self.draw.choice(sorted(deployment.processes))]
                    victim.kill()
                    time.sleep(self.draw.choice((0, self.draw.uniform(0, 1))))
                    victim.start()
                    if n == KILLS // 3:
                        deployment.add("cases-3", "cases")
                        deployment.add("federal-2", "adapters:ca-*")
                    if n == 2 * KILLS // 3:
                        deployment.remove("cases-1")
                        deployment.remove("federal")
                self.counts["kills"] = KILLS
            self.check_that_the_audit_can_fail(deployment)

    def check_that_the_audit_can_fail(self, deployment):
        """The faults of the audit's own test, in what this run left on the broker."""
        for plant, kind in faults.FAULTS.items():
            with self.subTest(plant.__name__):
                messages, calls = list(deployment.reader.messages), list(self.calls.calls)
                plant(messages, calls)
                self.assertIn(kind, audit(messages, calls).kinds())


if __name__ == "__main__":
    if not ADDRESS:
        sys.exit(77)  # skipped: scripts/test starts a broker
    unittest.main()
