"""Running a study: simulate what is planned, keep every finished chunk, and hand back one Run."""

from __future__ import annotations

import hashlib
import importlib.metadata
import io
import json
import platform
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any, overload

import numpy as np
import pandas as pd

from hepasome import engine
from hepasome.biology import model_sbml
from hepasome.files import input_error, write_atomically
from hepasome.trial._assays import error_factor
from hepasome.trial._deaths import CUMULATIVE_HAZARD, SURVIVAL, death_times, log_rank_p, without_the_dead
from hepasome.trial._draws import stream, tables_hash
from hepasome.trial._plan import COURSES_PER_ARM, Plan, Settings, make_plan
from hepasome.trial._settings import check_settings
from hepasome.trial._statistics import compare_arms
from hepasome.trial._study import Study
from hepasome.trial._typical import fates_of, peak_columns, peaks, worlds_of

# Vesicles and donor cells are counted in billions, everything else is near 1: each has its own absolute tolerance.
_VESICLE_TOLERANCE = 1.0
_OF_CELLS = ("_bound", "_endosome", "_degraded")
_PARTICLE_STATES = ("_circulation_", "_medium_", "body_cells_", "_tumour_site_", "_sinusoid_", *_OF_CELLS)
CHUNK = 64
RUN_FILE = "run.json"
COMPLETE = "complete"
TABLES = ("trajectories", "endpoints", "worlds", "fates", "subjects")

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Run:
    """A study simulated once.

    Attributes:
        plan: Study, settings, settled protocol and subjects.
        folder: Where it is kept, or None if it is only in memory.
        provenance: Seed, versions, model hash, solver settings.
        subjects: One row per subject: key, role, arm, number, variant, body_weight, status, reason; where the model has
            a hazard of death also death (h, infinite for those who live).
        trajectories: The first COURSES_PER_ARM animals of every arm: subject, arm, time (h), one column per read-out.
        endpoints: Animals of the trial: subject, arm, endpoint, time (h), true value, measured value; NaN of the dead,
            and for `survival` the probability and whether the animal is alive.
        worlds: Typical animals: role, arm, number, variant, endpoint, time (h), value; exposure is there under the
            names of its read-outs: vesicles per cell at the last reading, copies on AGO per cell at their peak.
        fates: Typical treated animals of the draws: arm, number, hours after the first dose, vesicles in each place.
    """

    plan: Plan
    folder: Path | None
    provenance: dict[str, Any]
    subjects: pd.DataFrame
    trajectories: pd.DataFrame
    endpoints: pd.DataFrame
    worlds: pd.DataFrame
    fates: pd.DataFrame

    @property
    def study(self) -> Study:
        """The study that was run."""
        return self.plan.study

    def statistics(self) -> pd.DataFrame:
        """Every arm against the control arm, as `compare_arms` returns it; survival by log-rank tests."""
        table = compare_arms(self.endpoints, self.study.control, self.plan.settings.seed)
        for label, read_out, end in self.plan.subjects[0].endpoints:
            for arm in self.study.arms if read_out == SURVIVAL else ():
                if arm != self.study.control:
                    row = (table["endpoint"] == label) & (table["arm"] == arm)
                    table.loc[row, "p"] = log_rank_p(self.subjects, arm, self.study.control, end)
        return table


@dataclass(frozen=True)
class Computing:
    """Where and with what a run is simulated.

    Attributes:
        workers: Threads, or processes for libRoadRunner and a local cluster.
        simulator: `compiled`, or `libroadrunner` as the reference; their results agree within the tolerances.
        scheduler: Address of a Dask scheduler whose workers simulate, or `local` for processes on this machine.
    """

    workers: int = 2
    simulator: engine.SimulatorName = "compiled"
    scheduler: str | None = None


def run_study(
    study: Study,
    settings: Settings | None = None,
    *,
    folder: Path | str | None = None,
    computing: Computing | None = None,
    on_progress: Progress | None = None,
) -> Run:
    """Simulate a study.

    With a folder, finished chunks are kept there; the same call continues an interrupted run and gives the same bytes.

    Args:
        study: What to run.
        settings: Subjects, seed, draws and parameter overrides.
        folder: Where to keep the run; None keeps it in memory.
        computing: Where and with what; default: compiled code on two threads.
        on_progress: Called with the subjects done and all subjects.

    Returns:
        The Run. Subjects that could not be simulated are in it with their status and reason.

    Raises:
        InputError: If an override names no parameter or cannot be its value, or the folder holds another run.
    """
    settings, computing = settings or Settings(), computing or Computing()
    check_settings(study, settings)
    try:
        plan = make_plan(study, settings)
    except ArithmeticError:
        if not settings.overrides:
            raise
        raise input_error("--set", "No animal has these values.", "Stay nearer to the tables' values.") from None
    solver = solver_settings(plan.model)
    provenance = provenance_of(study, settings, plan.model, solver, computing.simulator)
    keep = None if folder is None else _Folder(Path(folder), provenance)
    results = _simulate(plan, solver, computing, keep, on_progress)
    run = _collect(plan, results, Path(folder) if folder is not None else None, provenance)
    if keep is not None:
        keep.complete(run)
    return run


