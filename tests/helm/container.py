"""The image of the Containerfile, without a container engine: the files that scripts/image-root gathers,
run as Kubernetes runs them: nothing but those files, read-only, process 1 of its own, a user without
rights, and volumes as kubelet lays them out.
"""

import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
USER = 10001
SKIPPED = 77

ENTER = """
set -e
root=$1; shift
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
while [ "$1" != -- ]; do mount --bind $3 "$1" "$root$2"; shift 3; done
shift
mount -o remount,bind,ro "$root"
exec setpriv --no-new-privs chroot --userspec=USER:USER --groups=USER "$root" "$@"
""".replace("USER", str(USER))


def why_not():
    """Why containers cannot be run here; empty where they can."""
    if os.geteuid() != 0:
        return "only root can enter another root folder"
    may = subprocess.run(["unshare", "--mount", "--pid", "--fork", "sh", "-c", "mount -t tmpfs none /mnt"], capture_output=True, text=True)
    return may.stderr.strip()


class Image:
    """A folder with the image's files; `with Image(binary) as image`."""

    def __init__(self, binary):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="guichet-image-"))
        self.folder.chmod(0o755)
        self.root = self.folder / "root"
        done = subprocess.run([TOP / "scripts" / "image-root", self.root, binary], capture_output=True, text=True)
        if done.returncode != 0:
            raise AssertionError(done.stderr)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder)

    def fresh(self, name):
        """An emptyDir: its group may write."""
        folder = pathlib.Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.folder))
        os.chown(folder, 0, USER)
        folder.chmod(0o2777)
        return folder

    def mounted(self, name, files, mode=0o440):
        """A Secret or ConfigMap, as kubelet lays one out: links to the files of a dated folder."""
        folder = pathlib.Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.folder))
        folder.chmod(0o755)
        (folder / "..2026_01_01").mkdir()
        (folder / "..data").symlink_to("..2026_01_01")
        for file, content in files.items():
            path = folder / "..2026_01_01" / file
            path.write_bytes(content)
            os.chown(path, 0, USER)
            path.chmod(mode)
            (folder / file).symlink_to(f"..data/{file}")
        return folder

    def keys(self, binary):
        """The files of a deployment's two keys, as a Secret has them."""
        made = pathlib.Path(tempfile.mkdtemp(dir=self.folder)) / "keys"
        done = subprocess.run([binary, "keys", "create", made], capture_output=True, text=True)
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        return {name: (made / name).read_bytes() for name in ("ids.key", "clients.key")}

    def start(self, arguments, environment=None, volumes=None, stdin=subprocess.DEVNULL):
        """A container of the image; `volumes`: {path in it: folder}, read-only but /var/lib and /srv."""
        mounts = []
        # What a container runtime makes before it locks the files.
        (self.root / "proc").mkdir(exist_ok=True)
        for path, folder in (volumes or {}).items():
            (self.root / path.lstrip("/")).mkdir(parents=True, exist_ok=True)
            mounts += [str(folder), path, "-w" if path.startswith(("/var/lib/", "/srv/")) else "-r"]
        return Container(["unshare", "--mount", "--propagation", "private", "--pid", "--fork", "sh", "-c", ENTER, "sh",
                          str(self.root), *mounts, "--", "/usr/bin/guichet", *arguments], environment or {}, stdin)

    def run(self, arguments, environment=None, volumes=None, stdin=subprocess.DEVNULL):
        """One that ends by itself: its exit code, standard output and standard error."""
        return self.start(arguments, environment, volumes, stdin).wait(60)


class Container:
    def __init__(self, command, environment, stdin):
        # The tools that enter the container are found by PATH; Guichet has no use for it.
        self.process = subprocess.Popen(command, env={"PATH": os.environ["PATH"], **environment}, text=True, stdin=stdin,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def wait(self, seconds):
        try:
            out, err = self.process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            self._signal(signal.SIGKILL)
            raise
        return self.process.returncode, out, err

    def stop(self):
        """SIGTERM to process 1, as Kubernetes sends it: (exit code, standard error, seconds it took)."""
        began = time.monotonic()
        self._signal(signal.SIGTERM)
        code, _, err = self.wait(30)
        return code, err, time.monotonic() - began

    def kill(self):
        """The end of it, whatever it does; nothing where it has ended."""
        if self.process.poll() is None:
            self._signal(signal.SIGKILL)
            self.wait(30)

    def _signal(self, which):
        # To process 1 itself: a signal to the one that started it does not reach it.
        pid = self.process.pid
        for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            os.kill(int(child), which)
