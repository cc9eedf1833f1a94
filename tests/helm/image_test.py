"""What the Containerfile makes, and that Guichet has all it needs in it.

    image_test.py GUICHET HADOLINT      with the binaries of both
"""

import json
import os
import stat
import subprocess
import sys
import tempfile
import unittest

import container
from container import TOP, Image

GUICHET, HADOLINT = "", ""
FAMILY = TOP / "docs" / "examples" / "family.json"


class Containerfile(unittest.TestCase):
    def test_its_judge_finds_nothing(self):
        done = subprocess.run([HADOLINT, "--failure-threshold", "info", TOP / "Containerfile"], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)

    def test_that_judge_finds_what_is_wrong(self):
        done = subprocess.run([HADOLINT, "-"], input="FROM debian\nRUN sudo apt-get install cmake\n", capture_output=True, text=True)
        self.assertNotEqual(done.returncode, 0)

    def test_runs_as_the_user_that_owns_the_data_in_the_image(self):
        lines = (TOP / "Containerfile").read_text().splitlines()
        self.assertIn(f"USER {container.USER}:{container.USER}", lines)
        self.assertIn("FROM scratch", lines)
        self.assertTrue(any("scripts/image-root /image" in line for line in lines))


@unittest.skipIf(container.why_not(), container.why_not())
class TheImage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.image = cls.enterClassContext(Image(GUICHET))

    def volumes(self, keys_mode):
        return {"/var/lib/guichet": self.image.fresh("data"),
                "/etc/guichet/keys": self.image.mounted("keys", self.image.keys(GUICHET), keys_mode)}

    def test_says_its_version(self):
        code, out, err = self.image.run(["--version"])
        self.assertEqual((code, err), (0, ""))
        self.assertRegex(out, r"^guichet \d+\.\d+\.\d+\n$")

    def test_reads_settings_and_its_programs(self):
        code, out, err = self.image.run(["serve", "--print-config"], {"GUICHET_DATA": "/var/lib/guichet"})
        self.assertEqual((code, err), (0, ""))
        self.assertIn("data: /var/lib/guichet  # GUICHET_DATA;", out)
        code, out, err = self.image.run(["topics", "describe", "--language", "fr"])
        self.assertEqual(code, 0, err)
        for program in ("ca-ccb", "nb-ctb", "on-ocb"):
            self.assertIn(f"guichet.requests.{program}", out)

    def test_holds_no_shell_no_setuid_file_and_nothing_its_user_may_change(self):
        for path in self.image.root.rglob("*"):
            status = path.lstat()
            name = "/" + str(path.relative_to(self.image.root))
            if stat.S_ISLNK(status.st_mode):
                continue
            self.assertFalse(status.st_mode & (stat.S_ISUID | stat.S_ISGID), name)
            if name not in ("/tmp", "/var/lib/guichet") and not name.startswith("/proc"):
                self.assertEqual((status.st_uid, status.st_mode & 0o022), (0, 0), name)
        data = (self.image.root / "var/lib/guichet").stat()
        self.assertEqual((data.st_uid, data.st_gid, stat.S_IMODE(data.st_mode)), (container.USER, container.USER, 0o700))
        programs = {path.name for path in self.image.root.rglob("bin/*")}
        self.assertEqual(programs, {"guichet"})

    def test_names_the_package_and_the_licence_of_each_library(self):
        listed = {path.name for path in (self.image.root / "var/lib/dpkg/status.d").iterdir()}
        for package in ("libc6", "libssl3", "librdkafka1", "libsqlite3-0", "libjemalloc2", "tzdata", "ca-certificates"):
            self.assertIn(package, listed)
        self.assertTrue((self.image.root / "usr/share/doc/librdkafka1/copyright").is_file())
        self.assertGreater((self.image.root / "etc/ssl/certs/ca-certificates.crt").stat().st_size, 100_000)
        self.assertEqual(os.readlink(self.image.root / "usr/lib/ssl/cert.pem"), "/etc/ssl/certs/ca-certificates.crt")

    def test_answers_a_family_and_stops_when_told(self):
        volumes = self.volumes(keys_mode=0o440)
        server = self.image.start(["serve"], {"GUICHET_DATA": "/var/lib/guichet/data", "GUICHET_KEYS": "/etc/guichet/keys",
                                              "GUICHET_LISTEN": "127.0.0.1:0"}, volumes)
        self.addCleanup(server.kill)
        line = server.process.stdout.readline()
        self.assertRegex(line, r"^listening on http://127\.0\.0\.1:\d+\n$", line or server.process.stderr.read())
        at = ["--server", line.split()[-1]]
        self.assertEqual(self.image.run(["health", *at])[:2], (0, "alive\n"))
        self.assertEqual(self.image.run(["health", "--ready", "--language", "fr", *at])[:2], (0, "prêt\n"))
        with FAMILY.open() as family:
            code, out, err = self.image.run(["apply", "-", *at], stdin=family)
        self.assertEqual(code, 0, err)
        self.assertIn("Allocation canadienne pour enfants", out)
        self.assertIn("Nouveau-Brunswick", out)
        # Without a day, it is today's where the client lives: the time zones are there.
        today = json.loads(FAMILY.read_text())
        del today["effective_date"]
        with tempfile.TemporaryFile("w+") as family:
            json.dump(today, family)
            family.seek(0)
            code, out, err = self.image.run(["apply", "-", "--json", *at], stdin=family)
        self.assertEqual(code, 0, err)
        code, err, seconds = server.stop()
        self.assertEqual(code, 0, err)
        self.assertLess(seconds, 10)
        self.assertEqual(self.image.run(["health", *at])[0], 3)

    def test_refuses_keys_that_everyone_may_read(self):
        volumes = self.volumes(keys_mode=0o444)
        code, _, err = self.image.run(["serve", "--data", "/var/lib/guichet/data", "--keys", "/etc/guichet/keys", "--listen", "127.0.0.1:0"],
                                      volumes=volumes)
        self.assertEqual(code, 1)
        self.assertIn("others may read", err)

    def test_takes_a_program_from_a_config_map(self):
        folder = TOP / "rules" / "programs" / "nb-ctb"
        files = {f.name: f.read_bytes() for f in folder.iterdir()}
        files["program.yaml"] = files["program.yaml"].replace(b"nb-ctb", b"nb-heat")
        volumes = {"/etc/guichet/programs/nb-heat": self.image.mounted("program", files, 0o644)}
        code, out, err = self.image.run(["topics", "describe"], {"GUICHET_PROGRAMS": "/etc/guichet/programs"}, volumes)
        self.assertEqual(code, 0, err)
        self.assertIn("guichet.requests.nb-heat", out)
        self.assertIn("guichet.requests.nb-ctb", out)


if __name__ == "__main__":
    GUICHET, HADOLINT = sys.argv[1:3]
    if container.why_not():
        print("the image is not run: " + container.why_not(), file=sys.stderr)
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
