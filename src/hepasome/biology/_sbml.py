"""Antimony text -> flat SBML Level 3 with the values and units of the tables and the read-outs of the whole model."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import antimony
import libsbml

from hepasome.biology._assembly import MODEL, Structure, antimony_text, instances, read_outs
from hepasome.biology._symbols import open_inputs, without_row
from hepasome.biology._tables import FOLDER, parameters, variables
from hepasome.biology._units import define_units, sbml_unit
from hepasome.files import input_error


@cache
def model_sbml(structure: Structure) -> str:
    """The flat SBML of a structure, with central parameter values.

    Units inside of sub-models clash when Antimony flattens them, so they are attached here, from the tables.

    Raises:
        InputError: If Antimony refuses the modules, or a symbol of the model has no row in any table.
    """
    document = libsbml.readSBMLFromString(_flat(structure))
    model = document.getModel()
    units = {row.unit for row in parameters(structure.species, structure.disease).values()}
    units |= {row.unit for row in variables()} | {row.unit for row in read_outs(structure)}
    define_units(model, units)
    for compartment in model.getListOfCompartments():
        compartment.setUnits(sbml_unit("mL"))
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
        said = " ".join(str(antimony.getLastError()).split())
        remedy = "Look for a missing `;`, bracket or operator in the line that it names."
        raise input_error("biology/modules", f"Antimony cannot read the modules. It says: {said}", remedy)
    return str(antimony.getSBMLString(MODEL))


def _add_read_outs(model: libsbml.Model, structure: Structure) -> None:
    for row in read_outs(structure):
        if row.over_zones == "body":
            formula = f"body_{row.instance}_{row.symbol}"
        else:
            total = " + ".join(f"{zone}_{row.instance}_{row.symbol}" for zone in structure.zone_names)
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
    table = parameters(structure.species, structure.disease)
    modules = instances(structure)
    by_id = {
        f"{instance}_{row.symbol}": row
        for instance, module in modules.items()
        for row in variables()
        if row.module == module
    }
    names = {row.read_out for row in read_outs(structure)}
    ruled = {rule.getVariable() for rule in model.getListOfRules()}
    missing, given_by_nothing = [], []
    for parameter in model.getListOfParameters():
        name = parameter.getId()
        if name in table:
            parameter.setUnits(sbml_unit(table[name].unit))
            parameter.setName(table[name].meaning)
            parameter.setValue(1 / structure.zones if name == "zone_share" else table[name].value)
            parameter.setConstant(True)
        elif name in by_id:
            row = by_id[name]
            parameter.setUnits(sbml_unit(row.unit))
            parameter.setName(row.meaning)
            if row.kind == "input" and name not in ruled:
                if row.default is None:
                    given_by_nothing.append(name)
                else:
                    parameter.setValue(row.default)
                    parameter.setConstant(True)
        elif name not in names:
            missing.append(name)
    for species in model.getListOfSpecies():
        if species.getId() in by_id:
            species.setName(by_id[species.getId()].meaning)
        else:
            missing.append(species.getId())
    if missing:
        raise without_row(missing, modules, structure.species)
    if given_by_nothing:
        raise open_inputs(given_by_nothing, modules)


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
