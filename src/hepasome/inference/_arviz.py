"""ArviZ without its notice of the day, which is for its developers' users and no finding about a calibration."""

from __future__ import annotations

import warnings
from typing import Any


def arviz() -> Any:
    """The package, imported when it is first needed: it is large."""
    with warnings.catch_warnings():
        # once a day and user, by date in the user's cache: a refactoring of ArviZ is under way
        warnings.filterwarnings("ignore", message=r"\s*ArviZ is undergoing a major refactor", category=FutureWarning)
        import arviz as package
    return package
