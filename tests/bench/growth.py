#!/usr/bin/env python3
"""What a server's memory and start cost after many applications: one server on an empty folder,
`guichet bench` until so many are merged, then a stop and a start, and a kill and a start.

  tests/bench/growth.py                  100,000 applications, on build/release
  tests/bench/growth.py 1000000          a million: 14 GB beside the build, ten minutes or more

Prints a line a figure. Memory is the server's VmRSS; a start is the time until it prints where it
listens.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
GUICHET = os.path.join(ROOT, "build/release/guichet")
DATA = os.path.join(ROOT, "build/growth-data")
CHUNK_SECONDS = 20
MOST_CHUNKS = 600


def main():
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    shutil.rmtree(DATA, ignore_errors=True)
    server, url, _ = start()
    try:
        print(f"memory idle, on an empty folder: {memory(server)} MB", flush=True)
        done = fill(server, url, wanted)
        print(f"memory after {done} applications: {memory(server)} MB")
        print(f"data: {sum(entry.stat().st_size for entry in os.scandir(DATA)) / 1e6:.0f} MB")
        for how, end in (("a stop", signal.SIGTERM), ("kill -9", signal.SIGKILL)):
            server.send_signal(end)
            server.wait()
            server, url, seconds = start()
            check(url, done)
            print(f"start after {how}: {seconds:.2f} s, memory {memory(server)} MB", flush=True)
    finally:
        server.kill()
        server.wait()
        shutil.rmtree(DATA, ignore_errors=True)


def start():
    began = time.monotonic()
    server = subprocess.Popen([GUICHET, "serve", "--data", DATA, "--listen", "127.0.0.1:0"],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    line = server.stdout.readline()
    if not line:
        sys.exit(f"growth.py: the server ended with {server.wait()}; build/release/guichet serve says why")
    return server, line.split()[-1], time.monotonic() - began


def fill(server, url, wanted):
    done = 0
    for _ in range(MOST_CHUNKS):
        if done >= wanted:
            return done
        text = subprocess.run([GUICHET, "bench", "--server", url, "--json", "--warm-up", "0",
                               "--seconds", str(CHUNK_SECONDS), "--connections", "64"],
                              check=True, capture_output=True, text=True).stdout
        result = json.loads(text)
        if result["errors"]:
            sys.exit(f"growth.py: the bench had {result['errors']} errors")
        done += result["applications"]
        print(f"{done} applications, {result['applications_per_second']:.0f} a second, "
              f"p99 {result['p99_ms']:.0f} ms, memory {memory(server)} MB", file=sys.stderr, flush=True)
    sys.exit(f"growth.py: only {done} applications in {MOST_CHUNKS * CHUNK_SECONDS} s")


def check(url, done):
    with urllib.request.urlopen(url + "/v1/applications?limit=1", timeout=30) as answer:
        if len(json.load(answer)["items"]) != 1:
            sys.exit(f"growth.py: none of {done} applications is there after the start")


def memory(server):
    with open(f"/proc/{server.pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) // 1024


if __name__ == "__main__":
    main()
