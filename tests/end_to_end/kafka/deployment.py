"""Guichet over Kafka as its operators run it: one process for each role, or several, or one for all."""

import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import tempfile
import time

import people
import topics
from audit import audit
from schemas import TOP

BINARY = pathlib.Path(os.environ.get("GUICHET_BINARY", TOP / "build/release/guichet"))
START_SECONDS = 40


# What the tests are told by their environment is nothing to the server.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("GUICHET_")}


def run_guichet(*arguments):
    ended = subprocess.run([BINARY, *map(str, arguments)], capture_output=True, text=True, env=ENVIRONMENT)
    if ended.returncode != 0:
        raise AssertionError(f"guichet {arguments}: exit {ended.returncode}: {ended.stdout}{ended.stderr}")
    return ended.stdout


class Process:
    """One `guichet serve`. Its folder outlives a kill: the same folder is the same member of its groups."""

    def __init__(self, deployment, name, roles):
        self.deployment = deployment
        self.name = name
        self.roles = roles
        self.folder = deployment.folder / name
        self.folder.mkdir()
        self.url = ""
        self.starts = 0
        self.running = None

    def launch(self):
        deployment = self.deployment
        self.starts += 1
        self.out = self.folder / f"out-{self.starts}"
        with open(self.out, "wb") as out, open(self.log_file(), "ab") as err:
            self.running = subprocess.Popen(
                [BINARY, "serve", "--kafka", deployment.address, "--topic-prefix", deployment.prefix,
                 "--partitions", str(deployment.partitions), "--data", self.folder / "data",
                 "--keys", deployment.folder / "keys", "--listen", "127.0.0.1:0", "--roles", self.roles,
                 *deployment.arguments], stdout=out, stderr=err, stdin=subprocess.DEVNULL, env=ENVIRONMENT)

    def wait_until_ready(self, seconds=START_SECONDS):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            found = re.search(r"listening on (http://\S+)\n", self.out.read_text())
            if found:
                self.url = found[1]
                return
            if self.running.poll() is not None:
                raise AssertionError(f"{self.name} ended by itself with {self.running.returncode}: {self.log()[-2000:]}")
            time.sleep(0.02)
        raise AssertionError(f"{self.name} did not start in {seconds} s: {self.log()[-2000:]}")

    def start(self):
        self.launch()
        self.wait_until_ready()
        return self

    def kill(self):
        self.url = ""
        self.running.send_signal(signal.SIGKILL)
        self.running.wait()

    def terminate(self):
        """SIGTERM; its exit code. It must be out within 10 s."""
        self.url = ""
        self.running.terminate()
        return self.running.wait(timeout=15)

    def ended_by_itself(self):
        return self.running.poll() is not None

    def resident_bytes(self):
        status = pathlib.Path(f"/proc/{self.running.pid}/status").read_text()
        return 1024 * int(re.search(r"VmRSS:\s+(\d+) kB", status)[1])

    def log_file(self):
        return self.folder / "log"

    def log(self):
        return self.log_file().read_text(errors="replace")


class Deployment:
    """Topics of a prefix of its own on a broker, keys, and processes by name.

        with Deployment(address, {"gateway-1": "gateway", "cases-1": "cases", "adapters-1": "adapters"}) as deployment:
            deployment["cases-1"].kill()
    """

    def __init__(self, address, processes, partitions=4, replicas=1, arguments=(), serve_address=""):
        """`serve_address`: where the processes go, where that is another (a proxy's) than `address`."""
        self.broker_address = address
        self.address = serve_address or address
        self.partitions = partitions
        self.arguments = list(arguments)
        self.prefix = f"runs-{random.SystemRandom().randrange(16**8):08x}."
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="guichet-runs-"))
        self.processes = {}
        self.removed_logs = ""
        self.reader = None
        run_guichet("keys", "create", self.folder / "keys")
        run_guichet("topics", "create", "--kafka", address, "--topic-prefix", self.prefix,
                    "--partitions", partitions, "--replicas", replicas)
        self.first = processes

    def check_trail(self):
        """The audit trail, over everything that happened to the gateways."""
        gateway = next(process for process in self.processes.values() if process.roles in ("all", "gateway"))
        return json.loads(run_guichet("audit", "verify", "--json", "--server", gateway.url))

    def __enter__(self):
        try:
            for name, roles in self.first.items():
                self.processes[name] = Process(self, name, roles)
                self.processes[name].launch()
            for process in self.processes.values():
                process.wait_until_ready()
        except BaseException:
            self.__exit__(True)
            raise
        return self

    def __exit__(self, failed, *_):
        for process in self.processes.values():
            if process.running and not process.ended_by_itself():
                process.kill()
        if self.reader:
            self.reader.close()
        if failed and os.environ.get("GUICHET_KEEP"):
            print(f"kept: {self.folder}")
        else:
            shutil.rmtree(self.folder, ignore_errors=True)

    def __getitem__(self, name):
        return self.processes[name]

    def add(self, name, roles):
        self.processes[name] = Process(self, name, roles)
        return self.processes[name].start()

    def remove(self, name):
        process = self.processes.pop(name)
        code = process.terminate()
        if code != 0:
            raise AssertionError(f"{name} answered SIGTERM with {code}: {process.log()[-2000:]}")
        self.removed_logs += process.log()

    def gateways(self):
        return [process.url for process in list(self.processes.values())
                if process.url and "gateway" in process.roles]

    def check_all_alive(self):
        for process in self.processes.values():
            if process.ended_by_itself():
                raise AssertionError(f"{process.name} ended by itself with {process.running.returncode}: "
                                     f"{process.log()[-2000:]}")

    def check_logs(self):
        """No personal data in any of them."""
        logs = self.removed_logs + "".join(process.log() for process in self.processes.values())
        for personal in (people.FAMILY_NAME, people.GIVEN_NAME):
            if personal in logs:
                raise AssertionError(f"a log says {personal}")
        return logs

    def messages(self):
        if not self.reader:
            self.reader = topics.TopicReader(self.broker_address, self.prefix)
        return self.reader.read()

    def settle(self, calls, connections_cut=False, seconds=120):
        """Waits until every application has ended, and returns the audit's report of the whole."""
        until = time.monotonic() + seconds
        while True:
            report = audit(self.messages(), calls, connections_cut)
            lost = {"lost", "gap", "state_disagrees"} & report.kinds()  # may be on their way
            if not (report.unsettled or lost) or time.monotonic() > until:
                return report
            time.sleep(1)
