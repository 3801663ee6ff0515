"""One run in a process of its own: `python -m hepasome.web._worker JOB RUN WORKERS MEMORY`.

It says how far it is on its standard output, one JSON object a line. It ends when its standard input does, so that no
run outlives the server that started it.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
from pathlib import Path
from typing import Any

from hepasome import SimulatedStudy, load_run, load_study
from hepasome.engine import EngineError
from hepasome.files import MEGABYTE, InputError, write_atomically
from hepasome.report import run_results
from hepasome.web._job import Job, read_job
from hepasome.web._library import STUDY_FILE

RESULTS = "results.json"
FAILED = 1
REFUSED = 2
NO_MEMORY = 3
_NICER = 10


def main(job_folder: Path, run_folder: Path, workers: int, memory: int) -> int:
    """Simulate a job and write its report; the value is the exit code."""
    job = read_job(job_folder)
    if job is None:
        _say(failed="What was asked for is damaged. Ask for the run again.")
        return REFUSED
    try:
        _keep_within(memory)
        simulated = _simulated(job, job_folder, run_folder, workers)
        _say(phase="writing the report")
        simulated.report()
        write_atomically(run_folder / RESULTS, json.dumps(run_results(simulated.run), allow_nan=False))
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
    if job.only_report:
        return load_run(run_folder)
    loaded = load_study(job_folder / STUDY_FILE)
    return loaded.run(
        job.subjects,
        job.seed,
        job.draws,
        overrides=job.overrides,
        out=run_folder,
        workers=workers,
        on_progress=lambda done, total: _say(phase="simulating", done=done, total=total),
    )


def _say(**what: Any) -> None:
    print(json.dumps(what), flush=True)


def _keep_within(memory: int) -> None:
    """Take no more memory than is allowed, and no time that the server needs."""
    with contextlib.suppress(AttributeError, OSError):
        os.nice(_NICER)
    if not memory:
        return
    with contextlib.suppress(ImportError, ValueError, OSError):  # not on every system
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (memory * MEGABYTE, memory * MEGABYTE))


def _end_with_the_server() -> None:
    with contextlib.suppress(OSError):
        while os.read(0, 1):  # not through sys.stdin, whose lock would break the end of a finished run
            pass
    os._exit(FAILED)  # from a thread, whatever the others do: files are written whole or not at all


if __name__ == "__main__":
    threading.Thread(target=_end_with_the_server, daemon=True).start()
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])))
