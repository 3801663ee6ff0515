"""Sparse LU without numbers: an order of elimination with little fill-in, and the operations it takes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from hepasome.engine._graph import Graph

Entry = tuple[int, int]


@dataclass(frozen=True)
class Factors:
    """The pattern of L and U of a matrix whose rows and columns were reordered alike.

    Attributes:
        order: State that is eliminated k-th, shape (n,).
        place: (row, column) in elimination order -> place in the array of factors.
        entries: The same pattern, sorted.
    """

    order: tuple[int, ...]
    place: dict[Entry, int]
    entries: tuple[Entry, ...]

    @cached_property
    def rank(self) -> dict[int, int]:
        """Step at which each state is eliminated."""
        return {state: k for k, state in enumerate(self.order)}


def plan_factors(size: int, pattern: Iterable[Entry]) -> Factors:
    """Choose pivots on the diagonal by Markowitz' count (Markowitz 1957 Management Science 3:255).

    The matrix of a Rosenbrock step has 1/(step x gamma) on its diagonal: with a short enough step no other pivots are
    needed, and a step whose pivots lost their digits is repeated with a shorter one.

    Args:
        size: Number of rows.
        pattern: Entries that may be non-zero; the diagonal always is.
    """
    rows = [{i} for i in range(size)]
    columns = [{i} for i in range(size)]
    for i, j in pattern:
        rows[i].add(j)
        columns[j].add(i)
    left, order = set(range(size)), []
    while left:
        pivot = min(left, key=lambda k: ((len(rows[k] & left) - 1) * (len(columns[k] & left) - 1), k))
        order.append(pivot)
        left.discard(pivot)
        for i in columns[pivot] & left:
            for j in rows[pivot] & left:
                rows[i].add(j)
                columns[j].add(i)
    rank = {state: k for k, state in enumerate(order)}
    entries = tuple(sorted((rank[i], rank[j]) for i in range(size) for j in rows[i]))
    return Factors(tuple(order), {entry: k for k, entry in enumerate(entries)}, entries)


def factorise(graph: Graph, factors: Factors, matrix: dict[Entry, int]) -> tuple[list[int], list[tuple[int, int]]]:
    """Values of the factors of a matrix: L without its diagonal of ones, and U with its diagonal inverted.

    Args:
        graph: The graph; the operations are added to it.
        factors: The plan.
        matrix: (row, column) -> value, in the order of the states.

    Returns:
        One value per place of the plan, and for every pivot its value before and after elimination.
    """
    rank = factors.rank
    work = {(rank[i], rank[j]): value for (i, j), value in matrix.items()}
    size = len(factors.order)
    below: list[list[int]] = [[] for _ in range(size)]
    right: list[list[int]] = [[] for _ in range(size)]
    for i, j in factors.entries:
        if i > j:
            below[j].append(i)
        elif j > i:
            right[i].append(j)
    zero = graph.constant(0.0)
    before = {k: work[k, k] for k in range(size)}
    pivots = []
    for k in range(size):
        pivots.append((before[k], work[k, k]))
        work[k, k] = graph.apply("div", graph.constant(1.0), work[k, k])
        for i in below[k]:
            multiplier = work[i, k] = graph.apply("mul", work.get((i, k), zero), work[k, k])
            for j in right[k]:
                product = graph.apply("mul", multiplier, work[k, j]) if (k, j) in work else zero
                work[i, j] = graph.apply("sub", work.get((i, j), zero), product)
    return [work.get(entry, zero) for entry in factors.entries], pivots


def solve(graph: Graph, factors: Factors, values: list[int], right_side: list[int]) -> list[int]:
    """Values of the solution of the factorised system, in the order of the states.

    Args:
        graph: The graph; the operations are added to it.
        factors: The plan.
        values: Values of the factors, one per place.
        right_side: In the order of the states.
    """
    found = [right_side[state] for state in factors.order]
    size = len(found)
    lower: list[list[int]] = [[] for _ in range(size)]
    upper: list[list[int]] = [[] for _ in range(size)]
    for i, j in factors.entries:
        (lower if j < i else upper)[i].append(j)
    for i in range(size):
        for j in lower[i]:
            found[i] = graph.apply("sub", found[i], graph.apply("mul", values[factors.place[i, j]], found[j]))
    for i in reversed(range(size)):
        for j in upper[i]:
            if j > i:
                found[i] = graph.apply("sub", found[i], graph.apply("mul", values[factors.place[i, j]], found[j]))
        found[i] = graph.apply("mul", found[i], values[factors.place[i, i]])
    solution = [0] * size
    for k, state in enumerate(factors.order):
        solution[state] = found[k]
    return solution
