"""The folder in which compiled models are kept, and how files in it are read and written."""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import os
import tempfile
from pathlib import Path

_VARIABLE = "HEPASOME_CACHE"


def cache_folder() -> Path:
    """Where compiled models are kept: the variable HEPASOME_CACHE, or the user's folder for caches."""
    given = os.environ.get(_VARIABLE)
    if given:
        return Path(given)
    import platformdirs  # only where nothing was chosen

    return Path(platformdirs.user_cache_path("hepasome")) / "engine"


def read_cached(key: str, kind: str) -> bytes | None:
    """What was kept, if it is there, whole, and nobody else could have written it: code in it will be executed.

    Args:
        key: Of what it belongs to.
        kind: What it is, for example `code`.
    """
    path = _path(key, kind)
    try:
        status = path.stat()
        if hasattr(os, "getuid") and (status.st_uid != os.getuid() or status.st_mode & 0o022):
            return None
        digest, _, content = path.read_bytes().partition(b"\n")
    except OSError:
        return None
    return content if digest == hashlib.sha256(content).hexdigest().encode() else None


def write_cached(key: str, kind: str, content: bytes) -> None:
    """Keep something whole or not at all. What cannot be kept costs a second at the next start, no more."""
    path = _path(key, kind)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(path, hashlib.sha256(content).hexdigest().encode() + b"\n" + content)
    except OSError:
        return


def _path(key: str, kind: str) -> Path:
    """Another version of the engine has other files."""
    return cache_folder() / f"{hashlib.sha256(f'{_version()} {key}'.encode()).hexdigest()}.{kind}"


@functools.cache
def _version() -> str:
    """Of everything that reads models and writes code: its own source and the packages under it."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("_*.py")):
        digest.update(path.read_bytes())
    for package in ("llvmlite", "sbmlode", "python-libsbml"):
        digest.update(importlib.metadata.version(package).encode())
    return digest.hexdigest()


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all, whatever happens meanwhile."""
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
