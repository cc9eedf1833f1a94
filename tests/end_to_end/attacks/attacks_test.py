"""Attacks on the real server, and what others notice of them: attacks_test.py GUICHET SOURCES [NAME ...]

While each goes on, applicants come from another address at a fixed rate. Every one of them must be answered,
memory must stay bounded, and the descriptors must come back in the time that a limit names. How long they
waited is printed against how long they wait in quiet times of the same run, and asserted by nobody: that is
for a machine with nothing else to do.

In CI few connections, all attacks at once, each on a server of its own. With GUICHET_NIGHTLY one after the
other, ten times as many.
"""

import concurrent.futures
import dataclasses
import os
import shutil
import subprocess
import sys
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "kafka"))

from limits import read_limits  # noqa: E402
from served import Served  # noqa: E402
from visitors import Visitors, percentile  # noqa: E402

NIGHTLY = bool(os.environ.get("GUICHET_NIGHTLY"))
RATE = 50 if NIGHTLY else 20  # applicants a second
QUIET_SECONDS = 20 if NIGHTLY else 1.5  # before, and after
ATTACK_SECONDS = 30 if NIGHTLY else 5
CASES_TO_LIST = 200

MOST_MEMORY_MIB = 300
SPARE_DESCRIPTORS = 2

SKIPPED = 77


@dataclasses.dataclass(frozen=True)
class Attack:
    name: str
    connections: int  # nightly
    ends_by: str  # the limit that closes what the attack leaves open
    command: tuple  # {port}, {count} and {seconds} are filled in
    cases: int = 0  # that are there before
    # Beside the limit: to open the last connections, to look, on a busy machine.
    spare_seconds: float = 5

    def count(self):
        return self.connections if NIGHTLY or self.connections < 10 else self.connections // 10


def slow(*options):
    # It ends when the server has closed every connection.
    return ("slowhttptest", "-c", "{count}", "-r", "1000", "-l", "60", "-p", "5", *options)


def slow_read(path):
    # Ten requests at once on each connection: more than the kernel keeps of answers.
    return slow("-X", "-w", "16", "-y", "64", "-n", "5", "-z", "8", "-k", "10", "-u", "http://127.0.0.1:{port}" + path)


def own(kind):
    return (sys.executable, os.path.join(HERE, "attackers.py"), kind, "{port}", "{count}", "{seconds}")


ATTACKS = (
    Attack("slow headers", 2000, "header_time",
           slow("-H", "-i", "5", "-x", "24", "-u", "http://127.0.0.1:{port}/v1/programs")),
    Attack("slow bodies", 2000, "body_time",
           slow("-B", "-i", "5", "-s", "65536", "-x", "24", "-u", "http://127.0.0.1:{port}/v1/applications")),
    Attack("slow reads", 2000, "write_time", slow_read("/openapi.json")),
    # A page of 200 cases is 1 MB; those of all are made one after the other.
    Attack("slow reads of lists", 600, "write_time", slow_read("/v1/applications?limit=200"),
           cases=CASES_TO_LIST, spare_seconds=40),
    Attack("dripping headers", 2000, "header_time", own("drip")),
    Attack("idle connections", 10000, "idle_time", own("idle")),
    Attack("half bodies", 2000, "body_time", own("half")),
    Attack("bodies of 100 MB", 8, "drop_time", own("big")),
)


class Assault:
    """One attack as it goes on: again where it ends too early, and never called off."""

    def __init__(self, attack, server):
        self.attack = attack
        self.fill = {"port": str(server.port), "count": str(attack.count()), "seconds": str(ATTACK_SECONDS)}
        self.until = time.monotonic() + ATTACK_SECONDS
        self.begin()

    def begin(self):
        self.process = subprocess.Popen([part.format(**self.fill) for part in self.attack.command],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def goes_on(self):
        """Whether it still holds connections, or began anew."""
        if self.process.poll() is None:
            return True
        if time.monotonic() >= self.until:
            return False
        self.begin()
        return True

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


def watch(assault, server, peak, stopped):
    """Keeps the attack going, and notes the most descriptors that the server held."""
    while not stopped() and server.is_running():
        peak[0] = max(peak[0], server.descriptors())
        if time.monotonic() < assault.until:
            assault.goes_on()
        time.sleep(0.1)


def run(attack, binary, limits):
    with Served(binary) as server, concurrent.futures.ThreadPoolExecutor(2) as pool:
        visitors = Visitors(server.port)
        waits, refused = visitors.come(100, max(attack.cases, 50) / 100)
        assert not refused, f"before: {refused}"
        quiet, refused = visitors.come(RATE, QUIET_SECONDS)
        assert not refused, f"in quiet: {refused}"
        held, memory, cpu = server.settle(), server.memory_mib(), server.cpu_seconds()

        peak, done = [held], []
        assault = Assault(attack, server)
        try:
            watching = pool.submit(watch, assault, server, peak, lambda: bool(done))
            waits, refused = visitors.come(RATE, ATTACK_SECONDS)
            done.append(True)
            watching.result()
            cpu = (server.cpu_seconds() - cpu) / ATTACK_SECONDS
            within = limits[attack.ends_by] + attack.spare_seconds
            came_back = wait_for_descriptors(server, held + SPARE_DESCRIPTORS, within)
            left = server.descriptors()
        finally:
            assault.end()
        after, refused_after = visitors.come(RATE, QUIET_SECONDS)

        quiet_p99, p99 = percentile(quiet + after, 0.99), percentile(waits, 0.99)
        print(f"{attack.name}, {attack.count()} connections: "
              f"{len(waits)} of {len(waits) + sum(refused.values())} others answered, "
              f"p50 {percentile(waits, 0.5):.1f} ms, p99 {p99:.1f} ms ({p99 / quiet_p99:.2f} of {quiet_p99:.1f} in quiet); "
              f"memory {memory:.0f} MiB, at most {server.memory_mib('VmHWM'):.0f}; "
              f"descriptors {held}, at most {peak[0]}, {left} again "
              f"after {came_back:.1f} s ({attack.ends_by} {limits[attack.ends_by]:g} s); "
              f"{100 * cpu:.0f} % of a core", flush=True)
        assert server.is_running(), "the server ended"
        assert not refused, f"others, under attack: {refused}"
        assert not refused_after, f"others, after: {refused_after}"
        assert peak[0] - held >= min(attack.count(), 8), "the attack never began"
        assert server.memory_mib("VmHWM") <= MOST_MEMORY_MIB, "memory"
        assert left <= held + SPARE_DESCRIPTORS, f"descriptors: {left} of {held}"


def wait_for_descriptors(server, most, within):
    began = time.monotonic()
    while server.descriptors() > most and time.monotonic() - began < within:
        time.sleep(0.05)
    return time.monotonic() - began


def main():
    if shutil.which("slowhttptest") is None:
        print("skipped: slowhttptest is not there; scripts/install test brings it")
        return SKIPPED
    binary, sources, names = sys.argv[1], sys.argv[2], sys.argv[3:]
    limits = read_limits(os.path.join(sources, "docs", "limits.md"))
    attacks = [attack for attack in ATTACKS if not names or attack.name in names]
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(1 if NIGHTLY else len(attacks)) as pool:
        for attack, result in [(attack, pool.submit(run, attack, binary, limits)) for attack in attacks]:
            try:
                result.result()
            except Exception:  # the others are worth knowing
                failed += 1
                print(f"{attack.name}:\n{traceback.format_exc()}", file=sys.stderr)
    print(f"{len(attacks) - failed} of {len(attacks)} attacks withstood")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
