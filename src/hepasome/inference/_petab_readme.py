"""The page that lies beside PEtab problems: what is in them, and where they say something else than hepasome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp

from hepasome.inference._calibration import Calibration
from hepasome.inference._petab_model import PetabModel
from hepasome.inference._petab_priors import PetabPrior
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
        f"PEtab 1 problems, written by `hepasome calibrate {calibration.id} --petab`. Time is in hours.",
        _files(models),
        _likelihood(constant),
        _integrals(calibration, target),
        _priors(target, priors),
        "\n".join(["## Notes", "", *(f"- {note}" for note in calibration.notes)]) if calibration.notes else "",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _files(models: Sequence[PetabModel]) -> str:
    lines = [
        f"- `{model.name}/problem.yaml`: {len(model.places)} measurements, "
        f"{len(model.conditions)} {'condition' if len(model.conditions) == 1 else 'conditions'}, "
        f"{len(model.calibrated)} parameters of the model and two of the noise"
        for model in models
    ]
    if len(models) > 1:
        lines += [
            "- `problem.yaml`: all of these together, as one YAML file with several problems and one parameter table",
            "",
            "PEtab 1 has one model per problem, and many programs open no file with several. The calibration is the sum of"
            " the log-likelihoods of all folders and one prior: two folders that are fitted apart count the prior of what"
            " they share twice, and find two values of it.",
        ]
    return "\n".join(["## Files", "", *lines])


def _likelihood(constant: float) -> str:
    return f"""## Likelihood

What is given at time 0 is in the initial assignments of the model: a parameter `dose_STATE_N` is the amount, and where
conditions differ it is a column of `conditions.tsv`. What is given later is an event. Nothing else has to be done.

A measurement has the logarithm of its observable as its mean. Its variance is `noiseParameter1`, the errors that were
published or are known, plus `noiseParameter2` times the variance between animals, plus the variance of what the model
misses. Both are estimated. An arithmetic mean lies above the typical animal by `between_animals`^2 / 2 on that scale.

PEtab counts the density of the measurement, hepasome that of its logarithm without the constant: at the same
parameters the log-likelihood of all problems together is lower by {constant:.10g} than that which hepasome samples.

hepasome reads nothing below 1e-12 off a model; the formulas here have no such floor."""


def _integrals(calibration: Calibration, target: Target) -> str:
    of_course = {
        datum.observation.endpoint: observable_of(calibration, datum).time_course
        for datum in target.data
        if observable_of(calibration, datum).time_course != "value"
    }
    if not of_course:
        return ""
    listed = ", ".join(f"`{name}` ({kind.replace('_', ' ')})" for name, kind in sorted(of_course.items()))
    return (
        "## Integrals\n\n"
        f"{listed}: the model here has a state for each integral over time, `area_under_...` and `moment_of_...`. hepasome"
        " adds up 200 points of the course instead."
    )


def _priors(target: Target, priors: Mapping[str, PetabPrior]) -> str:
    rows = {name.replace("/", "_"): row for name, row in target.rows.items()}
    lines = [
        "## Priors",
        "",
        "hepasome's priors are in two pieces: 5 %, median and 95 % are each as in this table. PEtab 1 has no such"
        " distribution. Here stands the normal distribution with the same 5 % and 95 %, of the logarithm (log) or of the"
        " value (lin). Its median is another, and `away` is how far: the largest difference of the cumulative"
        " probability. A share has a logit scale in hepasome and takes here the scale that fits better. The nominal value"
        " is hepasome's median. Bounds are at four standard deviations.",
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
    lines.append(f"| `between_animals` | log SD | {low:.3g} | {(low * high) ** 0.5:.3g} | {high:.3g} | log | same | 0 |")
    lines += [
        "",
        "`model_discrepancy` (log SD) has half a normal distribution: the other half lies below its lower bound, 0.",
    ]
    return "\n".join(lines)


def _median(prior: PetabPrior) -> float:
    return exp(prior.mean) if prior.scale == "log" else prior.mean
