"""Workloads of published models that others wrote, read from installed packages and never copied."""

from __future__ import annotations

import importlib.metadata
import importlib.util
from typing import NamedTuple

import libsbml
import numpy as np

from hepasome.bench._sbml import compartment_sizes
from hepasome.bench._work import OUTPUTS, Workload
from hepasome.engine import Model

_RELATIVE, _ABSOLUTE = 1e-6, 1e-9  # absolute in concentration


class Published(NamedTuple):
    """A published model.

    Attributes:
        title: For tables.
        citation: Where it was published.
        file: COPASI file in the package `basico`.
        end: Simulated time in the model's unit, as the file itself says.
        spread: Standard deviation of the logarithm of every parameter between subjects.
    """

    title: str
    citation: str
    file: str
    end: float
    spread: float = 0.3


PUBLISHED = {
    "nf-kappa-b": Published(
        "NF-kappaB, Nelson 2004",
        "Nelson 2004 Science 306:704, after Hoffmann 2002 Science 298:1241",
        "NF-kappaB.cps",
        21_600.0,
    ),
    "mapk": Published(
        "MAPK cascade, Huang 1996",
        "Huang and Ferrell 1996 Proc Natl Acad Sci USA 93:10078 (BIOMD0000000009)",
        "MAPK-HF96-layout.cps",
        100.0,
    ),
    "glycolysis": Published(
        "yeast glycolysis, Pritchard 2002",
        "Pritchard and Kell 2002 Eur J Biochem 269:3894, after Teusink 2000 Eur J Biochem 267:5313",
        "YeastGlycolysis.cps",
        2.0,
        0.05,  # with more, some subjects consume ATP faster than they make it and cannot be simulated
    ),
}
_PACKAGE = "copasi-basico"


def why_unavailable() -> str:
    """Why the published models cannot be read here, as a sentence; empty if they can."""
    found = all(importlib.util.find_spec(module) is not None for module in ("COPASI", "basico"))
    return "" if found else f"Not installed: pip install {_PACKAGE}"


def published_workload(name: str, subjects: int, seed: int = 1) -> Workload:
    """A workload of a published model: every positive parameter varied log-normally, exponents left alone.

    Args:
        name: Key of `PUBLISHED`.
        subjects: How many different subjects.
        seed: Seed of the variation.
    """
    published = PUBLISHED[name]
    sbml = _read(published.file)
    model = Model(sbml)
    document = libsbml.readSBMLFromString(sbml)
    sizes = compartment_sizes(document, model.states)
    central = _varied(document.getModel(), model.parameters)
    deviates = np.random.default_rng(seed).standard_normal((subjects, len(central)))
    package = f"{_PACKAGE} {importlib.metadata.version(_PACKAGE)}, {published.file}"
    return Workload(
        name,
        published.title,
        f"{published.citation}; {package}",
        sbml,
        tuple(central),
        np.array(list(central.values())) * np.exp(published.spread * deviates),
        (),
        np.linspace(0.0, published.end, OUTPUTS),
        model.states,
        sizes,
        _RELATIVE,
        _ABSOLUTE * sizes,
    )


def _read(file: str) -> str:
    """The model of a COPASI file as SBML in which the parameters of reactions are those of the model."""
    import COPASI  # only who simulates published models needs it

    data = COPASI.CRootContainer.addDatamodel()
    path = importlib.metadata.distribution(_PACKAGE).locate_file(f"basico/data/{file}")
    if not data.loadModel(str(path)):
        raise RuntimeError(f"COPASI cannot read {file} of {_PACKAGE}.")
    document = libsbml.readSBMLFromString(data.exportSBMLToString())
    COPASI.CRootContainer.removeDatamodel(data)
    options = libsbml.ConversionProperties()
    options.addOption("promoteLocalParameters", True)
    document.convert(options)
    return str(libsbml.writeSBMLToString(document))


def _varied(model: libsbml.Model, settable: tuple[str, ...]) -> dict[str, float]:
    exponents = set().union(*(_exponents(node) for node in _formulas(model)))
    values = {name: model.getParameter(name).getValue() for name in settable}
    return {name: value for name, value in values.items() if value > 0 and name not in exponents}


def _formulas(model: libsbml.Model) -> list[libsbml.ASTNode]:
    laws = [reaction.getKineticLaw() for reaction in model.getListOfReactions()]
    # a formula of a function is looked at with its arguments put in
    formulas = [law.getMath().deepCopy() for law in laws] + [rule.getMath() for rule in model.getListOfRules()]
    for node in formulas:
        for function in model.getListOfFunctionDefinitions():
            libsbml.SBMLTransforms.replaceFD(node, function)
    return formulas


def _exponents(node: libsbml.ASTNode) -> set[str]:
    """Names in exponents: with another one the model would be another model."""
    parts = [node.getChild(i) for i in range(node.getNumChildren())]
    is_power = node.getType() in (libsbml.AST_POWER, libsbml.AST_FUNCTION_POWER)
    found = _names(parts[1]) if is_power else set()
    return found.union(*(_exponents(part) for part in parts))


def _names(node: libsbml.ASTNode) -> set[str]:
    own = {node.getName()} if node.isName() else set()
    return own.union(*(_names(node.getChild(i)) for i in range(node.getNumChildren())))
