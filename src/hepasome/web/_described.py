"""The ways in which requests are refused, as the description of the API lists them."""

from __future__ import annotations

from typing import Any

from starlette.routing import BaseRoute, Match, Route
from starlette.types import Scope

from hepasome.web._models import Problem

Answers = dict[int | str, dict[str, Any]]


def faults(sentences: dict[int, str]) -> Answers:
    """Answers that hold a problem, by status."""
    return {status: {"model": Problem, "description": sentence} for status, sentence in sentences.items()}


COMMON = faults(
    {
        400: "The body cannot be read.",
        401: "This server has a token, and the request does not bring it.",
        403: "The request comes from a page elsewhere.",
        413: "The body is too large.",
        415: "The body is of a kind that is not taken.",
        421: "The request is for another host.",
        422: "The input does not hold; every finding is listed.",
    }
)


def allowed(routes: list[BaseRoute], scope: Scope) -> str:
    """What may be done at an address, for the header `Allow`: routes that share it list only their own methods."""
    here = [route for route in routes if isinstance(route, Route) and route.matches(scope)[0] is not Match.NONE]
    return ", ".join(sorted({method for route in here for method in route.methods or ()}))
