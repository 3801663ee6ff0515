"""Antimony text -> flat SBML Level 3 with the values and units of the tables and the read-outs of the whole model."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import antimony
import libsbml

from hepasome.biology._assembly import MODEL, Structure, antimony_text, instances
from hepasome.biology._tables import FOLDER, parameters, read_outs, variables
from hepasome.biology._units import define_units, sbml_unit


@cache
def model_sbml(structure: Structure) -> str:
    """The flat SBML of a structure, with central parameter values.

    Units inside of sub-models clash when Antimony flattens them, so they are attached here, from the tables.

    Raises:
        RuntimeError: If Antimony refuses the modules, or a symbol of the model has no row in any table.
    """
    document = libsbml.readSBMLFromString(_flat(structure))
    model = document.getModel()
    define_units(model)
    for compartment in model.getListOfCompartments():
        compartment.setUnits("millilitre")
        compartment.setConstant(True)
    for species in model.getListOfSpecies():
        species.setSubstanceUnits("item")
    _add_read_outs(model, structure)
    _attach_values(model, structure)
    for node in _formulas(model):
        _numbers_are_dimensionless(node)
    return str(libsbml.writeSBMLToString(document))


def unit_findings(sbml: str) -> list[str]:
    """Everything libSBML's checkers say about a model, units included; empty if consistent."""
    document = libsbml.readSBMLFromString(sbml)
    document.setConsistencyChecks(libsbml.LIBSBML_CAT_UNITS_CONSISTENCY, True)
    document.checkConsistency()
    document.checkInternalConsistency()
    errors = (document.getError(i) for i in range(document.getNumErrors()))
    return [f"{error.getSeverityAsString()} {error.getErrorId()}: {error.getMessage().strip()}" for error in errors]


def _flat(structure: Structure) -> str:
    antimony.clearPreviousLoads()
    antimony.addDirectory(str(FOLDER / "modules"))
    if antimony.loadAntimonyString(antimony_text(structure)) < 0:
        raise RuntimeError(f"Antimony cannot read the modules: {antimony.getLastError()}")
    return str(antimony.getSBMLString(MODEL))


def _add_read_outs(model: libsbml.Model, structure: Structure) -> None:
    for row in read_outs(cells=structure.cells):
        if row.over_zones == "body":
            formula = f"body_{row.module}_{row.symbol}"
        else:
            total = " + ".join(f"zone{i + 1}_{row.module}_{row.symbol}" for i in range(structure.zones))
            formula = f"({total})/{structure.zones}" if row.over_zones == "mean" else total
        parameter = model.createParameter()
        parameter.setId(row.read_out)
        parameter.setName(row.meaning)
        parameter.setConstant(False)
        parameter.setUnits(sbml_unit(row.unit))
        rule = model.createAssignmentRule()
        rule.setVariable(row.read_out)
        rule.setMath(libsbml.parseL3Formula(formula))


def _attach_values(model: libsbml.Model, structure: Structure) -> None:
    table = parameters(structure.species)
    by_id = {
        f"{instance}_{row.symbol}": row
        for instance, module in instances(structure).items()
        for row in variables()
        if row.module == module
    }
    names = {row.read_out for row in read_outs(cells=structure.cells)}
    missing = []
    for parameter in model.getListOfParameters():
        name = parameter.getId()
        if name in table:
            parameter.setUnits(sbml_unit(table[name].unit))
            parameter.setName(table[name].meaning)
            parameter.setValue(1 / structure.zones if name == "zone_share" else table[name].value)
            parameter.setConstant(True)
        elif name in by_id:
            parameter.setUnits(sbml_unit(by_id[name].unit))
            parameter.setName(by_id[name].meaning)
        elif name not in names:
            missing.append(name)
    for species in model.getListOfSpecies():
        row = by_id.get(species.getId())
        if row is None:
            missing.append(species.getId())
        else:
            species.setName(row.meaning)
    if missing:
        raise RuntimeError(f"These symbols have no row in any table: {', '.join(missing)}")


def _formulas(model: libsbml.Model) -> Iterator[libsbml.ASTNode]:
    for reaction in model.getListOfReactions():
        yield reaction.getKineticLaw().getMath()
    for rule in model.getListOfRules():
        yield rule.getMath()
    for assignment in model.getListOfInitialAssignments():
        yield assignment.getMath()
    for function in model.getListOfFunctionDefinitions():
        yield function.getMath()


def _numbers_are_dimensionless(node: libsbml.ASTNode) -> None:
    if node.isNumber():
        node.setUnits("dimensionless")
    for i in range(node.getNumChildren()):
        _numbers_are_dimensionless(node.getChild(i))
