"""Writing so that a crash or a full disk leaves the last complete state."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path


def write_atomically(path: Path | str, content: str | bytes) -> Path:
    """Write a whole file or nothing: readers see the old content or the new one, never a part.

    Args:
        path: Where to write; missing parent folders are made.
        content: Text (written as UTF-8) or bytes.

    Returns:
        The path written.

    Raises:
        OSError: If the disk is full or the folder may not be written; the old file is then untouched.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    raw = content.encode() if isinstance(content, str) else content
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:50]}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise
    return path
