#!/usr/bin/env python3
"""Guichet over Kafka in figures: one broker, every process and the load on this machine.

    build/venv/bin/python tests/bench/kafka_figures.py [--seconds 20] [--programs ca-ccb,ca-gst]

Prints one table: applications a second, latency, commits, and the cores that each part used. Load: at 50
and at 200 a second (latency counts from when each should have been sent), and as fast as 64 and 256
connections go.
"""

import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "end_to_end/kafka"))

from broker import Broker  # noqa: E402
from deployment import BINARY, ENVIRONMENT, Deployment  # noqa: E402

SHAPES = {
    "one process": {"all": "gateway,cases,payments,adapters"},
    "three processes": {"gateway": "gateway", "cases": "cases", "adapters": "adapters"},
}
LOADS = {
    "50/s": ["--rate", "50", "--connections", "64"],
    "200/s": ["--rate", "200", "--connections", "128"],
    "64 at once": ["--connections", "64"],
    "256 at once": ["--connections", "256"],
}
TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def metric(url, name):
    with urllib.request.urlopen(url + "/metrics", timeout=10) as answer:
        found = re.search(rf"^{name} (\S+)$", answer.read().decode(), re.MULTILINE)
    return float(found[1])


def commits(deployment):
    """Of the processes that have states: each is one transaction on Kafka."""
    return sum(metric(process.url, "guichet_log_commits_total")
               for process in deployment.processes.values() if "cases" in process.roles)


def bench(deployment, arguments, seconds):
    url = deployment.gateways()[0]
    began, commits_before = time.monotonic(), commits(deployment)
    parts = {"guichet": [p.running.pid for p in deployment.processes.values()], "broker": deployment.broker_pids}
    before = {part: sum(map(cpu_seconds, pids)) for part, pids in parts.items()}
    load = subprocess.Popen([BINARY, "bench", "--server", url, "--seconds", str(seconds), "--json", *arguments],
                            stdout=subprocess.PIPE, text=True, env=ENVIRONMENT)
    out = load.stdout.read()
    _, _, usage = os.wait4(load.pid, 0)
    elapsed = time.monotonic() - began
    result = json.loads(out)
    result["cores"] = {part: (sum(map(cpu_seconds, pids)) - before[part]) / elapsed for part, pids in parts.items()}
    result["cores"]["load"] = (usage.ru_utime + usage.ru_stime) / elapsed
    result["commits"] = (commits(deployment) - commits_before) / elapsed
    return result


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seconds", type=int, default=20)
    options.add_argument("--partitions", type=int, default=4)
    options.add_argument("--programs", default="")
    chosen = options.parse_args()
    more = ["--programs", chosen.programs] if chosen.programs else []
    print("| processes | load | applications/s | p50 ms | p99 ms | errors | commits/s | cores: guichet | broker | load |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for shape, processes in SHAPES.items():
        broker = Broker()
        try:
            with Deployment(broker.address, processes, partitions=chosen.partitions) as deployment:
                deployment.broker_pids = broker.pids()
                bench(deployment, ["--connections", "32", *more], 15)  # warm: the broker's code is compiled as it runs
                for load, arguments in LOADS.items():
                    r = bench(deployment, [*arguments, *more], chosen.seconds)
                    cores = " | ".join(f"{r['cores'][part]:.2f}" for part in ("guichet", "broker", "load"))
                    print(f"| {shape} | {load} | {r['applications_per_second']:.0f} | {r['p50_ms']:.0f} | {r['p99_ms']:.0f} | "
                          f"{r['errors']} | {r['commits']:.0f} | {cores} |", flush=True)
        finally:
            broker.wipe()


if __name__ == "__main__":
    main()
