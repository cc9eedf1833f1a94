"""The chart on a real Kafka, with its containers run as kubelet would run them: the job first, then each
Deployment's pod, by the commands, variables, volumes and probes that helm renders.

    kubelet_test.py HELM GUICHET      GUICHET_KAFKA says where Kafka is
"""

import os
import subprocess
import sys
import time
import unittest

import yaml

import container
from container import TOP, Image

HELM, GUICHET = "", ""
KAFKA = os.environ.get("GUICHET_KAFKA", "")
VALUES = TOP / "tests" / "helm" / "values" / "small.yaml"
FAMILY = TOP / "docs" / "examples" / "family.json"


def guichet_of(item):
    return next(c for c in item["spec"]["template"]["spec"]["containers"] if c["name"] == "guichet")


class Pod:
    """One container of a rendered object, with the volumes that its pod names."""

    def __init__(self, image, item, secrets, address=None):
        self.image, self.spec = image, guichet_of(item)
        self.environment = {v["name"]: v["value"] for v in self.spec.get("env", [])}
        if address:  # here all pods are on one machine: each has another port
            self.environment["GUICHET_LISTEN"] = address
        named = {v["name"]: v for v in item["spec"]["template"]["spec"].get("volumes", [])}
        self.volumes = {}
        for mount in self.spec.get("volumeMounts", []):
            volume = named[mount["name"]]
            if "emptyDir" in volume:
                self.volumes[mount["mountPath"]] = image.fresh(mount["name"])
            else:
                secret = volume["secret"]
                self.volumes[mount["mountPath"]] = image.mounted(mount["name"], secrets[secret["secretName"]], secret["defaultMode"])
        self.container = None

    def start(self):
        self.container = self.image.start(self.spec["args"], self.environment, self.volumes)

    def probe(self, name, address):
        command = self.spec[name]["exec"]["command"]
        where = command.index("--server") + 1
        code, _, err = self.image.run([*command[1:where], f"http://{address}", *command[where + 1:]])
        return code, err

    def becomes_ready(self, address, seconds=60):
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.container.process.poll() is None:
            if self.probe("readinessProbe", address)[0] == 0:
                return True
            time.sleep(0.2)
        return False


class TheChart(unittest.TestCase):
    def render(self, *sets):
        arguments = [a for s in sets for a in ("--set", s)]
        done = subprocess.run([HELM, "template", "guichet", TOP / "helm" / "guichet", "--kube-version", "1.34", "--values", VALUES, *arguments],
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return {i["metadata"]["name"]: i for i in yaml.safe_load_all(done.stdout) if i and i["kind"] in ("Deployment", "Job")}

    def test_makes_the_topics_starts_each_role_answers_a_family_and_stops(self):
        prefix = f"helm.{os.getpid()}."
        objects = self.render(f"kafka.brokers={{{KAFKA}}}", f"kafka.topicPrefix={prefix}", "kafka.partitions=2", "kafka.secret=guichet-kafka")
        image = self.enterContext(Image(GUICHET))
        # Kafka of the tests has no security, and that can be said too.
        secrets = {"guichet-keys": image.keys(GUICHET),
                   "guichet-kafka": {"kafka.properties": b"# for a trial\nsecurity.protocol=plaintext\n"}}

        job = Pod(image, objects["guichet-topics"], secrets)
        job.start()
        code, out, err = job.container.wait(60)
        self.assertEqual(code, 0, out + err)
        self.assertIn("as declared", out)

        pods = {}
        for port, name in enumerate(("guichet-cases", "guichet-adapters-all", "guichet-gateway"), start=18171):
            address = f"127.0.0.1:{port}"
            pods[name] = (Pod(image, objects[name], secrets, address), address)
            pods[name][0].start()
            self.addCleanup(pods[name][0].container.kill)
        for name, (pod, address) in pods.items():
            if not pod.becomes_ready(address):
                pod.container.kill()
                self.fail(f"{name} is not ready")
            self.assertEqual(pod.probe("livenessProbe", address)[0], 0)

        with FAMILY.open() as family:
            code, out, err = image.run(["apply", "-", "--wait", "30s", "--server", f"http://{pods['guichet-gateway'][1]}"], stdin=family)
        self.assertEqual(code, 0, err)
        self.assertIn("complète", out)

        for name, (pod, _) in pods.items():
            code, err, seconds = pod.container.stop()
            self.assertEqual(code, 0, f"{name}: {err}")
            self.assertLess(seconds, 10, name)


if __name__ == "__main__":
    HELM, GUICHET = sys.argv[1:3]
    for reason in (container.why_not(), "" if KAFKA else "GUICHET_KAFKA is not set"):
        if reason:
            print("skipped: " + reason)
            sys.exit(container.SKIPPED)
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
