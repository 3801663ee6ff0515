"""Everything that is wrong with the model of one disease, in one reading."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hepasome.biology._assembly import Structure, instances
from hepasome.biology._diseases import disease_model
from hepasome.biology._sbml import model_sbml, unit_findings
from hepasome.files import Finding

_FORMULA = re.compile(r"[Tt]he formula '(.*?)' in")
_VARIABLE = re.compile(r"variable '(\w+)'")
_TWO_UNITS = re.compile(r"Expected units are (.*?) but the units returned.*? are (.*?)\.\s*$", re.DOTALL)
_UNIT = re.compile(r"(\w+) \(exponent = (-?\d+), multiplier = ([-+\d.e]+), scale = (-?\d+)\)")


def model_findings(disease: str) -> list[Finding]:
    """What is wrong with the units of a disease's model, in each of its species; empty if it holds.

    Raises:
        InputError: If a file of the model does not hold at all, so that there is no model to look at.
    """
    found: dict[Finding, None] = {}
    for species in disease_model(disease).species:
        structure = Structure(species, disease=disease)
        for message in unit_findings(model_sbml(structure)):
            found |= dict.fromkeys(_sentences(message, structure))
    return list(found)


def _sentences(message: str, structure: Structure) -> Iterator[Finding]:
    file, remedy = f"biology/diseases/{structure.disease}.yaml", "Check the units in variables/ and parameters/."
    formula, variable = _FORMULA.search(message), _VARIABLE.search(message)
    if formula is not None:
        yield Finding(file, f"Units do not fit in `{formula[1]}`.", remedy)
    elif variable is not None:
        units = _TWO_UNITS.search(message)
        said = "" if units is None else f": its row says {_plain(units[1])}, its formula gives {_plain(units[2])}"
        name = variable[1]
        instance = next((i for i in instances(structure) if name.startswith(f"{i}_")), "")
        place = f"{instance}.{name.removeprefix(f'{instance}_')}" if instance else name
        yield Finding(file, f"The unit of `{place}` does not fit its formula{said}.", remedy)
    else:
        yield Finding(file, " ".join(message.split()), remedy)


def _plain(units: str) -> str:
    """Units as libSBML writes them, for people."""
    parts = [
        f"{float(multiplier) * 10 ** int(scale):g} {kind}{'' if exponent == '1' else f'^{exponent}'}"
        for kind, exponent, multiplier, scale in _UNIT.findall(units)
    ]
    return " x ".join(part.removeprefix("1 ") for part in parts) or " ".join(units.split())
