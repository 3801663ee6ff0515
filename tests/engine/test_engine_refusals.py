"""What cannot be simulated: models are refused by construct and element, subjects end with a status and a reason."""

import re

import antimony
import libsbml
import numpy as np
import pytest

from hepasome.engine import CompiledSimulator, Dose, EngineError, Model, Solver, Status, Subject, Switch

MATHML = '<math xmlns="http://www.w3.org/1998/Math/MathML">{}</math>'
DISTRIB = "http://www.sbml.org/sbml/level3/version1/distrib/version1"


def sbml(text):
    antimony.clearPreviousLoads()
    assert antimony.loadAntimonyString(f"model m()\n{text}\nend") >= 0, antimony.getLastError()
    return antimony.getSBMLString("m")


def changed(text, change):
    document = libsbml.readSBMLFromString(sbml(text))
    change(document)
    return libsbml.writeSBMLToString(document)


def algebraic(document):
    rule = document.getModel().createAlgebraicRule()
    rule.setMetaId("balance")
    rule.setMath(libsbml.parseL3Formula("x - y"))


def fast(document):
    document.setLevelAndVersion(3, 1, False)  # version 2 has no such attribute
    document.getModel().getReaction("binding").setFast(True)


def random_draw(document):
    document.enablePackage(DISTRIB, "distrib", True)
    document.setPackageRequired("distrib", True)
    symbol = '<csymbol encoding="text" definitionURL="http://www.sbml.org/sbml/symbols/distrib/normal"> n </csymbol>'
    draw = libsbml.readMathMLFromString(MATHML.format(f"<apply>{symbol}<cn> 0 </cn><cn> 1 </cn></apply>"))
    document.getModel().getRule(0).setMath(draw)


def without_value(text, parameter):
    return changed(text, lambda document: document.getModel().getParameter(parameter).unsetValue())


def simulated(text, subjects, times=(0.0, 1.0), outputs=("x",), solver=None):
    model = text if isinstance(text, Model) else Model(text)
    return CompiledSimulator(model, solver or Solver()).simulate_many(subjects, times, outputs)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (changed("x = 1; x' = -x; y = 1", algebraic), ["algebraic rule", "balance"]),
        (sbml("liver = 1; liver' = -delay(liver, 1)"), ["delay", "liver"]),
        (changed("species A = 1, B = 0; binding: A -> B; A", fast), ["fast reaction", "binding"]),
        (sbml("x = 1; x' = -x; rescue: at 1 after x < 0.5: x = 1"), ["event with a delay", "rescue"]),
        (sbml("x = 1; x' = -x; rescue: at x < 0.5, priority=x: x = 1"), ["priority", "rescue"]),
        (sbml("x = 1; x' = -x; p = 3; rescue: at x < 0.5, priority=p: x = 1"), ["priority", "rescue"]),
        (changed("bile = 1; bile' = -bile", random_draw), ["distrib function", "bile"]),
        (sbml("x = 1; x' = -x; rescue: at x == 0.5: x = 1"), ["event trigger", "rescue"]),
        (sbml("x = 1; x' = -x; f := factorial(x)"), ["factorial"]),
        (
            sbml("compartment c; c := p; p = 1; species S in c = 3; S -> ; S; grow: at time > 1: p = 2"),
            ["event grow", "size of c", "rule"],
        ),
        (sbml("k = 1; a := 2*k"), ["no states"]),
        (sbml("liver = 0; liver' = 1/liver"), ["not defined at the start", "rate of `liver`", "divided by zero"]),
        (sbml("a = 0; liver = 1/a; liver' = -liver"), ["not defined at the start", "initial value of `liver`"]),
        # every reference to nothing is an error of the model that its author has to see, not one of the program
        (sbml("x = 1; x' = -k*x; k = 1").replace("<ci> k </ci>", "<ci> lost </ci>"), ["lost"]),
        (
            sbml("x = 1; x' = -a*x; a := b; b := x").replace("<ci> x </ci>\n        </math>", "<ci> a </ci></math>"),
            ["cycle"],
        ),
        ("A model in words.", ["not valid SBML"]),
        ("", ["not valid SBML"]),
        (re.sub(r"<model.*</model>", "", sbml("x = 1; x' = -x"), flags=re.DOTALL), ["no model"]),
    ],
    ids=lambda given: given[0].split()[0] if isinstance(given, list) else "",
)
def test_a_model_is_refused_by_construct_and_element(text, words):
    with pytest.raises(EngineError) as refusal:
        CompiledSimulator(Model(text), Solver())
    assert [word for word in words if word not in str(refusal.value)] == []


def test_the_error_of_a_model_is_told_not_a_warning_that_stands_before_it():
    # an unknown package that need not be understood is a warning; a species without an id is an error
    head = 'xmlns:fancy="http://www.sbml.org/sbml/level3/version1/fancy/version1" fancy:required="false" level="3"'
    text = sbml("species A = 1, B = 0; A -> B; A").replace('level="3"', head, 1).replace('<species id="A"', "<species")
    with pytest.raises(EngineError, match="A Species object must have"):
        Model(text)


def test_a_dose_into_a_compartment_whose_size_follows_a_rule_is_refused():
    model = Model(sbml("compartment c; c := 1 + time; species S in c = 3; S -> ; S"))
    with pytest.raises(EngineError, match="compartment of `S` follows a rule"):
        simulated(model, [Subject("s", doses=(Dose(0.5, "S", 1.0),))], outputs=("S",))


