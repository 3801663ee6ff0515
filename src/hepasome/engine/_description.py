"""What is known of a compiled model besides its code."""

from __future__ import annotations

from dataclasses import dataclass

from hepasome.engine._driver_layout import Layout


@dataclass(frozen=True)
class Description:
    """What is known of a compiled model besides its code.

    Attributes:
        states: Names, in the order of the arrays.
        parameters: Names with the values of the model; not a number where the model computes or lacks it.
        lacking: Parameters without a value, which every subject has to bring.
        outputs: Where everything that can be read lies in the workspace, in vectors.
        volumes: What is a concentration -> place of their volume among states and then parameters.
        ruled_volumes: What is a concentration in a compartment whose size follows a rule.
        layout: Places of the arrays in the workspace.
        width: Lanes.
        operations: Floating-point operations of one step, per lane.
    """

    states: tuple[str, ...]
    parameters: dict[str, float]
    lacking: tuple[str, ...]
    outputs: dict[str, int]
    volumes: dict[str, int]
    ruled_volumes: tuple[str, ...]
    layout: Layout
    width: int
    operations: int
