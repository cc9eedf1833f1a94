"""The chart under the real helm, what it renders under Kubernetes' own schemas, and what it refuses.

    chart_test.py HELM GUICHET      with the binaries of both
"""

import copy
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import kubernetes_validate
import yaml

TOP = pathlib.Path(__file__).resolve().parents[2]
CHART = TOP / "helm" / "guichet"
VALUES = pathlib.Path(__file__).resolve().parent / "values"
KUBERNETES = "1.34"
HELM, GUICHET = "", ""


def helm(*arguments):
    return subprocess.run([HELM, *map(str, arguments)], capture_output=True, text=True, timeout=60)


def template(values, *more):
    return helm("template", "guichet", CHART, "--namespace", "benefits", "--kube-version", KUBERNETES, "--values", values, *more)


def render(name):
    done = template(VALUES / f"{name}.yaml")
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return [item for item in yaml.safe_load_all(done.stdout) if item]


def pods(objects):
    """Every pod's name and spec, of Deployments and Jobs."""
    return {item["metadata"]["name"]: item["spec"]["template"]["spec"]
            for item in objects if item["kind"] in ("Deployment", "Job")}


def container(pod):
    return next(c for c in pod["containers"] if c["name"] == "guichet")


def environment(pod):
    return {variable["name"]: variable["value"] for variable in container(pod)["env"]}


