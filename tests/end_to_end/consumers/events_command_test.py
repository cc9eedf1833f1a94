"""`guichet events`, and the examples of docs/events.md, on the embedded log.

    events_command_test.py GUICHET SOURCE-DIR
"""

import json
import os
import pathlib
import re
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

os.environ.pop("GUICHET_KAFKA", None)
GUICHET, SOURCE = sys.argv[1:3]
FAMILY = f"{SOURCE}/docs/examples/family.json"
WITHIN = 30


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """On the same port and data again and again."""

    def __init__(self, folder):
        self.arguments = [GUICHET, "serve", "--data", f"{folder}/data", "--listen", f"127.0.0.1:{free_port()}"]
        self.log = open(f"{folder}/log", "a")
        self.start()

    def start(self):
        self.process = subprocess.Popen(self.arguments, stdout=subprocess.PIPE, stderr=self.log, text=True)
        self.url = re.fullmatch(r"listening on (\S+)\n", self.process.stdout.readline())[1]

    def stop(self):
        self.process.terminate()
        self.process.communicate(timeout=WITHIN)


def run(server, *arguments):
    return subprocess.run([GUICHET, *arguments, "--server", server.url], capture_output=True, text=True, timeout=60)


def apply(server):
    ended = run(server, "apply", FAMILY, "--json")
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


class Follower:
    """`guichet events --follow`, with what it printed so far."""

    def __init__(self, server, *arguments):
        self.process = subprocess.Popen([GUICHET, "events", "--follow", "--server", server.url, *arguments],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.out, self.err = [], []
        self.threads = [threading.Thread(target=self.read, args=pair)
                        for pair in ((self.process.stdout, self.out), (self.process.stderr, self.err))]
        for thread in self.threads:
            thread.start()

    @staticmethod
    def read(stream, lines):
        for line in stream:
            lines.append(line)

    def wait_for(self, lines, text):
        until = time.monotonic() + WITHIN
        while time.monotonic() < until:
            if any(text in line for line in lines):
                return
            time.sleep(0.02)
        raise AssertionError(f"no {text!r} in {lines}")

    def interrupt(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait(WITHIN)
        for thread in self.threads:
            thread.join()
        self.process.stdout.close()
        self.process.stderr.close()


class EventsCommand(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.server = Server(cls.folder.name)
        cls.addClassCleanup(lambda: cls.server.stop())
        cls.case = apply(cls.server)

    def test_prints_an_event_a_line_and_narrows(self):
        ended = run(self.server, "events", "--application", self.case["number"])
        self.assertEqual((ended.returncode, ended.stderr), (0, ""))
        events = [json.loads(line) for line in ended.stdout.splitlines()]
        self.assertEqual([int(e["sequence"]) for e in events], list(range(1, len(events) + 1)))
        self.assertEqual({e["subject"] for e in events}, {self.case["id"]})
        decided = run(self.server, "events", "--type", "guichet.case.decided", "--program", "ca-ccb",
                      "--application", self.case["id"], "--from", "2020-01-01")
        self.assertEqual([json.loads(line)["data"]["annual_total"] for line in decided.stdout.splitlines()],
                         [self.case["annual_total"]])
        self.assertEqual(run(self.server, "events", "--from", "2199-01-01").stdout, "")

    def test_says_what_is_wrong_in_the_callers_language(self):
        refused = run(self.server, "events", "--type", "guichet.case.done", "--language", "fr")
        self.assertEqual((refused.returncode, refused.stdout), (1, ""))
        self.assertIn("type", refused.stderr)
        self.assertIn("doit être l’un de", refused.stderr)
        self.assertEqual(run(self.server, "events", "--from", "yesterday").returncode, 1)
        self.assertEqual(run(self.server, "events", "--upside-down").returncode, 2)
        nowhere = subprocess.run([GUICHET, "events", "--follow", "--server", f"http://127.0.0.1:{free_port()}"],
                                 capture_output=True, text=True, timeout=WITHIN)
        self.assertEqual(nowhere.returncode, 3)
        self.assertIn("Examples", run(self.server, "events", "--help").stdout)

    def test_follows_over_a_restart_of_the_server_without_loss_or_repeat(self):
        follower = Follower(self.server, "--language", "fr")
        try:
            follower.wait_for(follower.out, self.case["id"])
            self.server.stop()
            follower.wait_for(follower.err, "nouvel essai en cours")
            self.server.start()
            another = apply(self.server)
            follower.wait_for(follower.err, "Le serveur répond de nouveau.")
            follower.wait_for(follower.out, f'"subject":"{another["id"]}"')
            time.sleep(0.5)
        finally:
            follower.interrupt()
        ids = [json.loads(line)["id"] for line in follower.out]
        everything = run(self.server, "events").stdout.splitlines()
        self.assertEqual(ids, [json.loads(line)["id"] for line in everything])

    def test_the_examples_of_the_document_work(self):
        document = pathlib.Path(SOURCE, "docs/events.md").read_text()
        examples = [line for block in re.findall(r"```console\n(.*?)```", document, re.S) for line in block.splitlines()]
        self.assertEqual(len(examples), 5)
        for example in examples:
            command = example.replace("http://127.0.0.1:8080", self.server.url).split(" | ")[0]
            command = command.replace("K7Q4-2M9XA-C", self.case["number"])
            if command.endswith("--follow"):
                continue  # never ends
            words = shlex.split(command)
            words[0] = words[0].replace("guichet", GUICHET)
            ended = subprocess.run(words, env={**os.environ, "GUICHET_SERVER": self.server.url},
                                   capture_output=True, text=True, timeout=WITHIN)
            self.assertEqual(ended.returncode, 0, ended.stderr)
            self.assertNotIn("problems/", ended.stdout)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
