"""Workloads of published models that others wrote, read from installed packages and never copied."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path
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
        file: COPASI or SBML file in the package.
        end: Simulated time in the model's unit, as the file itself says.
        spread: Standard deviation of the logarithm of every parameter between subjects.
        package: Package that ships the file.
    """

    title: str
    citation: str
    file: str
    end: float
    spread: float = 0.3
    package: str = "copasi-basico"


PUBLISHED = {
    "nf-kappa-b": Published(
        "NF-kappaB, Nelson 2004",
        "Nelson 2004 Science 306:704, after Hoffmann 2002 Science 298:1241",
        "basico/data/NF-kappaB.cps",
        21_600.0,
    ),
    "mapk": Published(
        "MAPK cascade, Huang 1996",
        "Huang and Ferrell 1996 Proc Natl Acad Sci USA 93:10078 (BIOMD0000000009)",
        "basico/data/MAPK-HF96-layout.cps",
        100.0,
    ),
    "glycolysis": Published(
        "yeast glycolysis, Pritchard 2002",
        "Pritchard and Kell 2002 Eur J Biochem 269:3894, after Teusink 2000 Eur J Biochem 267:5313",
        "basico/data/YeastGlycolysis.cps",
        2.0,
        0.05,  # with more, some subjects consume ATP faster than they make it and cannot be simulated
    ),
    "circadian": Published(
        "circadian clock, Leloup 1999",
        "Leloup and Goldbeter 1999 J Theor Biol 198:445",
        "basico/data/CircadianClock.cps",
        96.0,
        0.1,  # with more, the smallest errors decide between the rhythms of some subjects
    ),
    "peroxidase": Published(
        "peroxidase oscillations, Olsen 2003",
        "Olsen, Hauser and Kummer 2003 Eur J Biochem 270:2796",
        "basico/data/Olsen2003_peroxidase.cps",
        2_000.0,
        0.1,
    ),
    "repressilator": Published(
        "repressilator, Elowitz 2000",
        "Elowitz and Leibler 2000 Nature 403:335 (BIOMD0000000012)",
        "pysces/pscmodels/pysces_test_BIOMD012.xml",
        100.0,
        0.1,
        "pysces",
    ),
    "sodium-channel": Published(
        "cardiac sodium channel, Clancy 2002",
        "Clancy and Rudy 2002 Circulation 105:1208 (BIOMD0000000126)",
        "pysces/pscmodels/pysces_test_BIOMD126.xml",
        100.0,
        package="pysces",
    ),
}


def why_unavailable(name: str) -> str:
    """Why a published model cannot be read here, as a sentence; empty if it can."""
    package = PUBLISHED[name].package
    try:
        importlib.metadata.distribution(package)
    except importlib.metadata.PackageNotFoundError:
        return f"Not installed: pip install {package}"
    return ""


def published_workload(name: str, subjects: int, seed: int = 1) -> Workload:
    """A workload of a published model: every positive parameter varied log-normally, exponents left alone.

    Args:
        name: Key of `PUBLISHED`.
        subjects: How many different subjects.
        seed: Seed of the variation.
    """
    published = PUBLISHED[name]
    sbml = _read(published)
    model = Model(sbml)
    document = libsbml.readSBMLFromString(sbml)
    sizes = compartment_sizes(document, model.states)
    central = _varied(document.getModel(), model.parameters)
    deviates = np.random.default_rng(seed).standard_normal((subjects, len(central)))
    package = f"{published.package} {importlib.metadata.version(published.package)}, {published.file}"
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


def _read(published: Published) -> str:
    """The model as SBML in which the parameters of reactions are those of the model."""
    path = str(importlib.metadata.distribution(published.package).locate_file(published.file))
    document = libsbml.readSBMLFromString(_exported(path) if path.endswith(".cps") else Path(path).read_text("utf-8"))
    options = libsbml.ConversionProperties()
    options.addOption("promoteLocalParameters", True)
    document.convert(options)
    return str(libsbml.writeSBMLToString(document))


def _exported(path: str) -> str:
    """The model of a COPASI file as SBML."""
    import COPASI  # only who simulates these models needs it

    data = COPASI.CRootContainer.addDatamodel()
    if not data.loadModel(path):
        raise RuntimeError(f"COPASI cannot read {path}.")
    sbml = str(data.exportSBMLToString())
    COPASI.CRootContainer.removeDatamodel(data)
    return sbml


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
