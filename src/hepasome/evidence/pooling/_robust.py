"""Variances that hold although the covariances within studies are only guessed."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hepasome.evidence.pooling._blocks import Blocks, inverse
from hepasome.evidence.pooling._effects import Array


class Robust(NamedTuple):
    """Covariance of coefficients, shape (p, p), and Satterthwaite's degrees of freedom of each, shape (p,)."""

    covariance: Array
    df: Array


def robust_variance(y: Array, x: Array, covariance: Array, blocks: Blocks) -> Robust:
    """Cluster-robust variances with the bias-reduced correction CR2.

    Tipton 2015 Psychol Methods 20:375 and Pustejovsky & Tipton 2018 J Bus Econ Stat 36:672, with the fitted
    covariance as working model, as `coef_test(vcov = "CR2")` of clubSandwich.

    Args:
        y: Effects, shape (k,).
        x: Design, shape (k, p).
        covariance: Of the effects under the fitted model, shape (k, k), none between studies.
        blocks: Positions of the effects of each study.
    """
    weight, _ = inverse(covariance, blocks)
    bread = np.linalg.inv(x.T @ weight @ x)
    hat = x @ bread @ x.T @ weight
    residual = y - x @ bread @ x.T @ weight @ y
    meat = np.zeros_like(bread)
    contrasts = []  # of each study: how its corrected residuals enter each coefficient, shape (p, k)
    for own in blocks:
        block = covariance[np.ix_(own, own)]
        root = np.linalg.cholesky(block).T
        left = root @ (block - x[own] @ bread @ x[own].T) @ root.T
        adjust = root.T @ _inverse_root(left) @ root
        into = x[own].T @ weight[np.ix_(own, own)] @ adjust
        score = into @ residual[own]
        meat += np.outer(score, score)
        contrasts.append(bread @ into @ (np.eye(len(y)) - hat)[own])
    terms = [np.array([contrast[j] for contrast in contrasts]) for j in range(x.shape[1])]
    spread = [term @ covariance @ term.T for term in terms]
    df = np.array([np.trace(one) ** 2 / np.sum(one * one) for one in spread])
    return Robust(bread @ meat @ bread, df)


def _inverse_root(matrix: Array) -> Array:
    """The symmetric inverse square root; directions that one study alone determines count as none."""
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    inverse = np.where(values > 1e-12 * values.max(), 1 / np.sqrt(np.maximum(values, 1e-300)), 0.0)
    return np.asarray((vectors * inverse) @ vectors.T, float)
