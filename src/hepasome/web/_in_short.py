"""A run in a line: what is given in it, and what came out."""

from __future__ import annotations

from typing import Any

from hepasome.report import number


def given(study: dict[str, Any]) -> str:
    """What the treated arms are given, each once: product, dose and route.

    Args:
        study: A study as its file writes it, as in the file of a run.
    """
    treatments = [arm["treatment"] for arm in study["arms"].values() if arm.get("treatment")]
    return "; ".join(dict.fromkeys(_treatment(one) for one in treatments))


def headline(results: dict[str, Any]) -> str:
    """The mean of the first endpoint in each arm."""
    rows = results["endpoints"]
    if not rows:
        return ""
    means = ", ".join(f"{arm} {number(cell['mean'])}" for arm, cell in rows[0]["arms"].items())
    return f"{rows[0]['label']} ({rows[0]['unit']}): {means}"


def _treatment(treatment: dict[str, Any]) -> str:
    return f"{_product(treatment['product'])}, {_detail(treatment['dose'])}, {_detail(treatment['route'])}"


def _product(product: dict[str, Any]) -> str:
    changes = [f"{cargo} {times}" for cargo, times in product.get("enrich", {}).items()]
    changes += [f"without {cargo}" for cargo in product.get("remove", [])]
    return f"{product['base']} ({', '.join(changes)})" if changes else str(product["base"])


def _detail(detail: Any) -> str:
    """A detail of the protocol in words, also one that is not known."""
    if isinstance(detail, dict) and "one_of" in detail:
        return " or ".join(str(option) for option in detail["one_of"])
    if isinstance(detail, dict):
        return f"{detail['low']} to {detail['high']}"
    return str(detail).replace("_", " ")
