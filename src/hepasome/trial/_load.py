"""A finished run, read back from its folder: the same Run as when it was simulated."""

from __future__ import annotations

import importlib.metadata
import json
from pathlib import Path
from typing import Any

import pandas as pd

from hepasome import engine
from hepasome.biology import model_sbml
from hepasome.files import Document, InputError, input_error, read_text, validate
from hepasome.product import Product
from hepasome.trial._plan import Settings, make_plan
from hepasome.trial._run import COMPLETE, RUN_FILE, TABLES, Run, provenance_of, solver_settings
from hepasome.trial._study import Study

_AGAIN = "Run the study again, into another folder."
_FINISH = "Give the command of the run again: it makes what is missing."


def load_run(folder: Path | str) -> Run:
    """Read a finished run back.

    The study is the one that was run, with the products as they were resolved then: its file, and files of products
    beside it, may be gone. What the run depends on is compared with what this hepasome would simulate, so that whatever
    is simulated in addition belongs to the same run.

    Args:
        folder: Folder of the run, with `run.json` and the tables.

    Raises:
        InputError: If there is no run, it is unfinished or damaged, or another hepasome or model made it.
    """
    folder = Path(folder)
    path = folder / RUN_FILE
    content = _content(folder)
    try:
        study = _study(content, path)
        settings = Settings(**content["settings"])
        model = engine.Model(model_sbml(study.structure))
        provenance = provenance_of(study, settings, model, solver_settings(model), content["simulator"])
        provenance |= {"versions": dict(content["versions"]), "machine": str(content["machine"])}
        made_by = {what: content.get(what) for what in ("model_hash", "tables_hash")}
        identity = content["identity"]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _damaged(path, f"{type(error).__name__}: {error}") from None
    for what, then in made_by.items():
        if then != provenance[what]:
            problem = "The model has changed since this run was made: nothing that is simulated now would belong to it."
            raise input_error(str(path), problem, _AGAIN, field=what, value=then)
    if identity != provenance["identity"]:
        raise _damaged(path, "its identity is not that of what it says was run")
    plan = make_plan(study, settings)
    tables = {name: _table(folder / f"{name}.parquet") for name in TABLES}
    if tables["subjects"]["key"].tolist() != plan.subjects.keys(0, len(plan.subjects)):
        raise input_error(str(folder), "The tables hold other subjects than this run has.", _AGAIN)
    return Run(plan, folder, provenance, **tables)


def _content(folder: Path) -> dict[str, Any]:
    path = folder / RUN_FILE
    if not path.is_file():
        remedy = f"Give a folder that `hepasome run` wrote; it holds {RUN_FILE}."
        raise input_error(str(folder), "There is no run in this place.", remedy)
    try:
        content = json.loads(read_text(path))
    except (ValueError, RecursionError) as error:
        raise _damaged(path, str(error)) from None
    if not isinstance(content, dict) or "status" not in content:
        raise _damaged(path, "it has no status")
    if content["status"] != COMPLETE:
        raise input_error(str(path), "The run is not finished.", _FINISH, field="status", value=content["status"])
    now, then = importlib.metadata.version("hepasome"), content.get("hepasome")
    if then != now:
        raise input_error(str(path), f"Another hepasome made this run; this is {now}.", _AGAIN, value=then)
    return content


def _study(content: dict[str, Any], path: Path) -> Study:
    """The study as it was run, each product as it was then."""
    study = validate(Study, Document(str(path), content["study"], {}))
    for name, arm in study.arms.items():
        if arm.treatment is not None:
            product = validate(Product, Document(str(path), content["products"][name], {}))
            arm.treatment.product.remember(product)
    return study


def _table(path: Path) -> pd.DataFrame:
    if not path.is_file():
        raise input_error(str(path), "This table of the run is missing.", _FINISH)
    try:
        return pd.read_parquet(path, page_checksum_verification=True)
    except Exception as error:  # what a damaged file raises depends on its bytes
        raise input_error(str(path), f"The table is damaged ({error}).", _FINISH) from None


def _damaged(path: Path, how: str) -> InputError:
    return input_error(str(path), f"The file is damaged: {how}.", _AGAIN)
