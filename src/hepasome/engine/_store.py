"""Finished chunks on disk: written whole or not at all, read only if undamaged, never computed twice."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hepasome.engine._cache import write_whole
from hepasome.engine._types import EngineError

Arrays = dict[str, NDArray[Any]]
_IDENTITY = "identity.json"


class ChunkStore:
    """A folder that keeps the results of one piece of work, chunk by chunk.

    Args:
        folder: Where; made if it is not there.
        identity: What the work is. A folder that holds other work is refused.

    Raises:
        EngineError: If the folder holds something else.
    """

    def __init__(self, folder: Path, identity: dict[str, object]) -> None:
        self.folder = folder
        text = json.dumps(identity, indent=1, sort_keys=True)
        path = folder / _IDENTITY
        if folder.exists() and not folder.is_dir():
            raise EngineError(f"{folder} is a file, not a folder. Choose another one.")
        if path.exists():
            if path.read_text() != text:
                raise EngineError(
                    f"{folder} holds the results of other work, which would be lost. Choose another folder."
                )
        elif folder.exists() and any(not entry.name.endswith(".part") for entry in folder.iterdir()):
            raise EngineError(f"{folder} is not empty and holds no results of an ensemble. Choose another folder.")
        else:
            _write(path, text.encode())

    def load(self, chunk: int) -> Arrays | None:
        """The results of a chunk, or None if they are not there or damaged."""
        try:
            content = self._path(chunk).read_bytes()
            digest, data = content[:64], content[64:]
            if hashlib.sha256(data).hexdigest().encode() != digest:
                return None
            with np.load(io.BytesIO(data), allow_pickle=False) as archive:
                return {name: archive[name] for name in archive.files}
        except (OSError, ValueError):
            return None

    def save(self, chunk: int, arrays: Arrays) -> None:
        """Keep the results of a chunk."""
        buffer = io.BytesIO()
        np.savez(buffer, allow_pickle=False, **arrays)
        data = buffer.getvalue()
        _write(self._path(chunk), hashlib.sha256(data).hexdigest().encode() + data)

    def _path(self, chunk: int) -> Path:
        return self.folder / f"chunk{chunk:07d}"


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, content)