class EveryDeployment(unittest.TestCase):
    """What holds for each of the values files that are meant to work."""

    @classmethod
    def setUpClass(cls):
        cls.rendered = {name: render(name) for name in ("small", "province")}

    def each_pod(self):
        for objects in self.rendered.values():
            yield from pods(objects).values()

    def test_lints(self):
        for name in self.rendered:
            done = helm("lint", "--strict", "--kube-version", KUBERNETES, "--values", VALUES / f"{name}.yaml", CHART)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(helm("lint", "--strict", "--kube-version", KUBERNETES, CHART).returncode, 0)

    def test_is_what_kubernetes_takes(self):
        for values, objects in self.rendered.items():
            for item in objects:
                with self.subTest(values=values, kind=item["kind"], name=item["metadata"]["name"]):
                    kubernetes_validate.validate(item, KUBERNETES, strict=True)

    def test_the_judge_of_that_finds_what_is_wrong(self):
        broken = copy.deepcopy(next(i for i in self.rendered["small"] if i["kind"] == "Deployment"))
        broken["spec"]["template"]["spec"]["containers"][0]["enviroment"] = []
        with self.assertRaises(kubernetes_validate.ValidationError):
            kubernetes_validate.validate(broken, KUBERNETES, strict=True)

    def test_nothing_runs_as_root_or_may_become_it(self):
        for pod in self.each_pod():
            self.assertTrue(pod["securityContext"]["runAsNonRoot"])
            self.assertGreater(pod["securityContext"]["runAsUser"], 0)
            self.assertEqual(pod["securityContext"]["seccompProfile"], {"type": "RuntimeDefault"})
            for key in ("hostNetwork", "hostPID", "hostIPC"):
                self.assertNotIn(key, pod)
            for each in pod["containers"]:
                self.assertEqual(each["securityContext"], {
                    "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}})
            self.assertFalse([v for v in pod.get("volumes", []) if "hostPath" in v])

    def test_nothing_has_a_token(self):
        for pod in self.each_pod():
            self.assertIs(pod["automountServiceAccountToken"], False)
        for objects in self.rendered.values():
            accounts = [i for i in objects if i["kind"] == "ServiceAccount"]
            self.assertEqual([a["automountServiceAccountToken"] for a in accounts], [False])
            self.assertFalse([i for i in objects if "Role" in i["kind"]])

    def test_secrets_are_named_and_never_rendered(self):
        for objects in self.rendered.values():
            self.assertFalse([i for i in objects if i["kind"] == "Secret"])
        for pod in self.each_pod():
            text = yaml.safe_dump(pod)
            self.assertNotRegex(text, r"(?i)password|sasl\.|PRIVATE KEY|guichet-key-1")
            for volume in pod.get("volumes", []):
                if "secret" in volume and volume["name"] in ("kafka", "keys"):
                    self.assertEqual(volume["secret"]["defaultMode"], 0o440)

    def test_every_variable_is_a_setting_and_the_server_reads_its_value(self):
        for objects in self.rendered.values():
            for item in objects:
                if item["kind"] != "Deployment":
                    continue
                variables = environment(item["spec"]["template"]["spec"])
                with tempfile.TemporaryDirectory() as folder:
                    # The files of the container, which are not here.
                    for key, what in (("GUICHET_KAFKA_PROPERTIES", "file"), ("GUICHET_PROGRAMS", "folder")):
                        if key in variables:
                            path = pathlib.Path(folder) / what
                            path.touch() if what == "file" else path.mkdir()
                            variables[key] = str(path)
                    done = subprocess.run([GUICHET, "serve", "--print-config"], env=variables, capture_output=True, text=True)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                in_force = yaml.safe_load(done.stdout)
                for name, value in variables.items():
                    key = name.removeprefix("GUICHET_").lower()
                    self.assertRegex(done.stdout, rf"(?m)^{key}: .*  # {name};")
                    read = in_force[key]
                    self.assertEqual(":".join(read) if isinstance(read, list) else str(read), value)

    def test_probes_ask_the_place_where_it_listens_by_commands_that_exist(self):
        for objects in self.rendered.values():
            for item in objects:
                if item["kind"] != "Deployment":
                    continue
                guichet = container(item["spec"]["template"]["spec"])
                listen = environment(item["spec"]["template"]["spec"])["GUICHET_LISTEN"]
                for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
                    command = guichet[probe]["exec"]["command"]
                    self.assertEqual(command[:4], ["/usr/bin/guichet", "health", "--server", f"http://{listen}"])
                    self.assertEqual("--ready" in command, probe == "readinessProbe")
                    # Nothing is there to answer: 3. A command line that is wrong would be 2.
                    ran = subprocess.run([GUICHET, *command[1:3], "http://127.0.0.1:1", *command[4:]], capture_output=True)
                    self.assertEqual(ran.returncode, 3, ran.stderr)

    def test_it_has_time_to_stop(self):
        for objects in self.rendered.values():
            for item in objects:
                if item["kind"] == "Deployment":
                    pod = item["spec"]["template"]["spec"]
                    pause = container(pod).get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
                    self.assertGreater(pod["terminationGracePeriodSeconds"], pause + 10)
                    self.assertEqual(item["spec"]["strategy"]["rollingUpdate"], {"maxSurge": 1, "maxUnavailable": 0})

    def test_each_pod_has_a_network_policy_and_each_deployment_a_disruption_budget(self):
        for objects in self.rendered.values():
            selectors = {}
            for item in objects:
                if item["kind"] in ("NetworkPolicy", "PodDisruptionBudget"):
                    selector = item["spec"].get("podSelector") or item["spec"]["selector"]
                    selectors.setdefault(item["kind"], []).append(selector["matchLabels"])
            for item in objects:
                if item["kind"] not in ("Deployment", "Job"):
                    continue
                labels = item["spec"]["template"]["metadata"]["labels"]
                for kind, found in selectors.items():
                    fitting = [s for s in found if s.items() <= labels.items()]
                    wanted = 0 if (item["kind"], kind) == ("Job", "PodDisruptionBudget") else 1
                    self.assertEqual(len(fitting), wanted, (item["metadata"]["name"], kind))
            for item in objects:
                if item["kind"] == "NetworkPolicy":
                    self.assertEqual(item["spec"]["policyTypes"], ["Ingress", "Egress"])

    def test_nothing_is_exposed(self):
        for objects in self.rendered.values():
            self.assertFalse([i for i in objects if i["kind"] in ("Service", "Ingress")])
        for pod in self.each_pod():
            self.assertNotIn("ports", container(pod))
            self.assertTrue(environment(pod).get("GUICHET_LISTEN", "127.0.0.1:").startswith("127.0.0.1:"))

    def test_the_job_runs_before_all_else_and_needs_nothing_of_the_chart(self):
        for objects in self.rendered.values():
            of_chart = {i["metadata"]["name"] for i in objects if "helm.sh/hook" not in i["metadata"].get("annotations", {})}
            job = next(i for i in objects if i["kind"] == "Job")
            policy = next(i for i in objects if i["kind"] == "NetworkPolicy" and i["metadata"]["name"] == job["metadata"]["name"])
            for item in (job, policy):
                self.assertEqual(item["metadata"]["annotations"]["helm.sh/hook"], "pre-install,pre-upgrade")
            weight = lambda item: int(item["metadata"]["annotations"]["helm.sh/hook-weight"])
            self.assertLess(weight(policy), weight(job))
            pod = job["spec"]["template"]["spec"]
            self.assertNotIn("serviceAccountName", pod)
            for volume in pod.get("volumes", []):
                used = volume.get("secret", {}).get("secretName") or volume.get("configMap", {}).get("name")
                self.assertNotIn(used, of_chart)
            known = subprocess.run([GUICHET, *container(pod)["args"], "--help"], capture_output=True, text=True)
            self.assertEqual(known.returncode, 0)

    def test_its_version_is_that_of_the_binary(self):
        said = subprocess.run([GUICHET, "--version"], capture_output=True, text=True).stdout.split()[1]
        self.assertEqual(yaml.safe_load((CHART / "Chart.yaml").read_text())["appVersion"], said)


class Small(unittest.TestCase):
    def test_is_one_of_each(self):
        roles = {name: environment(pod).get("GUICHET_ROLES") for name, pod in pods(render("small")).items()}
        self.assertEqual(roles, {"guichet-gateway": "gateway", "guichet-cases": "cases,payments",
                                 "guichet-adapters-all": "adapters:*", "guichet-topics": None})


class Province(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.objects = render("province")
        cls.pods = pods(cls.objects)

    def policy(self, name):
        return next(i["spec"] for i in self.objects if i["kind"] == "NetworkPolicy" and i["metadata"]["name"] == name)

    def test_has_the_groups_and_replicas_it_asks_for(self):
        replicas = {i["metadata"]["name"]: i["spec"]["replicas"] for i in self.objects if i["kind"] == "Deployment"}
        self.assertEqual(replicas, {"guichet-gateway": 3, "guichet-cases": 3, "guichet-adapters-federal": 3,
                                    "guichet-adapters-provincial": 2})
        self.assertEqual(environment(self.pods["guichet-adapters-provincial"])["GUICHET_ROLES"], "adapters:nb-*,adapters:on-*")
        self.assertTrue(all(container(p)["image"].endswith("@sha256:" + "0123456789abcdef" * 4) for p in self.pods.values()))

    def test_each_role_is_a_user_of_kafka_of_its_own(self):
        def secret(pod):
            self.assertEqual(environment(pod)["GUICHET_KAFKA_PROPERTIES"], "/etc/guichet/kafka/kafka.properties")
            return next(v["secret"]["secretName"] for v in pod["volumes"] if v["name"] == "kafka")
        self.assertEqual({name: secret(pod) for name, pod in self.pods.items()}, {
            "guichet-gateway": "guichet-kafka-gateway", "guichet-cases": "guichet-kafka-cases",
            "guichet-adapters-federal": "guichet-kafka-federal",
            "guichet-adapters-provincial": "guichet-kafka-provincial", "guichet-topics": "guichet-kafka-topics"})

    def test_only_gateways_have_the_keys(self):
        with_keys = {name for name, pod in self.pods.items()
                     if any(v.get("secret", {}).get("secretName") == "guichet-keys" for v in pod["volumes"])}
        self.assertEqual(with_keys, {"guichet-gateway"})

    def test_every_pod_has_the_programs(self):
        for name, pod in self.pods.items():
            mounts = {m["mountPath"] for m in container(pod)["volumeMounts"]}
            self.assertIn("/etc/guichet/programs/nb-heat", mounts, name)
            self.assertEqual(environment(pod)["GUICHET_PROGRAMS"], "/etc/guichet/programs")

    def test_reaches_kafka_and_names_only_and_is_reached_at_the_front_end_only(self):
        for name in self.pods:
            egress = self.policy(name)["egress"]
            self.assertEqual([sorted(p["port"] for p in rule["ports"]) for rule in egress], [[9094, 9095, 9096], [53, 53]])
            self.assertTrue(all(rule["to"] for rule in egress))
            ports = [p["port"] for rule in self.policy(name)["ingress"] for p in rule["ports"]]
            self.assertEqual(ports, [8443] if name == "guichet-gateway" else [])

    def test_the_front_end_is_in_the_pod_of_the_gateway(self):
        names = {name: [c["name"] for c in pod["containers"]] for name, pod in self.pods.items()}
        self.assertEqual(names["guichet-gateway"], ["guichet", "front-end"])
        self.assertEqual(names["guichet-cases"], ["guichet"])


class Refused(unittest.TestCase):
    def refused(self, values, text, base="province"):
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            yaml.safe_dump(values, file)
            file.flush()
            done = template(VALUES / f"{base}.yaml", "--values", file.name)
        self.assertNotEqual(done.returncode, 0, values)
        self.assertRegex(done.stderr, text)
        self.assertEqual(done.stdout, "")

    def test_a_gateway_that_others_reach_without_authentication(self):
        for values in ({"service": {"enabled": True}}, {"ingress": {"enabled": True}}, {"host": "0.0.0.0"},
                       {"host": "::"}, {"host": "10.0.0.1"}, {"host": "127.0.0.1.example.ca"}, {"host": ""}):
            self.refused({"gateway": values}, r"gateway\.(service|ingress|host).* needs authentication, which this version does not have")

    def test_what_would_make_processes_listen_elsewhere_by_another_way(self):
        for values in ({"cases": {"host": "0.0.0.0"}}, {"defaults": {"host": "0.0.0.0"}}, {"authentication": {"issuer": "x"}},
                       {"gateway": {"env": [{"name": "GUICHET_LISTEN", "value": "0.0.0.0:8080"}]}}):
            self.refused(values, "(?i)additional propert")

    def test_what_is_missing(self):
        self.refused({"kafka": {"brokers": []}}, r"kafka\.brokers is missing")
        self.refused({"keys": {"secret": ""}}, r"keys\.secret is missing.*guichet keys create")

    def test_an_unknown_key_wherever_it_stands(self):
        for values in ({"kafak": {}}, {"kafka": {"broker": "k:9092"}}, {"gateway": {"replica": 2}}, {"image": {"name": "x"}},
                       {"adapters": [{"name": "a", "programs": ["*"], "roles": "x"}]}, {"networkPolicy": {"enable": True}},
                       {"topics": {"create": True}}, {"gateway": {"service": {"port": 80}}}):
            self.refused(values, "(?i)additional propert")

    def test_values_of_another_shape(self):
        for values in ({"kafka": {"brokers": "k:9092"}}, {"kafka": {"brokers": ["k"]}}, {"kafka": {"brokers": ["k:9092,evil:1"]}},
                       {"kafka": {"partitions": 0}}, {"kafka": {"partitions": "8"}}, {"user": 0}, {"port": 80},
                       {"topics": {"job": "maybe"}}, {"adapters": [{"name": "a"}]}, {"adapters": [{"name": "a", "programs": []}]},
                       {"adapters": [{"name": "a", "programs": ["ca-*,gateway"]}]}, {"image": {"digest": "latest"}},
                       {"programs": {"configMaps": {"../etc": "x"}}}, {"dataLimit": "much"}):
            self.refused(values, r"(?s)values don't meet the specifications of the schema")

    def test_what_cannot_work(self):
        self.refused({"adapters": [{"name": "a", "programs": ["ca-*"]}] * 2}, "the name a stands twice")
        self.refused({"cases": {"replicas": 25}}, "a replica without a partition does nothing")
        self.refused({"programs": {"claim": "programs"}}, "not both")

    def test_every_value_has_its_place_in_the_schema_with_words(self):
        schema = yaml.safe_load((CHART / "values.schema.json").read_text())

        def walk(part, path):
            if "$ref" in part:
                return
            if path:
                self.assertTrue(part.get("description") or path[-1] in ("requests", "limits"), path)
            if part.get("properties"):
                self.assertIs(part["additionalProperties"], False, path)
            for key, value in part.get("properties", {}).items():
                walk(value, path + [key])
            if part.get("type") == "array" and "properties" in part.get("items", {}):
                walk(part["items"], path + ["items"])

        walk({key: value for key, value in schema.items() if key != "definitions"}, [])


class WherePlatformsDiffer(unittest.TestCase):
    def with_values(self, *sets):
        arguments = [a for s in sets for a in ("--set", s)]
        done = template(VALUES / "small.yaml", *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return [item for item in yaml.safe_load_all(done.stdout) if item]

    def test_the_platform_may_choose_the_user(self):
        for pod in pods(self.with_values("user=null")).values():
            self.assertEqual(pod["securityContext"], {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}})
        for pod in pods(self.with_values("user=1000650000")).values():
            self.assertEqual(pod["securityContext"]["runAsUser"], 1000650000)

    def test_topics_can_be_checked_only_or_left_alone(self):
        job = container(pods(self.with_values("topics.job=check"))["guichet-topics"])
        self.assertEqual(job["args"], ["topics", "check"])
        self.assertNotIn("guichet-topics", [i["metadata"]["name"] for i in self.with_values("topics.job=none")])

    def test_network_policies_can_be_left_to_others(self):
        self.assertFalse([i for i in self.with_values("networkPolicy.enabled=false") if i["kind"] == "NetworkPolicy"])

    def test_a_deployment_can_be_without_gateways(self):
        objects = self.with_values("gateway.enabled=false", "keys.secret=")
        self.assertEqual(set(pods(objects)), {"guichet-cases", "guichet-adapters-all", "guichet-topics"})

    def test_several_releases_do_not_meet(self):
        done = template(VALUES / "small.yaml", "--name-template", "trial")
        names = {i["metadata"]["name"] for i in yaml.safe_load_all(done.stdout) if i}
        self.assertTrue(all(name.startswith("trial-guichet") for name in names), names)


if __name__ == "__main__":
    HELM, GUICHET = sys.argv[1:3]
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
