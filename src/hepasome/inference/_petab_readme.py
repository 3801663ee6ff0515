"""The page that lies beside PEtab problems: what is in them, and where they say something else than hepasome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp

from hepasome.inference._calibration import Calibration, Remaining
from hepasome.inference._petab_model import PetabModel
from hepasome.inference._petab_priors import PetabPrior, parameter_id
from hepasome.inference._simulated import observable_of
from hepasome.inference._target import Target


def readme(
    calibration: Calibration,
    target: Target,
    models: Sequence[PetabModel],
    priors: Mapping[str, PetabPrior],
    constant: float,
) -> str:
    """Markdown.

    Args:
        calibration: What was written.
        target: Its priors and data.
        models: Its models.
        priors: Of every estimated parameter, by the name that it has in the problems.
        constant: What no parameter changes between the two log-likelihoods.
    """
    parts = [
        f"# {calibration.id}: {calibration.title}",
        f"A PEtab problem, version 1, by `hepasome calibrate {calibration.id} --petab FOLDER`. Time is in hours.",
        _files(models),
        _likelihood(target, constant),
        _integrals(calibration, target),
        _priors(target, priors),
        "\n".join(["## Notes", "", *(f"- {note}" for note in calibration.notes)]) if calibration.notes else "",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _files(models: Sequence[PetabModel]) -> str:
    if len(models) == 1:
        return f"## Files\n\n`problem.yaml` and what it names: {_content(models[0])}."
    lines = [f"- `{model.name}/problem.yaml`: {_content(model)}" for model in models]
    return "\n".join(
        [
            "## Files",
            "",
            "`problem.yaml` has all models with one parameter table. Many programs read the first model of such a file"
            " only, so each stands in a folder of its own too:",
            "",
            *lines,
            "",
            "The log-likelihood of the calibration is the sum of theirs, its prior is there once. Folders that are"
            " fitted apart count the prior of what they share twice, and find two values of it.",
        ]
    )


def _content(model: PetabModel) -> str:
    conditions = "1 condition" if len(model.conditions) == 1 else f"{len(model.conditions)} conditions"
    parameters = f"{len(model.calibrated)} parameters of the model and two of the errors"
    return f"{len(model.places)} measurements, {conditions}, {parameters}"


def _likelihood(target: Target, constant: float) -> str:
    weak = [f"`{datum.observation.id}`" for datum in target.data if datum.down_weighted]
    which = "all of them" if len(weak) == len(target.data) else ", ".join(weak)
    counted_less = (
        "\n\nWithout a spread or a number of animals an observation counts with twice the error, so that both of its"
        f" noise parameters are four times as large: {which}."
    )
    return f"""## What is the same

What subjects are given at time 0 is in the initial assignments of the model: a parameter `dose_STATE_N` is the amount,
and where conditions differ in it, it is a column of `conditions.tsv`. What is given later is an event.

The logarithm of a measurement has that of its observable as its mean. Its variance is `noiseParameter1`, the errors
that were published or are known, plus `noiseParameter2` times the variance between animals (`between_animals`^2), plus
the variance of what the model misses (`model_discrepancy`^2). Both are estimated. An arithmetic mean lies above the
typical animal by `between_animals`^2 / 2 on that scale. Measurements with other errors are another observable
(`ALT_mean_2`).{counted_less if weak else ""}

## What differs

- PEtab counts the density of the measurement, hepasome that of its logarithm without a constant. At the same parameters
  the log-likelihood here is that of hepasome less {constant:.10g}.
- hepasome reads nothing below 1e-12 off a model; the formulas here have no such floor.
- PEtab 1 has no distribution in two pieces: see the priors.
- The posterior draws are not here. `hepasome calibrate` makes them, and says what was informed."""


def _integrals(calibration: Calibration, target: Target) -> str:
    """How endpoints are computed that need more of the course than its value at one time."""
    read = {datum.observation.endpoint: observable_of(calibration, datum) for datum in target.data}
    said = []
    of_course = {
        name: one.time_course
        for name, one in read.items()
        if not isinstance(one, Remaining) and one.time_course != "value"
    }
    if of_course:
        listed = ", ".join(f"`{name}` ({kind.replace('_', ' ')})" for name, kind in sorted(of_course.items()))
        said.append(
            f"{listed}: the model here has a state for each integral over time, `area_under_...` and `moment_of_...`."
            " hepasome adds up 200 points of the course instead."
        )
    for name, one in sorted(read.items()):
        if isinstance(one, Remaining):
            said.append(f"`{name}`: an event keeps `{one.of}` at {one.since:g} h as `earlier_{name}`.")
    return "\n\n".join(["## Courses", *said]) if said else ""


def _priors(target: Target, priors: Mapping[str, PetabPrior]) -> str:
    rows = {parameter_id(name): row for name, row in target.rows.items()}
    lines = [
        "## Priors",
        "",
        "hepasome's priors are in two pieces: 5 %, median and 95 % are each as in this table. PEtab 1 has no such"
        " distribution. Here stands the normal distribution with the same 5 % and 95 %, of the natural logarithm (log)"
        " or of the value (lin). Its median is another, and `away` is how far: the largest difference of the cumulative"
        " probability. A share has a logit scale in hepasome and takes here the scale that fits better. The nominal"
        " value is hepasome's median. Bounds are at four standard deviations.",
        "",
        "| parameter | unit | 5 % | median | 95 % | scale here | median here | away |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, row in rows.items():
        prior = priors.get(name)
        if prior is None:
            lines.append(f"| `{name}` | {row.unit} | | {row.value:.3g} | | not estimated: it has no interval | | |")
            continue
        middle = _median(prior)
        lines.append(
            f"| `{name}` | {row.unit} | {row.low:.3g} | {row.value:.3g} | {row.high:.3g} | {prior.scale} "
            f"| {middle:.3g} | {prior.away:.2f} |"
        )
    low, high = target.between
    lines.append(
        f"| `between_animals` | log SD | {low:.3g} | {(low * high) ** 0.5:.3g} | {high:.3g} | log | same | 0 |"
    )
    lines += [
        "",
        "`model_discrepancy` (log SD) has half a normal distribution: the other half lies below its lower bound, 0.",
    ]
    return "\n".join(lines)


def _median(prior: PetabPrior) -> float:
    return exp(prior.mean) if prior.scale == "log" else prior.mean
