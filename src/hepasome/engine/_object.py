"""SBML -> object code, kept on disk by model, method and processor, and loaded into this process."""

from __future__ import annotations

import ctypes
import hashlib
import json
import math
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import llvmlite.binding as llvm

from hepasome.engine._cache import read_cached, write_cached
from hepasome.engine._description import Description
from hepasome.engine._driver_layout import ARGUMENTS, Layout
from hepasome.engine._model import Model
from hepasome.engine._processor import Processor, start_llvm, this_processor
from hepasome.engine._types import EngineError

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


def _key(model: Model, method: str, processor: Processor) -> str:
    inputs = [model.hash, method, asdict(processor)]
    return hashlib.sha256(json.dumps(inputs).encode()).hexdigest()


def _read(key: str) -> tuple[Description, bytes] | None:
    """What the cache holds."""
    content = read_cached(key, "code")
    if content is None:
        return None
    text, _, code = content.partition(b"\n")
    fields = json.loads(text)
    fields["layout"] = Layout(**fields["layout"])
    fields |= {name: tuple(fields[name]) for name in ("states", "lacking", "ruled_volumes")}
    fields["parameters"] = {k: math.nan if v is None else v for k, v in fields["parameters"].items()}
    return Description(**fields), code


def _write(key: str, description: Description, code: bytes) -> None:
    fields = asdict(description)
    fields["parameters"] = {k: None if math.isnan(v) else v for k, v in description.parameters.items()}
    write_cached(key, "code", json.dumps(fields).encode() + b"\n" + code)


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
