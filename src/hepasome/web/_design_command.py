"""The command that says what a page of designs says."""

from __future__ import annotations

import shlex
from dataclasses import fields

from hepasome.design import Costs, Design, Regimen
from hepasome.files import Quantity


def design_command(study: str, asked: Design, regimen: Regimen | None, costs: Costs) -> str:
    """The command line as one writes it into a shell.

    Args:
        study: Id of the study, or path of its file.
        asked: The design.
        regimen: How the product is given; None for the study as it stands.
        costs: What the trial costs.
    """
    words = ["hepasome", "design", study]
    for field in fields(Design):
        value = getattr(asked, field.name)
        if value == field.default:
            continue
        if field.name == "within":
            words.append("--between")
        else:
            words += [f"--{field.name.replace('_', '-')}", str(value)]
    if regimen is not None or costs != Costs():
        words.append("--search")
    if regimen is not None:
        words += ["--dose", str(regimen.dose), "--route", regimen.route, "--times", str(regimen.times)]
        if regimen.every:
            words += ["--every", str(Quantity(regimen.every, "h"))]
    for option, value, default in (
        ("--animal-cost", costs.animal, 1.0),
        ("--product-cost", costs.product, 0.0),
    ):
        if value != default:
            words += [option, f"{value:g}"]
    return shlex.join(words)
