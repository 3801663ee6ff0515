"""One run in a process of its own: `python -m hepasome.web._worker JOB RUN WORKERS MEMORY`.

It says how far it is on its standard output, one JSON object a line. It ends when its standard input does, so that no
run outlives the server that started it.
"""

from __future__ import annotations

import json
import math
import sys
import threading
import time
from pathlib import Path
from typing import Any

from hepasome import SimulatedStudy, load_run, load_study
from hepasome.engine import EngineError
from hepasome.files import InputError, write_atomically
from hepasome.report import plain, run_results, write_pictures
from hepasome.trial import Progress, Settings, SoFar
from hepasome.web._bounds import FAILED, NO_MEMORY, end_with_the_server, keep_within, step_back
from hepasome.web._job import Job, read_job
from hepasome.web._library import STUDY_FILE
from hepasome.web._preparation import make_preparation

RESULTS = "results.json"
SO_FAR = "so_far.json"
REFUSED = 2
_SAY, _LOOK = 0.2, 3.0  # s between words about the progress, and between looks at what is finished


def main(job_folder: Path, run_folder: Path, workers: int, memory: int) -> int:
    """Simulate a job and write its report; the value is the exit code."""
    job = read_job(job_folder)
    if job is None:
        _say(failed="What was asked for is damaged. Ask for the run again.")
        return REFUSED
    try:
        step_back()
        keep_within(memory)
        if job.task == "explain":
            _explain(run_folder, workers)
            return 0
        if job.task == "design":
            make_preparation(job_folder, run_folder, workers, _hearing("simulating"))
            return 0
        simulated = _simulated(job, job_folder, run_folder, workers)
        _say(phase="writing the report")
        simulated.report()
        _say(phase="drawing body and lobule")
        found = run_results(simulated.run)
        found["pictures"] = write_pictures(simulated.run, run_folder / "figures")
        write_atomically(run_folder / RESULTS, json.dumps(found, allow_nan=False))
    except InputError as error:
        _say(failed=str(error))
        return REFUSED
    except EngineError as error:
        _say(failed=str(error))
        return FAILED
    except MemoryError:
        _say(failed=f"The run needs more memory. It may have {memory:,} MB. Ask for fewer subjects.")
        return NO_MEMORY
    except OSError as error:
        _say(failed=f"Cannot read or write: {error.strerror or error}.")
        return FAILED
    return 0


def _simulated(job: Job, job_folder: Path, run_folder: Path, workers: int) -> SimulatedStudy:
    if job.task == "report":
        return load_run(run_folder)
    loaded = load_study(job_folder / STUDY_FILE)
    settings = Settings(job.subjects, job.seed, job.draws, job.overrides)
    watch = _Watch(SoFar(loaded.study, settings, run_folder), job_folder / SO_FAR)
    return loaded.run(
        job.subjects,
        job.seed,
        job.draws,
        overrides=job.overrides,
        out=run_folder,
        workers=workers,
        on_progress=watch.hear,
    )


def _hearing(phase: str) -> Progress:
    return lambda done, total: _say(phase=phase, done=done, total=total)


def _explain(run_folder: Path, workers: int) -> None:
    run = load_run(run_folder)
    explained = run.explain(workers=workers, on_progress=_hearing("taking parts away"))
    explained = explained.with_sensitivity(workers=workers, on_progress=_hearing("varying what is not known"))
    _say(phase="writing the report")
    explained.report()


class _Watch:
    """Says how far the simulation is and, now and then, what it has found so far."""

    def __init__(self, so_far: SoFar, path: Path) -> None:
        self._so_far, self._path, self._said, self._wrote, self._animals = so_far, path, -math.inf, -math.inf, 0

    def hear(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._said >= _SAY or done == total:
            self._said = now
            _say(phase="simulating", done=done, total=total)
        if now - self._wrote >= _LOOK:
            self._write()
            self._wrote = time.monotonic()

    def _write(self) -> None:
        rows = self._so_far.endpoints()
        animals = rows["subject"].nunique()
        if animals > self._animals:
            self._animals = animals
            table = rows.groupby(["endpoint", "arm"], sort=False)["measured"].agg(["mean", "std", "count"])
            found = plain(table.reset_index().to_dict("records"))
            write_atomically(self._path, json.dumps(found, allow_nan=False))


def _say(**what: Any) -> None:
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    threading.Thread(target=end_with_the_server, daemon=True).start()
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])))
