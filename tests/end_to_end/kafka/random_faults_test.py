"""Whatever may fail, at random, for long: processes killed, the broker killed, connections cut, ends of
transactions delayed into the next one. GUICHET_MINUTES says how long (nightly: 20)."""

import os
import subprocess
import sys
import time
import unittest

from broker import Broker
from deployment import Deployment
from runs import NIGHTLY, ONE_OF_EACH, Run

MINUTES = float(os.environ.get("GUICHET_MINUTES") or (20 if NIGHTLY else 0))


class RandomFaults(Run):
    def test_everything_fails_and_nothing_is_lost(self):
        broker = Broker()
        self.addCleanup(broker.wipe)
        proxy = subprocess.Popen([os.environ["GUICHET_PROXY"], str(broker.port)], stdin=subprocess.PIPE,
                                 stdout=subprocess.PIPE, text=True)
        self.addCleanup(proxy.wait)
        self.addCleanup(proxy.stdout.close)
        self.addCleanup(proxy.stdin.close)
        address = proxy.stdout.readline().strip()
        with Deployment(broker.address, ONE_OF_EACH, serve_address=address) as deployment:
            with self.loaded(deployment, connections_cut=True, workers=6, pace=0.4):
                until = time.monotonic() + MINUTES * 60
                while time.monotonic() < until:
                    time.sleep(self.draw.uniform(0.5, 6))
                    fault = self.draw.choices((self.kill, self.cut, self.tear, self.kill_broker, self.replace),
                                              (10, 5, 5, 1, 1))[0]
                    self.counts[fault.__name__] = self.counts.get(fault.__name__, 0) + 1
                    fault(deployment, broker, proxy)
                    self.start_what_stopped(deployment)

    def kill(self, deployment, broker, proxy):
        victim = deployment[self.draw.choice(sorted(deployment.processes))]
        victim.kill()
        time.sleep(self.draw.choice((0, 0.5, 3, 12)))  # 12: its partitions move meanwhile
        victim.start()

    def cut(self, deployment, broker, proxy):
        self.tell(proxy, "cut")

    def tear(self, deployment, broker, proxy):
        self.tell(proxy, "tear")

    def tell(self, proxy, what):
        proxy.stdin.write(what + "\n")
        proxy.stdin.flush()

    def kill_broker(self, deployment, broker, proxy):
        broker.kill(1)
        time.sleep(self.draw.choice((0, 2, 15)))
        broker.revive(1)

    def replace(self, deployment, broker, proxy):
        """One process leaves in order, and another comes in its place."""
        name = self.draw.choice(sorted(deployment.processes))
        roles = deployment[name].roles
        deployment.add(f"{name.rstrip('+')}{'+' * (name.count('+') + 1)}", roles)
        deployment.remove(name)

    def start_what_stopped(self, deployment):
        """As an orchestrator would; a process may give up while the broker is away."""
        for process in deployment.processes.values():
            if process.ended_by_itself():
                self.counts["ended by itself"] = self.counts.get("ended by itself", 0) + 1
                process.start()


if __name__ == "__main__":
    if not MINUTES:
        sys.exit(77)  # nightly
    unittest.main()
