"""A Kafka of a test's own, by scripts/kafka: one that it may kill."""

import pathlib
import random
import shutil
import socket
import subprocess
import tempfile

from schemas import TOP

SCRIPT = TOP / "scripts/kafka"


def _is_free(port):
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _free_port():
    """scripts/kafka takes a port for each broker, and others up to 103 above it."""
    while True:
        port = random.randint(21_000, 31_000)
        if all(_is_free(port + more) for base in (0, 50, 70, 101) for more in (base, base + 1, base + 2)):
            return port


class Broker:
    def __init__(self, brokers=1):
        self.brokers = brokers
        self.data = pathlib.Path(tempfile.mkdtemp(prefix="guichet-kafka-"))
        self.port = _free_port()
        try:
            self.address = self._script("start", "--brokers", str(brokers), "--port", str(self.port)).splitlines()[-1]
        except BaseException:
            self.wipe()
            raise

    def _script(self, *arguments):
        # Into files: the brokers inherit the streams, and a pipe would stay open as long as they live.
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
            ended = subprocess.run([SCRIPT, *arguments, "--data", self.data], stdout=out, stderr=err)
            out.seek(0)
            err.seek(0)
            if ended.returncode != 0:
                raise RuntimeError(f"scripts/kafka {arguments[0]}: {err.read()}")
            return out.read()

    def kill(self, number):
        self._script("kill", str(number))

    def revive(self, number):
        self._script("revive", str(number))

    def pids(self):
        return [int(file.read_text()) for file in sorted(self.data.glob("broker-*/pid"))]

    def wipe(self):
        self._script("wipe")
        shutil.rmtree(self.data, ignore_errors=True)