def default_folder(study: Study, settings: Settings, base: Path, simulator: str = "compiled") -> Path:
    """Folder of a run under `base`: the same for the same study, settings, model, simulator and version."""
    model = engine.Model(model_sbml(study.structure))
    identity = provenance_of(study, settings, model, solver_settings(model), simulator)["identity"]
    return base / f"{study.id}-{identity[:10]}"


def solver_settings(model: engine.Model) -> engine.Solver:
    """Tolerances for a model of hepasome: relative 1e-6; absolute 1e-9, and one vesicle where vesicles are counted."""
    counted = {s: _VESICLE_TOLERANCE for s in model.states if any(mark in s for mark in _PARTICLE_STATES)}
    return engine.Solver(relative_tolerance=1e-6, absolute_tolerance=1e-9, state_tolerances=counted)


def provenance_of(
    study: Study, settings: Settings, model: engine.Model, solver: engine.Solver, simulator: str
) -> dict[str, Any]:
    """Everything that a run depends on, as plain data, with an identity that the same inputs always have."""
    inputs = {
        "hepasome": importlib.metadata.version("hepasome"),
        "model_hash": model.hash,
        "tables_hash": tables_hash(study.subject.species, study.disease.model),
        "study": study.as_written(),
        "products": {name: p.model_dump(mode="json", by_alias=True) for name, p in study.products().items()},
        "settings": asdict(settings) | {"overrides": dict(sorted(settings.overrides.items()))},
        "solver": asdict(solver),
        "simulator": simulator,
    }
    identity = hashlib.sha256(json.dumps(inputs).encode()).hexdigest()  # unsorted: the order of arms is of the study
    packages = ("libroadrunner", "llvmlite", "sbmlode", "antimony", "python-libsbml", "numpy", "scipy", "pandas")
    versions = {name: importlib.metadata.version(name) for name in packages} | {"python": platform.python_version()}
    return {"identity": identity, **inputs, "versions": versions, "machine": platform.machine()}


class _Missing(Sequence[engine.Subject]):
    """What the engine simulates of the chunks that are not there yet, laid out when it is asked for."""

    def __init__(self, plan: Plan, missing: Sequence[int]) -> None:
        self._plan = plan
        last = len(plan.subjects)
        self._places = [k for i in missing for k in range(i * CHUNK, min((i + 1) * CHUNK, last))]

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, index: int) -> engine.Subject: ...
    @overload
    def __getitem__(self, index: slice) -> list[engine.Subject]: ...
    def __getitem__(self, index: int | slice) -> engine.Subject | list[engine.Subject]:
        if isinstance(index, slice):
            return [self._plan.subjects[k].subject for k in self._places[index]]
        return self._plan.subjects[self._places[index]].subject


