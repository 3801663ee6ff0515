"""What an effect depends on: shares of its variance by groups of what is not known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hepasome.files import input_error
from hepasome.inference._knockouts import NEGLIGIBLE, arms_to_explain, endpoint_labels
from hepasome.inference._sobol import sobol_indices, sobol_points
from hepasome.inference._typical import endpoint_values
from hepasome.trial import Progress, Run, Unknowns, main_arm

SAMPLES = 512
_MOST_SAMPLES = 65_536
_BLOCK = 16  # base samples that are simulated together
_WIDE = 0.2  # half of an interval; with more an index says little
_BEYOND_ONE = 0.1  # by which the first-order indices may add up to more than one

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Sensitivity:
    """What the effects of one arm depend on.

    Attributes:
        run: The run.
        arm: The treated arm.
        samples: Base samples.
        table: One row per endpoint and group: arm, endpoint, group, unknowns (how many), first, first_error, total,
            total_error (indices with half of their 95 % intervals; NaN where they would mean nothing).
        effects: One row per endpoint: arm, endpoint, change, low, high (median, 5 % and 95 % over the samples, percent
            of the control arm), used (base samples), note.
        left_out: What was not varied, as a sentence.
    """

    run: Run
    arm: str
    samples: int
    table: pd.DataFrame
    effects: pd.DataFrame
    left_out: str


def sensitivity(
    run: Run,
    *,
    arm: str | None = None,
    endpoint: str | None = None,
    samples: int = SAMPLES,
    workers: int = 2,
    on_progress: Progress | None = None,
) -> Sensitivity:
    """Sobol' indices of the log effect of an arm against the control, in the typical subject.

    Parameters vary by their two-piece quantiles, numbers of the product too, and details that the study leaves open are
    drawn anew. Each group varies as a whole, independently of the others.

    Args:
        run: A run, simulated or read back.
        arm: Which treated arm; None for the one that most claims are about.
        endpoint: Which endpoint; None for all, from the same simulations.
        samples: Base samples, a power of two; each takes two subjects for every group and four beside.
        workers: Threads.
        on_progress: Called with the subjects done and all subjects.

    Raises:
        InputError: If there is no such arm or endpoint, or the samples are no power of two.
    """
    arms, labels = arms_to_explain(run, arm), endpoint_labels(run, endpoint)
    most = main_arm(run.study)
    arm = most if most in arms else arms[0]
    check_samples(samples)
    unknowns, seed = Unknowns(run.plan, arm), run.plan.settings.seed
    groups = {group: len(names) for group, names in unknowns.groups.items()}
    if not groups:
        raise input_error(run.study.id, "Everything about this effect is known.", "There is nothing to vary.")
    effects = _log_effects(run, unknowns, sobol_points(groups, samples, seed), labels, workers, on_progress)
    found, summary = [], []
    for j, label in enumerate(labels):
        own = effects[:, j]
        indices = sobol_indices(groups, own, seed)
        change, note = _change(own), ""
        used = int(np.isfinite(own.reshape(samples, -1)).all(axis=1).sum())
        if max(map(abs, change[1:])) < NEGLIGIBLE or indices["first"].isna().all():
            indices[["first", "first_error", "total", "total_error"]] = np.nan
            note = f"The effect is below {NEGLIGIBLE:g} % in 9 of 10 samples: indices of it would mean nothing."
            if np.isnan(change[0]):
                note = "No sample has a value of both arms above zero, of which an effect could be told."
        elif used < samples / 2:
            note = f"Only {used} of {samples} base samples could be used; what is said of them need not hold of all."
        else:
            note = _doubt(indices)
        found.append(indices.assign(arm=arm, endpoint=label, unknowns=list(groups.values())))
        summary.append([arm, label, *change, used, note])
    columns = ["arm", "endpoint", "group", "unknowns", "first", "first_error", "total", "total_error"]
    table = pd.concat(found, ignore_index=True)[columns]
    about = pd.DataFrame(summary, columns=["arm", "endpoint", "change", "low", "high", "used", "note"])
    return Sensitivity(run, arm, samples, table, about, _LEFT_OUT)


def check_samples(samples: int) -> None:
    """Refuse what is no number of base samples.

    Raises:
        InputError: If it is no power of two, or too many.
    """
    if not 2 <= samples <= _MOST_SAMPLES or samples & (samples - 1):
        problem = f"A Sobol' sequence needs a power of two, from 2 to {_MOST_SAMPLES:,}."
        raise input_error("--samples", problem, f"Write for example {SAMPLES}.", value=samples)


_LEFT_OUT = (
    "Parameters of the disease vary as far as calibrations on untreated animals left them open; those that were not "
    "calibrated stay at their centre, and how far they are known is not in these shares."
)


def _log_effects(
    run: Run,
    unknowns: Unknowns,
    points: Array,
    labels: tuple[str, ...],
    workers: int,
    on_progress: Progress | None,
) -> Array:
    """Log ratios of treated and control, shape (points, labels); NaN where there is none."""
    block = _BLOCK * (len(unknowns.groups) + 2)
    total, effects = 2 * len(points), []
    for start in range(0, len(points), block):
        places = range(start, min(start + block, len(points)))
        pairs = [unknowns.subjects(i, points[i].tolist()) for i in places]
        subjects = [one for pair in pairs for one in pair]
        on_done = _after(2 * start, total, on_progress)
        values = endpoint_values(run.plan.model, subjects, labels, workers, on_done)
        ratio = np.full((len(places), len(labels)), np.nan)
        np.divide(values[::2], values[1::2], out=ratio, where=(values[::2] > 0) & (values[1::2] > 0))
        effects.append(np.log(ratio))
    return np.concatenate(effects)


def _after(before: int, total: int, on_progress: Progress | None) -> Callable[[int, int], None] | None:
    """Progress of a block, as progress of the whole."""
    if on_progress is None:
        return None
    return lambda done, _: on_progress(before + done, total)


def _change(effects: Array) -> tuple[float, float, float]:
    there = effects[np.isfinite(effects)]
    if not len(there):
        return np.nan, np.nan, np.nan
    middle, low, high = (100 * float(np.expm1(x)) for x in np.percentile(there, [50, 5, 95]))
    return middle, low, high


def _doubt(indices: pd.DataFrame) -> str:
    """Why the indices are not to be trusted yet; empty if they may be."""
    first, total = indices["first"], indices["total"]
    reasons = []
    if first.sum() > 1 + _BEYOND_ONE:
        reasons.append(f"the first-order indices add up to {first.sum():.2f}")
    if (total + indices["total_error"] < first - indices["first_error"]).any():
        reasons.append("a total index lies below its first-order index")
    if total.max() > 1 + _BEYOND_ONE:
        reasons.append(f"a total index is {total.max():.2f}")
    wide = indices[["first_error", "total_error"]].max().max()
    if wide > _WIDE:
        reasons.append(f"an interval is ±{wide:.2f} wide")
    return f"Use more samples: {', and '.join(reasons)}." if reasons else ""
