"""Variances between and within studies by restricted maximum likelihood."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from hepasome.evidence.pooling._blocks import Blocks, inverse
from hepasome.evidence.pooling._effects import Array

_STARTS = (0.0, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)  # shares of the variance of the effects
_MOST_STEPS = 200
_SMALL = 1e-12  # of a step, against the variance of the effects


def variance_components(y: Array, x: Array, sampling: Array, components: Sequence[Array], blocks: Blocks) -> Array:
    """Non-negative variances s of y = x b + e with cov(e) = sampling + sum of s_i components_i, by REML.

    The likelihood of Patterson & Thompson 1971 Biometrika 58:545, climbed from the best of a grid of starts by Newton's
    method where the likelihood is bent downwards, else by Fisher scoring; a variance that would turn negative stays at
    zero.

    Args:
        y: Effects, shape (k,).
        x: Design, shape (k, p).
        sampling: Their sampling covariances, shape (k, k).
        components: Covariance of each component at variance one, shape (k, k) each.
        blocks: Positions of the effects of each study; all covariances are zero between studies.

    Returns:
        The variances, shape (components,).
    """
    scale = max(float(np.var(y)), 1e-12)
    model = _Likelihood(y, x, sampling, list(components), blocks)
    starts = [scale * np.array(start) for start in itertools.product(_STARTS, repeat=len(components))]
    at = max(starts, key=model.value)
    value = model.value(at)
    for _ in range(_MOST_STEPS):
        slope, expected, observed = model.derivatives(at)
        free = (at > 0) | (slope > 0)
        if not free.any():
            return at
        step, block = np.zeros_like(at), np.ix_(free, free)
        bent = np.linalg.eigvalsh(observed[block]).min() > 0
        step[free] = np.linalg.solve((observed if bent else expected)[block], slope[free])
        new, better = _climb(model, at, step, value)
        if np.abs(new - at).max() <= _SMALL * scale:
            return new
        at, value = new, better
    return at


def _climb(model: _Likelihood, at: Array, step: Array, value: float) -> tuple[Array, float]:
    """The longest half of a step that does not go down, beyond what rounding does."""
    for halves in range(40):
        new = np.maximum(at + step / 2**halves, 0)
        reached = model.value(new)
        if reached >= value - 1e-12 * abs(value):
            return new, reached
    return at, value


class _Likelihood:
    def __init__(self, y: Array, x: Array, sampling: Array, components: list[Array], blocks: Blocks) -> None:
        self._y, self._x, self._sampling, self._components, self._blocks = y, x, sampling, components, blocks

    def _projection(self, s: Array) -> tuple[Array, float]:
        """The matrix P of the residual likelihood, and the logarithm of its determinants."""
        covariance = self._sampling + np.tensordot(s, np.array(self._components), axes=1)
        weight, log_determinant = inverse(covariance, self._blocks)
        information = self._x.T @ weight @ self._x
        wx = weight @ self._x
        projection = weight - wx @ np.linalg.solve(information, wx.T)
        return projection, log_determinant + float(np.linalg.slogdet(information)[1])

    def value(self, s: Array) -> float:
        projection, log_determinants = self._projection(s)
        return float(-0.5 * (log_determinants + self._y @ projection @ self._y))

    def derivatives(self, s: Array) -> tuple[Array, Array, Array]:
        """Slope, expected and observed information."""
        projection, _ = self._projection(s)
        residual = projection @ self._y
        pz = [projection @ z for z in self._components]
        slope = [0.5 * (residual @ z @ residual - np.trace(p)) for z, p in zip(self._components, pz, strict=True)]
        expected = np.array([[0.5 * np.sum(a * b.T) for b in pz] for a in pz])
        turned = np.array([z @ residual for z in self._components])
        return np.array(slope), expected, turned @ projection @ turned.T - expected
