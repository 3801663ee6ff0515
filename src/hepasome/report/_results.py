"""What a run says as plain data, for programs and for pages that show it."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from hepasome.evidence import load_evidence
from hepasome.inference import Verdict, attribution, cargo_per_cell, judge
from hepasome.product import CEILINGS
from hepasome.report._figure_tables import figure_tables
from hepasome.report._report import answer_lines, cell_rows, command_of, endpoint_rows, uncertain_details
from hepasome.report._style import arm_colours
from hepasome.report._tables import change_text, statistics_by_arm
from hepasome.trial import Run


def run_results(run: Run) -> dict[str, Any]:
    """The results of a run as data that JSON can hold: the numbers of its report, and nothing else.

    Returns:
        answer (sentences), arms, control, claims_of (published study that a copy is held against), colours, endpoints
        (statistics by arm), verdicts, cells (vesicles per cell), cargo (copies per cell), attribution, uncertain (what
        this trial drew), ceilings, figures (their names), failed (subjects that did not complete), command and
        versions. A number that does not exist is None.
    """
    verdicts, statistics, arms = judge(run), statistics_by_arm(run), list(run.plan.protocol.arms)
    failed = run.subjects.loc[run.subjects["status"] != "COMPLETED", ["key", "reason"]]
    found: dict[str, Any] = plain(
        {
            "answer": answer_lines(run, verdicts, statistics),
            "arms": arms,
            "control": run.study.control,
            "claims_of": run.study.claims_of,
            "colours": arm_colours(arms),
            "endpoints": endpoint_rows(run, statistics),
            "verdicts": [_verdict(verdict) for verdict in verdicts],
            "cells": cell_rows(run),
            "cargo": cargo_per_cell(run).to_dict("records"),
            "attribution": attribution(run).to_dict("records"),
            "uncertain": uncertain_details(run),
            "ceilings": asdict(CEILINGS),
            "figures": list(figure_tables(run, verdicts)),
            "failed": failed.to_dict("records"),
            "command": command_of(run),
            "subjects": len(run.subjects),
            "provenance": {k: v for k, v in run.provenance.items() if k not in ("study", "products")},
        }
    )
    return found


def plain(value: Any) -> Any:
    """Data that JSON can hold: numbers of NumPy as numbers, NaN as None, infinity as a word."""
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else "infinite" if value > 0 else "-infinite"
    return value


def _verdict(verdict: Verdict) -> dict[str, Any]:
    claim = verdict.claim
    source = next((one for one in load_evidence().references if one.id == claim.reference), None)
    return {
        "claim": claim.id,
        "statement": claim.statement,
        "arm": claim.arm,
        "versus": claim.versus,
        "endpoint": claim.endpoint,
        "label": verdict.label,
        "reason": verdict.reason,
        "probability": verdict.probability,
        "change": verdict.change,
        "change_low": verdict.change_low,
        "change_high": verdict.change_high,
        "change_text": change_text(verdict),
        "carried_copies": verdict.carried_copies,
        "required_copies": verdict.required_copies,
        "source": f"{source.authors} {source.year}" if source is not None else claim.reference,
        "where": claim.where,
        "confidence": claim.confidence,
    }