def _simulate(
    plan: Plan,
    solver: engine.Solver,
    computing: Computing,
    keep: _Folder | None,
    on_progress: Progress | None,
) -> list[pd.DataFrame]:
    total = len(plan.subjects)
    count = -(-total // CHUNK)
    tables: dict[int, pd.DataFrame] = {} if keep is None else keep.load(plan, count)
    missing = [i for i in range(count) if i not in tables]
    todo = _Missing(plan, missing)
    already = total - len(todo)

    def report(done: int, _: int) -> None:
        if on_progress is not None:
            on_progress(already + done, total)

    report(0, len(todo))
    trajectories = engine.simulate_ensemble(
        plan.model,
        todo,
        plan.times,
        plan.outputs,
        solver=solver,
        simulator=computing.simulator,
        workers=computing.workers,
        scheduler=computing.scheduler,
        on_done=report,
    )
    for i in missing:
        places = range(i * CHUNK, min((i + 1) * CHUNK, total))
        tables[i] = _table(plan, places, list(islice(trajectories, len(places))))
        if keep is not None:
            keep.save(i, tables[i])
    return [tables[i] for i in range(count)]


def _table(plan: Plan, places: range, trajectories: Sequence[engine.Trajectory]) -> pd.DataFrame:
    """The rows that subjects are read at; a failed one has those before its failure, or one row without values."""
    grid = np.asarray(plan.times)
    readings = [plan.subjects.reading(place) for place in places]
    times, values = [], []
    for (read, _), trajectory in zip(readings, trajectories, strict=True):
        rows = np.searchsorted(grid, read)
        rows = rows[rows < len(trajectory.values)]
        times.append(grid[rows] if len(rows) else np.array([np.nan]))
        values.append(trajectory.values[rows] if len(rows) else np.full((1, len(plan.outputs)), np.nan))
    described = pd.DataFrame(
        {
            "key": plan.subjects.keys(places.start, places.stop),
            "body_weight": [weight for _, weight in readings],
            "status": [trajectory.status.name for trajectory in trajectories],
            "reason": [trajectory.reason for trajectory in trajectories],
        }
    )
    described = described.join(peaks(plan, trajectories, [max(read) for read, _ in readings]))
    table = described.loc[np.repeat(np.arange(len(places)), [len(rows) for rows in times])].reset_index(drop=True)
    outputs = pd.DataFrame(np.concatenate(values), columns=list(plan.outputs))
    return pd.concat([table, pd.DataFrame({"time": np.concatenate(times)}), outputs], axis=1)


class _Folder:
    """A run on disk: run.json, finished chunks, and at the end the tables."""

    def __init__(self, folder: Path, provenance: dict[str, Any]) -> None:
        self.folder, self._provenance = folder, provenance
        if folder.exists() and not folder.is_dir():
            raise input_error(str(folder), "This is a file, not a folder.", "Choose another --out.")
        path = folder / RUN_FILE
        if path.exists():
            try:
                identity = json.loads(path.read_text())["identity"]
            except (ValueError, KeyError, TypeError, OSError):
                identity = None
            if identity != provenance["identity"]:
                raise input_error(
                    str(folder), "The folder holds another run, which would be lost.", "Choose another --out."
                )
            return
        # what a killed run left of its first file is no reason to refuse
        if folder.exists() and any(not file.name.startswith(f".{RUN_FILE}.") for file in folder.iterdir()):
            raise input_error(str(folder), "The folder is not empty and holds no run.", "Choose another --out.")
        self._write_status("running")

    def load(self, plan: Plan, count: int) -> dict[int, pd.DataFrame]:
        """Chunks that are already there and whole; a damaged or an older one is simulated again."""
        found, needed = {}, {*plan.outputs, *peak_columns(plan)}
        for i in range(count):
            table = read_chunk(self._chunk(i), plan.subjects.keys(i * CHUNK, (i + 1) * CHUNK))
            if table is not None and needed <= set(table):
                found[i] = table
        return found

    def save(self, i: int, table: pd.DataFrame) -> None:
        """Keep one finished chunk."""
        _write_table(self._chunk(i), table)

    def complete(self, run: Run) -> None:
        """Write the tables of the finished run."""
        for name in TABLES:
            _write_table(self.folder / f"{name}.parquet", getattr(run, name))
        self._write_status(COMPLETE)

    def _chunk(self, i: int) -> Path:
        return chunk_path(self.folder, i)

    def _write_status(self, status: str) -> None:
        content = json.dumps({"status": status, **self._provenance}, indent=2)
        write_atomically(self.folder / RUN_FILE, content + "\n")


def chunk_path(folder: Path, i: int) -> Path:
    """Where a finished chunk of a run lies."""
    return folder / "chunks" / f"{i:05d}.parquet"


def _write_table(path: Path, table: pd.DataFrame) -> None:
    buffer = io.BytesIO()
    table.to_parquet(buffer, index=False, write_page_checksum=True)
    write_atomically(path, buffer.getvalue())


def read_chunk(path: Path, keys: list[str]) -> pd.DataFrame | None:
    """The table of a chunk if it is there, undamaged and of these subjects."""
    try:
        table = pd.read_parquet(path, page_checksum_verification=True)
        return table if table["key"].unique().tolist() == keys else None
    except Exception:  # what a damaged file raises depends on its bytes
        return None


def _collect(plan: Plan, results: list[pd.DataFrame], folder: Path | None, provenance: dict[str, Any]) -> Run:
    everything = pd.concat(results, ignore_index=True)
    info = plan.subjects.table()
    described = everything.groupby("key", sort=False)[["body_weight", "status", "reason"]].first().reset_index()
    subjects = info.merge(described, on="key")
    rows = info.merge(everything.drop(columns=["body_weight", "status", "reason"]), on="key")
    kept = ["key", "arm", "number", "time", *plan.outputs]
    animals = rows.loc[rows["role"] == "animal", kept].rename(columns={"key": "subject"})
    others = rows[rows["role"] != "animal"]
    deaths = None
    if CUMULATIVE_HAZARD in plan.outputs:
        deaths = death_times(animals, plan.settings.seed)
        animals = without_the_dead(animals, deaths, plan.outputs)
        subjects["death"] = subjects["key"].map(deaths)
    return Run(
        plan,
        folder,
        provenance,
        subjects,
        animals[animals["number"] <= COURSES_PER_ARM].reset_index(drop=True),
        endpoints_of(plan, animals, deaths),
        worlds_of(plan, others),
        fates_of(plan, others),
    )


def endpoints_of(plan: Plan, animals: pd.DataFrame, deaths: pd.Series[float] | None) -> pd.DataFrame:
    """The endpoints of animals, as `Run.endpoints`."""
    parts = []
    for label, read_out, time in plan.subjects[0].endpoints:
        at = animals[animals["time"] == time]
        part = at[["subject", "arm"]].assign(endpoint=label, time=time, true=at[read_out])
        if read_out == SURVIVAL and deaths is not None:
            part["measured"] = (part["subject"].map(deaths) > time).astype(float)
            parts.append(part)
            continue
        factors = [error_factor(read_out, stream(plan.settings.seed, "assay", label, s)) for s in part["subject"]]
        part["measured"] = part["true"] * np.asarray(factors, float)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)
