"""From SBML to object code for one processor."""

from __future__ import annotations

import math

import llvmlite.binding as llvm

from hepasome.engine._description import Description
from hepasome.engine._driver import run_text
from hepasome.engine._driver_layout import Layout
from hepasome.engine._equations import Equations, equations_of
from hepasome.engine._graph import FOLD, Graph
from hepasome.engine._ir import declarations
from hepasome.engine._kernels import Kernels
from hepasome.engine._processor import Processor
from hepasome.engine._step import step_texts
from hepasome.engine._tableaux import METHODS, Method
from hepasome.engine._types import EngineError
from hepasome.engine._vector_math import LIBRARY, vector_math

_NEAREST_CACHE = 64 * 1024  # bytes; what a step works on must stay there, or twice the lanes gain nothing
_FEW_LANES = 4


def compile_model(sbml: str, method: str, processor: Processor) -> tuple[Description, bytes]:
    """Compile a model.

    Args:
        sbml: The model.
        method: Name of the integration method.
        processor: What to compile for; it need not be the one of this machine.

    Returns:
        Names and places, and the object code.

    Raises:
        EngineError: If the model cannot be read, uses what cannot be simulated, or is not defined at the start.
    """
    equations = equations_of(sbml)
    _check_start(equations)
    kernels = Kernels(equations, processor.width)
    layout = _layout(kernels, METHODS[method])
    if processor.width > _FEW_LANES and 8 * processor.width * layout.size > _NEAREST_CACHE:
        kernels.width = _FEW_LANES
    return _describe(kernels, METHODS[method], layout), _emit(language(kernels, METHODS[method], layout), processor)


def language(kernels: Kernels, method: Method, layout: Layout) -> str:
    """The whole model in LLVM's intermediate language."""
    width = kernels.width
    texts = kernels.texts() + step_texts(method, kernels.states, width, kernels.time_place)
    texts.append(run_text(kernels, method, layout))
    used = {name for name in LIBRARY if any(f"@vector_{name}(" in text for text in texts)}
    return "\n".join([declarations(width), vector_math(width, used), *texts])


def _emit(text: str, processor: Processor) -> bytes:
    machine = processor.machine()
    module = llvm.parse_assembly(text)
    module.verify()
    # the code is straight and its arithmetic already simplified: more passes cost time and gain nothing
    passes = llvm.create_new_module_pass_manager()
    passes.add_sroa_pass()
    passes.run(module, llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options()))
    return bytes(machine.emit_object(module))


def _layout(kernels: Kernels, method: Method) -> Layout:
    n, events = kernels.states, kernels.equations.events
    changes = sum(len(event.changes) for event in events)
    sizes = (
        *(n, kernels.parameters + kernels.derived, n, method.stages * n, kernels.factors),
        *(len(kernels.computed_outputs), n, 4 * len(events) + 3 * changes),
    )
    return Layout(*(sum(sizes[:i]) for i in range(len(sizes) + 1)))


def _describe(kernels: Kernels, method: Method, layout: Layout) -> Description:
    equations, graph = kernels.equations, kernels.equations.graph
    outputs = {name: layout.r + i for i, name in enumerate(kernels.computed_outputs)}
    for name, value in equations.readable.items():
        if name not in outputs:
            start = layout.between if graph.ops[value] == "state" else layout.p
            outputs[name] = start + int(graph.number[value])
    place = {name: i for i, name in enumerate((*equations.states, *equations.parameters))}
    volumes = {name: volume for name, volume in equations.volume.items() if name in place}
    return Description(
        states=equations.states,
        parameters=equations.parameters,
        lacking=tuple(_lacking(equations)),
        outputs=outputs,
        volumes={name: place[volume] for name, volume in volumes.items() if volume in place},
        ruled_volumes=tuple(name for name, volume in volumes.items() if volume not in place),
        layout=layout,
        width=kernels.width,
        operations=kernels.operations(method),
    )


def _lacking(equations: Equations) -> list[str]:
    """Parameters that have no value and that the model does not compute."""
    values = enumerate(equations.parameters.items())
    return [name for i, (name, value) in values if math.isnan(value) and i not in equations.computed]


def _check_start(equations: Equations) -> None:
    """Evaluate the model once with its own values.

    Raises:
        EngineError: If a rate or initial value is no number although every parameter has a value.
    """
    graph = equations.graph
    if _lacking(equations):
        return  # every subject has to bring its own values; one that does not ends with a reason
    parameters = list(equations.parameters.values())
    before = _evaluate(graph, parameters, [math.nan] * (len(equations.states) + 1))
    for place, value in equations.computed.items():
        parameters[place] = before[value]
    start = [before[value] for value in equations.start]
    for condition in equations.time_conditions:
        parameters.append(float((before[condition.threshold] > 0) == condition.before))
    found = _evaluate(graph, parameters, [*start, math.nan])
    for state, first, rate in zip(equations.states, start, equations.rates, strict=True):
        if not math.isfinite(first):
            raise EngineError(f"The model is not defined at the start: the initial value of `{state}` is {first}.")
        if not math.isfinite(found[rate]):
            raise EngineError(
                f"The model is not defined at the start: the rate of `{state}` is {found[rate]}. "
                "Probably something is divided by zero; give it another initial value."
            )


def _evaluate(graph: Graph, parameters: list[float], states: list[float]) -> list[float]:
    values: list[float] = []
    for op, args, number in zip(graph.ops, graph.args, graph.number, strict=True):
        if op == "constant":
            values.append(number)
        elif op in ("parameter", "state"):
            source = parameters if op == "parameter" else states
            values.append(source[int(number)] if number < len(source) else math.nan)
        else:
            values.append(_fold(op, [values[a] for a in args]))
    return values


def _fold(op: str, given: list[float]) -> float:
    try:
        return float(FOLD[op](*given))
    except ZeroDivisionError:
        return math.nan if given[0] == 0 or math.isnan(given[0]) else math.copysign(math.inf, given[0])
    except OverflowError:
        return math.inf
    except ValueError:
        return math.nan
