"""Builds and runs the fuzz targets of a checkout, for what measures them."""

import os
import subprocess
import threading

import targets


class CannotRun(Exception):
    """A target that does not build, or does not run as one."""


class Checkout:
    """Builds and runs fuzz targets. `home` is for what is found and kept."""

    def __init__(self, root, home):
        self.root = root
        self.home = home
        self._building = threading.Lock()
        self._built = set()
        self._targets = targets.read(root)

    def build(self, *labels):
        """The path of the first one's built binary, below the root."""
        with self._building:
            if not self._built.issuperset(labels):
                script = 'source bazel/common.sh && build --config=fuzz "$@"'
                done = subprocess.run(["bash", "-c", script, "build", *labels], cwd=self.root,
                                      stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
                if done.returncode != 0:
                    raise CannotRun(f"{' '.join(labels)}: does not build\n{done.stdout}{done.stderr}")
                self._built.update(labels)
        return ".cache/bazel/fuzz/bin/" + labels[0][2:].replace(":", "/")

    def fuzz(self, target, binary, folder, flags):
        """Fuzzes as fuzz/run does. Gives the output, the CPU-seconds, and the
        input that was found, or None."""
        log = folder / "log"
        command = ["bazel/fuzz_run.sh", target, binary, f"fuzz/corpus/{target}", self._targets[target].dictionary or "",
                   "-print_final_stats=1", "-timeout=10", *flags]
        environment = {**os.environ, "XDG_CACHE_HOME": str(folder)}
        with log.open("wb") as output:
            process = subprocess.Popen(command, cwd=self.root, env=environment, stdin=subprocess.DEVNULL,
                                       stdout=output, stderr=subprocess.STDOUT)
            _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        text = log.read_text(errors="replace")
        found = [path for path in (folder / f"sspilab/fuzz/{target}/found").glob("*")
                 if not path.name.startswith("slow-unit-")]
        if process.returncode not in (0, 1) or (process.returncode == 1) != bool(found):
            raise CannotRun(f"{binary} ended with status {process.returncode}:\n{text[-3000:]}")
        return text, usage.ru_utime + usage.ru_stime, found[0] if found else None

    def survives(self, target, file):
        """Whether the target without the bug has nothing to say about an input."""
        binary = self.build(f"//fuzz:{target}_bin")
        done = subprocess.run([self.root / binary, "-timeout=10", file], cwd=file.parent, check=False,
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return done.returncode == 0
