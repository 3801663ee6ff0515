"""One step of a Rosenbrock method over lanes, and the course between its ends."""

from __future__ import annotations

from hepasome.engine._ir import Function, Name
from hepasome.engine._tableaux import Method


def step_texts(method: Method, states: int, width: int, time_place: int | None) -> list[str]:
    """The functions `step` and `between`.

    Hairer & Wanner, Solving Ordinary Differential Equations II, section IV.7, equation 7.25 without the terms of time,
    which is a state where the model reads it.

    Args:
        method: The method.
        states: Number of states.
        width: Lanes.
        time_place: Place of time among the states, if it is one.
    """
    return [
        _step(method, states, width),
        _between(method, states, width, time_place),
    ]


def _sum(f: Function, terms: list[tuple[float, Name]], first: Name | None = None) -> Name:
    """First plus the sum of coefficient times vector."""
    total = first
    for coefficient, name in terms:
        if coefficient:
            number = f.number(coefficient)
            total = f.float("fmul", number, name) if total is None else f.fma(number, name, total)
    return f.number(0.0) if total is None else total


def _continues(method: Method, stage: int) -> bool:
    """Whether the argument of a stage is the one before it plus the stage before it."""
    own, previous = method.a[stage, :stage], method.a[stage - 1, : stage - 1]
    return stage > 1 and own[-1] == 1.0 and bool((own[:-1] == previous).all())


def _step(method: Method, states: int, width: int) -> str:
    """From `y` over a step of size `h` to `u`; `k` keeps the stages, the last of which is the error of the step."""
    names = ("y", "p", "h", "w", "b", "k", "u", "shift", "bad")
    f = Function("step", width, [("ptr", name) for name in names], inline=False)
    inverse = f.float("fdiv", f.number(1.0), f.load("%h"))
    f.store(f.float("fmul", inverse, f.number(1.0 / method.gamma)), "%shift")
    f.store(f.number(0.0), "%bad")
    f.line("call void @factorise(ptr %y, ptr %p, ptr %shift, ptr %b, ptr %w, ptr %bad)")
    f.line("call void @solve(ptr %w, ptr %b, ptr %k)")
    stages = ["%k", *(f.place("%k", stage * states) for stage in range(1, method.stages))]
    for stage in range(1, method.stages):
        with f.loop(states) as i:
            if _continues(method, stage):
                value = f.float("fadd", f.load("%u", i), f.load(stages[stage - 1], i))
            else:
                terms = [(method.a[stage, j], f.load(stages[j], i)) for j in range(stage) if method.a[stage, j]]
                value = _sum(f, terms, f.load("%y", i))
            f.store(value, "%u", i)
        f.line("call void @rates(ptr %u, ptr %p, ptr %b)")
        with f.loop(states) as i:
            terms = [(method.c[stage, j], f.load(stages[j], i)) for j in range(stage) if method.c[stage, j]]
            f.store(f.fma(_sum(f, terms), inverse, f.load("%b", i)), "%b", i)
        f.line(f"call void @solve(ptr %w, ptr %b, ptr {stages[stage]})")
    with f.loop(states) as i:
        f.store(f.float("fadd", f.load("%u", i), f.load(stages[-1], i)), "%u", i)
    f.line("ret void")
    return f.text()


def _between(method: Method, states: int, width: int, time_place: int | None) -> str:
    """States `out` at a part `theta` of the step from `y` at `t` to `u` with the stages `k`."""
    names = ("y", "u", "k", "theta", "t", "h", "out")
    f = Function("between", width, [("ptr", name) for name in names], inline=False)
    theta = f.load("%theta")
    rest = f.float("fsub", f.number(1.0), theta)
    inside = f.float("fmul", theta, rest)
    weights = []
    for coefficients in method.dense.T.tolist():
        value = f.number(coefficients[-1])
        for coefficient in reversed(coefficients[:-1]):
            value = f.fma(theta, value, f.number(coefficient))
        weights.append(f.float("fmul", inside, value))
    stages = [f.place("%k", stage * states) for stage in range(method.stages)]
    with f.loop(states) as i:
        value = f.fma(theta, f.load("%u", i), f.float("fmul", rest, f.load("%y", i)))
        for weight, stage in zip(weights, stages, strict=True):
            value = f.fma(weight, f.load(stage, i), value)
        f.store(value, "%out", i)
    if time_place is not None:
        f.store(f.fma(theta, f.load("%h"), f.load("%t")), "%out", time_place)
    f.line("ret void")
    return f.text()
