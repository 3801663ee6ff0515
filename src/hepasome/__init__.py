"""hepasome: in-silico trials of stem-cell-derived exosome therapy for the liver."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hepasome._api import (
        DesignedStudy,
        ExplainedStudy,
        LoadedStudy,
        SimulatedStudy,
        TranslatedStudy,
        load_run,
        load_study,
        translate,
    )

__all__ = [
    "DesignedStudy",
    "ExplainedStudy",
    "LoadedStudy",
    "SimulatedStudy",
    "TranslatedStudy",
    "load_run",
    "load_study",
    "translate",
]


def __getattr__(name: str) -> Any:
    # loaded on first use: who needs one package of hepasome should not wait for all of them
    if name not in __all__:
        raise AttributeError(f"module 'hepasome' has no attribute {name!r}")
    from hepasome import _api

    return getattr(_api, name)
