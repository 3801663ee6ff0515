"""The folder in which compiled models are kept, and how files in it are read and written."""

from __future__ import annotations

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


def read_cached(name: str) -> bytes | None:
    """A file of the cache, if it is there and nobody else could have written it: code in it will be executed."""
    path = cache_folder() / name
    try:
        status = path.stat()
        if hasattr(os, "getuid") and (status.st_uid != os.getuid() or status.st_mode & 0o022):
            return None
        return path.read_bytes()
    except OSError:
        return None


def write_cached(name: str, content: bytes) -> None:
    """Keep a file whole or not at all. A cache that cannot be written costs a second at the next start, no more."""
    folder = cache_folder()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(folder / name, content)
    except OSError:
        return


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