def test_a_subject_brings_the_value_that_the_model_lacks_or_ends_with_a_reason():
    subjects = [Subject("without"), Subject("with", {"k": 2.0}), Subject("later", switches=(Switch(0.0, "k", 1.0),))]
    without, own, later = simulated(without_value("x = 1; x' = -k*x; k = 1", "k"), subjects)
    assert without.status is Status.NOT_FINITE
    assert len(without.values) == 0
    assert "`k`" in without.reason  # what the user has to give
    assert own.values[:, 0] == pytest.approx([1, np.exp(-2)], rel=1e-5)
    assert later.values[:, 0] == pytest.approx([1, np.exp(-1)], rel=1e-5)


def test_a_value_that_is_lacked_and_not_used_stops_nobody():
    (found,) = simulated(without_value("x = 1; x' = -x; k = 1", "k"), [Subject("s")])
    assert found.status is Status.COMPLETED


# model; the parameters of a subject that fails; how; the time it fails at, in exact arithmetic
FAILURES = {
    # 3000 oscillations of which each needs several steps
    "too many steps": ("x' = 1 + cos(w*time); x = 1; w = 1", {"w": 2e4}, Status.TOO_MANY_STEPS, (0.0, 1.0)),
    # x = 1/(1 - gt)
    "a pole": ("x' = g*x^2; x = 1; g = 0.1", {"g": 2.0}, None, (0.49, 0.51)),
    # exp(gt) is larger than the largest double, exp(709.8); the last step that stays below may be a long one
    "growth": ("x' = g*x; x = 1; g = 0.1", {"g": 900.0}, Status.NOT_FINITE, (0.7, 0.789)),
    "division by zero at the start": ("x' = -x/d; x = 1; d = 1", {"d": 0.0}, Status.NOT_FINITE, (0.0, 0.0)),
    # x = 1 + t passes a
    "a root of what becomes negative": (
        "x' = 1 + small*sqrt(a - x); x = 1; small = 1e-9; a = 9",
        {"a": 1.5},
        None,
        (0.49, 0.51),
    ),
    "events without end": (
        "x' = 1; x = 0; y = 0; on = 0; at x > 0.5 && on > 0: x = 0, y = 2; at y > 1: y = 0, x = 2",
        {"on": 1.0},
        Status.ENDLESS_EVENTS,
        (0.5, 0.5 + 1e-9),
    ),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_subject_that_fails_says_how_and_when_and_leaves_its_neighbours_alone(name):
    text, parameters, status, (earliest, latest) = FAILURES[name]
    model, solver = Model(sbml(text)), Solver(maximum_steps=2000)
    (own,) = parameters
    usual = CompiledSimulator(model, solver).description.parameters[own]
    others = [Subject(f"n{i}", {own: usual * (1 + 0.01 * i)}) for i in range(9)]
    alone = [simulated(model, [other], solver=solver)[0] for other in others]
    failing = [Subject("f", parameters)]
    for crowd in (failing + others, others + failing, others[:3] + failing * 4 + others[3:]):
        found = {trajectory.key: trajectory for trajectory in simulated(model, crowd, solver=solver)}
        failed = found.pop("f")
        assert failed.status is not Status.COMPLETED
        assert status in (None, failed.status)
        when = float(re.search(r"at time ([-+.e\d]*\d)", failed.reason)[1])
        assert earliest <= when <= latest
        assert np.isfinite(failed.values).all()
        for trajectory in alone:
            assert trajectory.status is Status.COMPLETED
            assert found[trajectory.key].values.tobytes() == trajectory.values.tobytes()


@pytest.mark.parametrize("name", ["a pole", "division by zero at the start"])
def test_the_reason_names_the_parameter_that_is_far_from_the_model(name):
    text, parameters, *_ = FAILURES[name]
    ((own, value),) = parameters.items()
    (failed,) = simulated(sbml(text), [Subject("f", parameters)])
    assert f"{own} = {value:.3g}" in failed.reason


def test_a_step_may_be_as_short_as_its_own_time_allows_however_far_the_end_is():
    # Robertson 1966; values at 4e10 from the CVODE user guide (cvRoberts_dns)
    robertson = "a' = -0.04*a + 1e4*b*c; b' = 0.04*a - 1e4*b*c - 3e7*b^2; c' = 3e7*b^2; a = 1; b = 0; c = 0"
    (found,) = simulated(sbml(robertson), [Subject("s")], (4e10, 1e12), ("a", "b", "c"), Solver(1e-8, 1e-14))
    assert found.status is Status.COMPLETED, found.reason
    assert found.values[0] == pytest.approx([5.2083e-08, 2.0833e-13, 1.0], rel=1e-3)


def test_a_dose_may_be_fast_though_the_course_is_long():
    # x' = -100 x^3 from 1000, so that x^-2 grows by 200 per time: the first 1e-8 decide, and a year of seconds follows
    subject = Subject("s", doses=(Dose(3.0, "x", 1e3),))
    (found,) = simulated(sbml("x = 0; x' = -100*x^3"), [subject], (3.0, 4.0, 3e7), ("x",), Solver(1e-8, 1e-12))
    assert found.status is Status.COMPLETED, found.reason
    exact = [(1e-6 + 200 * (t - 3)) ** -0.5 for t in (3.0, 4.0, 3e7)]
    assert found.values[:, 0] == pytest.approx(exact, rel=1e-6)
