"""Whether a run that was killed goes on, and ends with the same bytes as one that was not."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path
from typing import Any

from hepasome.bench._contenders import COMPILED
from hepasome.bench._effort import Bench
from hepasome.bench._process import ContenderFailed, cores_here
from hepasome.bench._report import Row
from hepasome.bench._work import Workload, load_workload

_KEEP = "hepasome.bench._resume:keep"


def measure_resume(bench: Bench, workload: Workload, place: str = _KEEP) -> list[Row]:
    """Run undisturbed; run again elsewhere and kill it half-way (SIGKILL); let it go on; compare every byte.

    Args:
        bench: Where.
        workload: What is simulated.
        place: The function that runs, as `module:function`.
    """
    whole, killed = bench.folder / "resume" / "whole", bench.folder / "resume" / "killed"
    timeout = bench.effort.timeout + 0.1 * bench.effort.kept_subjects
    try:
        bench.on_note(f"{workload.title}: a run that is not disturbed")
        undisturbed = _run(bench, workload, place, whole, timeout)
        bench.on_note(f"{workload.title}: the same, killed half-way")
        _run(bench, workload, place, killed, undisturbed / 2, kill=True)
        left = len(_digests(killed))
        bench.on_note(f"{workload.title}: the killed run goes on")
        resumed = _run(bench, workload, place, killed, timeout)
    except ContenderFailed as failed:
        return [Row("resume", workload.id, COMPILED, {}, str(failed))]
    values = {
        "subjects": bench.effort.kept_subjects,
        "undisturbed_s": undisturbed,
        "resumed_s": resumed,
        "files_left": left,
        "files": len(_digests(whole)),
        "same_bytes": _digests(whole) == _digests(killed),
    }
    return [Row("resume", workload.id, COMPILED, values)]


def keep(workload: str, folder: str, subjects: int, workers: int) -> dict[str, Any]:
    """In the child: simulate into a folder."""
    from hepasome.bench._adapters import reduced_run

    start = time.perf_counter()
    reduced_run(load_workload(Path(workload)), subjects, workers, Path(folder))
    return {"seconds": time.perf_counter() - start}


def _run(bench: Bench, workload: Workload, place: str, folder: Path, seconds: float, *, kill: bool = False) -> float:
    arguments = {
        "workload": str(bench.workload_folder(workload.id)),
        "folder": str(folder),
        "subjects": bench.effort.kept_subjects,
        "workers": cores_here(),
    }
    with bench.child("resume", cores_here()) as child:
        child.ask("memory", bench.effort.timeout)  # it has started
        child.send("call", place=place, arguments=arguments)
        if kill:
            time.sleep(seconds)
            return seconds
        return float(child.answer(seconds)["seconds"])


def _digests(folder: Path) -> dict[str, str]:
    """SHA-256 of every finished file; what a killed writer left half-written is none."""
    found = folder.rglob("*") if folder.exists() else []
    files = sorted(path for path in found if path.is_file() and path.suffix != ".part")
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
