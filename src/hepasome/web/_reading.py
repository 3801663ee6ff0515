"""Laboratory files that were sent, read in a process of their own; what is not kept leaves nothing behind."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hepasome.files import input_error
from hepasome.web._bounds import NO_MEMORY
from hepasome.web._product_folder import ANSWERS, CONTROL, FILES, Reading, read_reading
from hepasome.web._settings import Serving
from hepasome.web._uploads import Upload, check_uploads, lay

_PLACE = ".reading"  # below the products, so that what is kept is moved there whole
_FILES = "your files"
_FEWER = "Export the summary or the table alone, or send fewer files."


class LabDesk:
    """Reads laboratory files."""

    def __init__(self, serving: Serving) -> None:
        self._serving, self._place = serving, serving.products / _PLACE
        shutil.rmtree(self._place, ignore_errors=True)  # of a server that was killed

    @contextmanager
    def read(
        self, files: Sequence[Upload], control: Upload | None, answers: dict[str, Any]
    ) -> Iterator[tuple[Path, Reading]]:
        """Read files together with what the user has told.

        Args:
            files: As they were sent.
            control: File of an unstained or buffer control of a cytometer.
            answers: Fields of `LabAnswers` but the control.

        Yields:
            The folder in which everything lies until it is left, and what was read.

        Raises:
            InputError: If a name cannot be that of a file, or reading takes too much time or memory.
        """
        check_uploads([file.name for file in files], self._serving.limits)
        if control is not None:
            check_uploads([control.name], self._serving.limits)
        self._place.mkdir(parents=True, exist_ok=True)
        # the folder inside has the rights of an ordinary one, and may be moved away
        with tempfile.TemporaryDirectory(dir=self._place) as away:
            folder = Path(away).resolve() / "product"
            lay(files, folder / FILES)
            if control is not None:
                lay([control], folder / CONTROL)
            (folder / ANSWERS).write_text(json.dumps(answers, indent=1), encoding="utf-8")
            yield folder, self._found(folder)

    def _found(self, folder: Path) -> Reading:
        limits = self._serving.limits
        command = [sys.executable, "-m", "hepasome.web._reading_worker", folder, limits.memory, limits.reading]
        try:
            done = subprocess.run(  # noqa: S603 # our own module; no shell
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=limits.reading,
                check=False,
                env=os.environ | {"MPLBACKEND": "agg", "OPENBLAS_NUM_THREADS": "1"},
            )
        except subprocess.TimeoutExpired:
            done = None
        if done is None or done.returncode in (NO_MEMORY, -signal.SIGXCPU, -signal.SIGKILL):
            most = f" or {limits.memory:,} MB of memory" if limits.memory else ""
            raise input_error(_FILES, f"Reading takes more than {limits.reading} s{most}.", _FEWER)
        found = read_reading(folder) if done.returncode == 0 else None
        if found is None:
            raise RuntimeError(
                f"the reader ended with {done.returncode}: {done.stderr.decode(errors='replace')[-300:]}"
            )
        return found
