"""Gradients: their time in units of one trajectory, and their error."""

from __future__ import annotations

from typing import Any

import numpy as np

from hepasome.bench._contenders import BASELINE, COMPILED, Entry
from hepasome.bench._effort import Bench
from hepasome.bench._errors import gradient_error
from hepasome.bench._process import ContenderFailed
from hepasome.bench._report import Row
from hepasome.bench._work import Array, Workload

_STEP = 1e-3  # of the logarithm of a parameter, for differences
_REFERENCE_STEP = 1e-3
_REFERENCE_TIGHT = 1e-5
_WHO = (COMPILED, BASELINE)


def measure_gradient(bench: Bench, workload: Workload) -> list[Row]:
    """Gradient of the distance between two subjects' trajectories, in the logarithms of some parameters.

    Its reference are central differences at two steps, extrapolated, of trajectories at tolerances 1e5 times as tight.
    """
    entries = [bench.entries[who] for who in _WHO if who in bench.entries]
    available = [entry for entry in entries if not entry.missing()]
    rows = [Row("gradient", workload.id, e.id, {}, e.missing()) for e in entries if e.missing()]
    moving = [i for i, spread in enumerate(np.ptp(workload.values, axis=0)) if spread > 0]
    places = moving[: bench.effort.gradient_parameters]
    loss, exact = None, None
    for entry in available:
        try:
            loss, exact = _reference(bench, workload, entry, places)
            break
        except ContenderFailed as failed:
            reason = f"No reference: {failed}"
    for entry in available:
        if loss is None or exact is None:
            rows.append(Row("gradient", workload.id, entry.id, {}, reason))
        else:
            rows.append(_row(bench, workload, entry, places, loss, exact))
    return rows


def _reference(bench: Bench, workload: Workload, entry: Entry, places: list[int]) -> tuple[dict[str, Any], Array]:
    bench.on_note(f"{workload.title}: reference of the gradient by {entry.name}")
    target = bench.folder / f"target-{workload.id}.npy"
    with bench.child(f"gradient-reference-{entry.id}") as child:
        bench.prepare(child, entry, workload.id, _REFERENCE_TIGHT)
        child.ask("simulate", bench.effort.timeout, first=1, count=1, keep=str(target))
        course = np.load(target)[0]
        np.save(target, course)
        scale = np.maximum(np.abs(course).max(axis=0), workload.absolute)
        loss = {"target": str(target), "scale": scale.tolist()}
        near, far = (
            np.array(child.ask("gradient", bench.effort.timeout, places=places, step=step, **loss)["values"])
            for step in (_REFERENCE_STEP, 2 * _REFERENCE_STEP)
        )
    return loss, (4 * near - far) / 3


def _row(bench: Bench, workload: Workload, entry: Entry, places: list[int], loss: dict[str, Any], exact: Array) -> Row:
    bench.on_note(f"{workload.title}: gradient in {len(places)} parameters by {entry.name}")
    try:
        with bench.child(f"gradient-{entry.id}") as child:
            bench.prepare(child, entry, workload.id)
            ask = {"places": places, "step": _STEP, **loss}
            child.ask("gradient", bench.effort.timeout, **ask)
            answer = child.ask("gradient", bench.effort.timeout, **ask)
    except ContenderFailed as failed:
        return Row("gradient", workload.id, entry.id, {}, str(failed))
    values = {
        "parameters": len(places),
        "ms": 1e3 * answer["seconds"],
        "alone": answer["seconds"] / answer["alone"],
        "shares": answer["seconds"] / answer["share"],
        "error": gradient_error(np.array(answer["values"]), exact),
    }
    return Row("gradient", workload.id, entry.id, values)
