"""The machine and the versions that figures were measured with."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from pathlib import Path
from typing import Any

from hepasome.bench._process import cores_here

_PACKAGES = (
    "hepasome",
    "numpy",
    "llvmlite",
    "sbmlode",
    "python-libsbml",
    "libroadrunner",
    "copasi-basico",
    "python-copasi",
    "scikit-sundae",
    "numba",
    "diffrax",
    "jax",
)


def describe_machine() -> dict[str, Any]:
    """Processor and its vectors, cores, memory (GB), system, Python, and versions of the packages that take part."""
    return {
        "processor": _processor(),
        "vectors": _vectors(),
        "cores": cores_here(),
        "memory_gb": _memory_gigabytes(),
        "system": f"{platform.system()} {'.'.join(platform.release().split('.')[:2])}",
        "architecture": platform.machine(),
        "python": platform.python_version(),
        "packages": {name: version for name in _PACKAGES if (version := _version(name))},
    }


def short_name(machine: dict[str, Any]) -> str:
    """A name for files: processor and cores in letters, digits and hyphens."""
    words = f"{machine['processor']} {machine['cores']} cores"
    return "-".join("".join(c if c.isalnum() else " " for c in words).lower().split())


def _processor() -> str:
    return _information("model name") or platform.processor() or platform.machine()


def _vectors() -> str:
    flags = _information("flags").split()
    return next((name for name in ("avx512f", "avx2", "avx") if name in flags), "")


def _information(field: str) -> str:
    """A field of the first processor in what Linux says about them; empty elsewhere."""
    path = Path("/proc/cpuinfo")
    lines = path.read_text(encoding="utf-8", errors="ignore").splitlines() if path.exists() else []
    found = (line.split(":", 1)[1] for line in lines if line.split(":")[0].strip() == field)
    return " ".join(next(found, "").split())


def _memory_gigabytes() -> float | None:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1)
    except (ValueError, OSError, AttributeError):
        return None


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""
