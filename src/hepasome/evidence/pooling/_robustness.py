"""Whether an answer holds: pooled in other ways, without each study, and in small studies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hepasome.evidence.pooling._effects import Effects
from hepasome.evidence.pooling._pool import Pooled, leave_one_out, pool
from hepasome.evidence.pooling._small_studies import Egger, egger

_OTHER_CORRELATIONS = (0.0, 0.8)


@dataclass(frozen=True)
class Robustness:
    """What else is known of a pooled effect.

    Attributes:
        others: The same effects pooled in other ways, by what is different; empty with moderators.
        without: The pooled effect without each study; empty with moderators, or with fewer than three studies.
        unexplained: Variance between studies without moderators; None where there are none.
        egger: Egger's test; None if there is nothing to test.
    """

    others: dict[str, Pooled]
    without: dict[str, Pooled]
    unexplained: float | None
    egger: Egger | None


def robustness(
    effects: Effects, found: Pooled, *, moderators: Sequence[str] = (), correlation: float = 0.5
) -> Robustness:
    """Pool again, in other ways and without each study.

    Args:
        effects: The effects.
        found: What `pool` made of them.
        moderators: As they were given to it.
        correlation: As it was given to it.

    Raises:
        InputError: As `pool`.
    """
    if moderators:
        return Robustness({}, {}, pool(effects, correlation=correlation).between, egger(effects))
    without = leave_one_out(effects, correlation=correlation) if len(effects.studies) >= 3 else {}
    return Robustness(_others(effects, found, correlation), without, None, egger(effects))


def _others(effects: Effects, found: Pooled, correlation: float) -> dict[str, Pooled]:
    if found.within is None:
        return {
            "REML, HKSJ": found,
            "REML, z": pool(effects, interval="normal"),
            "DerSimonian-Laird, HKSJ": pool(effects, method="DL"),
            "DerSimonian-Laird, z": pool(effects, method="DL", interval="normal"),
        }
    others = {
        "three levels, robust": found,
        "three levels, t": pool(effects, interval="model", correlation=correlation),
    }
    for other in _OTHER_CORRELATIONS:
        others[f"three levels, robust, correlation {other:g}"] = pool(effects, correlation=other)
    return others
