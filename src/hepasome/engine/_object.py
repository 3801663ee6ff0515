"""SBML -> object code, kept on disk by model, method and processor, and loaded into this process."""

from __future__ import annotations

import ctypes
import functools
import hashlib
import importlib.metadata
import json
import math
import os
import tempfile
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import llvmlite.binding as llvm
import numpy as np

from hepasome.engine._description import Description
from hepasome.engine._driver_layout import ARGUMENTS, Layout
from hepasome.engine._model import Model
from hepasome.engine._processor import Processor, start_llvm, this_processor
from hepasome.engine._types import EngineError

_CACHE_VARIABLE = "HEPASOME_CACHE"
_LOADED: dict[str, Code] = {}
_LOCK = threading.Lock()


@dataclass(frozen=True)
class Code:
    """A compiled model, ready to run.

    Attributes:
        description: Names and places.
        run: The compiled function; its arguments are those of `ARGUMENTS`.
        keeps: What must live as long as the code.
    """

    description: Description
    run: Callable[..., None]
    keeps: Any


def code_of(model: Model, method: str = "rodas5p", processor: Processor | None = None) -> Code:
    """The code of a model: from this process, from the cache on disk, or compiled now.

    Raises:
        EngineError: If the model uses what cannot be simulated here.
    """
    processor = processor or this_processor()
    key = _key(model, method, processor)
    with _LOCK:
        if key not in _LOADED:
            found = _read(key)
            if found is None:
                from hepasome.engine._compile import compile_model  # slow to import, not needed if cached

                found = compile_model(model.sbml, method, processor)
                _write(key, *found)
            _LOADED[key] = _load(*found, processor)
        return _LOADED[key]


def cache_folder() -> Path:
    """Where compiled models are kept: the variable HEPASOME_CACHE, or the user's folder for caches."""
    given = os.environ.get(_CACHE_VARIABLE)
    if given:
        return Path(given)
    import platformdirs  # only where nothing was chosen

    return Path(platformdirs.user_cache_path("hepasome")) / "engine"


def _key(model: Model, method: str, processor: Processor) -> str:
    inputs = [model.hash, method, asdict(processor), _version()]
    return hashlib.sha256(json.dumps(inputs).encode()).hexdigest()


@functools.cache
def _version() -> str:
    """Of everything that writes code: its own source and the packages under it."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("_*.py")):
        digest.update(path.read_bytes())
    for package in ("llvmlite", "sbmlode", "python-libsbml"):
        digest.update(importlib.metadata.version(package).encode())
    return digest.hexdigest()


def _read(key: str) -> tuple[Description, bytes] | None:
    """What the cache holds, if it is whole and nobody else could have written it."""
    path = cache_folder() / f"{key}.npz"
    try:
        if not _is_ours(path):
            return None
        with np.load(path, allow_pickle=False) as archive:
            text, code = archive["description"].tobytes(), archive["code"].tobytes()
        fields = json.loads(text)
        if fields.pop("sha256") != hashlib.sha256(code).hexdigest():
            return None
        fields["layout"] = Layout(**fields["layout"])
        fields |= {name: tuple(fields[name]) for name in ("states", "ruled_volumes")}
        fields["parameters"] = {k: math.nan if v is None else v for k, v in fields["parameters"].items()}
        return Description(**fields), code
    except Exception:  # whatever a damaged file raises: the model is compiled again
        return None


def _is_ours(path: Path) -> bool:
    if not hasattr(os, "getuid"):
        return True
    status = path.stat()
    return status.st_uid == os.getuid() and not status.st_mode & 0o022


def _write(key: str, description: Description, code: bytes) -> None:
    fields = asdict(description) | {"sha256": hashlib.sha256(code).hexdigest()}
    fields["parameters"] = {k: None if math.isnan(v) else v for k, v in description.parameters.items()}
    text = json.dumps(fields).encode()
    try:
        folder = cache_folder()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder, suffix=".part")
        with os.fdopen(handle, "wb") as file:
            np.savez(file, description=np.frombuffer(text, np.uint8), code=np.frombuffer(code, np.uint8))
        Path(name).replace(folder / f"{key}.npz")
    except OSError:
        return  # a cache that cannot be written costs a second at the next start, no more


def _load(description: Description, code: bytes, processor: Processor) -> Code:
    start_llvm()
    try:
        compiler = llvm.create_lljit_compiler(processor.machine())
        library = (
            llvm.JITLibraryBuilder()
            .add_object_img(code)
            .add_current_process()
            .export_symbol("run")
            .link(compiler, hashlib.sha256(code).hexdigest())
        )
    except RuntimeError as error:
        raise EngineError(f"The compiled model cannot be loaded: {error}") from error
    kinds = [ctypes.c_void_p if kind == "ptr" else ctypes.c_int64 for kind, _ in ARGUMENTS]
    return Code(description, ctypes.CFUNCTYPE(None, *kinds)(library["run"]), (compiler, library))
