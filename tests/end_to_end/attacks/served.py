"""The real `guichet serve` on the embedded log, and what the kernel says that it holds."""

import os
import subprocess
import tempfile
import time

START_SECONDS = 30


class Served:
    def __init__(self, binary):
        self.folder = tempfile.TemporaryDirectory(prefix="guichet-attacks-")
        self.log = open(os.path.join(self.folder.name, "log"), "wb")
        environment = {name: value for name, value in os.environ.items() if name != "GUICHET_KAFKA"}
        self.process = subprocess.Popen(
            [binary, "serve", "--data", os.path.join(self.folder.name, "data"), "--listen", "127.0.0.1:0"],
            stdout=subprocess.PIPE, stderr=self.log, env=environment)
        line = self.process.stdout.readline().decode()
        if not line.startswith("listening on "):
            raise AssertionError(f"it does not listen: {line}")
        self.url = line.removeprefix("listening on ").strip()
        self.port = int(self.url.rsplit(":", 1)[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.log.close()
        self.folder.cleanup()

    def is_running(self):
        return self.process.poll() is None

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def memory_mib(self, field="VmRSS"):
        """VmRSS: now; VmHWM: the most it ever was."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            for line in status:
                if line.startswith(field + ":"):
                    return int(line.split()[1]) / 1024
        raise AssertionError(f"no {field}")

    def cpu_seconds(self):
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def settle(self):
        """The descriptors that it holds when nobody asks anything."""
        before, steady = -1, 0
        until = time.monotonic() + START_SECONDS
        while steady < 5 and time.monotonic() < until:
            now = self.descriptors()
            steady = steady + 1 if now == before else 0
            before = now
            time.sleep(0.1)
        return before
