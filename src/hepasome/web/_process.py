"""The process of one run, as the server holds it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

from hepasome.web._progress import Measured
from hepasome.web._settings import Limits

LOG = "log.txt"
_GRACE = 10.0  # s between asking to end and ending


class RunProcess:
    """Starts a worker and hears what it says until it ends."""

    def __init__(self, job_folder: Path, run_folder: Path, workers: int, limits: Limits) -> None:
        self._limits, self.measured, self.failed, self._stopped = limits, Measured(), "", ""
        command = [sys.executable, "-m", "hepasome.web._worker", job_folder, run_folder, workers, limits.memory]
        with (job_folder / LOG).open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 # our own module; no shell
                [str(part) for part in command],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the server
                env=os.environ | {"MPLBACKEND": "agg"},
            )

    def wait(self) -> str:
        """Wait until it ends; the value is empty, or a sentence about why it failed or was stopped."""
        late = threading.Timer(self._limits.hours * 3600, self.stop, [f"It took more than {self._limits.hours:g} h."])
        late.daemon = True
        late.start()
        try:
            assert self._process.stdout is not None  # noqa: S101 # asked for above
            for line in self._process.stdout:
                self._hear(line)
            code = self._process.wait()
        finally:
            late.cancel()
            self._close()
        if self._stopped:
            return self._stopped
        if code == 0:
            return ""
        return self.failed or _ended(code, self._limits.memory)

    def stop(self, why: str) -> None:
        """End it; what is finished stays."""
        self._stopped = why
        self._process.terminate()
        threading.Thread(target=self._make_sure, daemon=True).start()

    @property
    def pid(self) -> int:
        """Number of the process."""
        return self._process.pid

    def _hear(self, line: bytes) -> None:
        try:
            said = json.loads(line)
        except ValueError:
            return  # a library printed something
        if isinstance(said, dict):
            self.failed = str(said.get("failed", self.failed))
            self.measured.hear(said)

    def _make_sure(self) -> None:
        try:
            self._process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def _close(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()


def _ended(code: int, memory: int) -> str:
    if code >= 0:
        return f"This is a fault of hepasome (exit code {code}). The log of the run says more."
    how = "the system ended it" if code == -signal.SIGKILL else f"it broke ({signal.Signals(-code).name})"
    most = f" It may have {memory:,} MB." if memory else ""
    return f"The process is gone: {how}, most often for want of memory.{most} Ask for fewer subjects."
