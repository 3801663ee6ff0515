"""What is wrong with a new module, table or wiring file, in sentences that name the file and the symbol."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from hepasome.biology._tables import FOLDER, MODULES, parameter_rows
from hepasome.biology._wiring import declared_anywhere, places_of
from hepasome.files import Finding, InputError, input_error, read_text

_WORD = re.compile(r"[A-Za-z_]\w*")


@cache
def module_file(module: str) -> str:
    """Name of the file that holds a module, without its ending.

    Raises:
        InputError: If no file holds it.
    """
    for path in sorted((FOLDER / "modules").glob("*.ant")):
        if re.search(rf"^model {module}\(\)", read_text(path), re.MULTILINE):
            return path.stem
    raise input_error(
        "biology/modules", "No file here has this module.", f"Write `model {module}()` there.", value=module
    )


@cache
def module_words(module: str) -> frozenset[str]:
    """Every name in a module."""
    return frozenset(_WORD.findall(_body(module)))


def check_wiring(parts: Iterable[str]) -> None:
    """Refuse wiring lines that name an instance that no part has, or a symbol that its module has not.

    A line that names an instance of another part is left out where that part is not there; a misspelt name would be
    left out everywhere, and nothing would say so.

    Raises:
        InputError: Every such line.
    """
    known = declared_anywhere()
    found = [finding for part in parts for finding in _of_part(part, known)]
    if found:
        raise InputError(found)


def _of_part(part: str, known: Mapping[tuple[str, str], frozenset[str]]) -> Iterator[Finding]:
    file = f"biology/wiring/{part}.ant"
    for line, scope, name, symbol in places_of(part):
        if (scope, name) not in known:
            other = "BODY" if scope == "ZONE" else "ZONE"
            if (other, name) in known:
                yield Finding(
                    file, f"`{name}` stands in {other}.", f"Write `{other}.{name}`.", line, "", f"{scope}.{name}"
                )
                continue
            near = _near(name, {n for s, n in known if s == scope})
            yield Finding(file, "No part of any model has this instance.", near, line, "", f"{scope}.{name}")
            continue
        modules = known[scope, name]
        if symbol and not any(symbol in module_words(module) for module in modules):
            near = _near(symbol, {word for module in modules for word in module_words(module)})
            problem = f"The module of `{name}` has no such symbol."
            yield Finding(file, problem, near, line, "", f"{scope}.{name}.{symbol}")


def without_row(names: Iterable[str], modules: Mapping[str, str], species: str) -> InputError:
    """The error for symbols of the flat model that no table has.

    Args:
        names: Symbols of the flat model.
        modules: Instance name -> module.
        species: Whose parameters were asked for.
    """
    found: dict[tuple[str, str], Finding] = {}
    for name in names:
        instance = max((i for i in modules if name.startswith(f"{i}_")), key=len, default=None)
        symbol = name if instance is None else name.removeprefix(f"{instance}_")
        module = None if instance is None else modules[instance]
        found.setdefault((module or "", symbol), _without_row(module, symbol, species))
    return InputError(found.values())


def _without_row(module: str | None, symbol: str, species: str) -> Finding:
    others = {row.species: table for table in MODULES for row in parameter_rows(table) if row.symbol == symbol}
    if others:
        table = next(iter(others.values()))
        problem = f"The parameter has no row for {species}, only for {', '.join(sorted(others))}."
        remedy = f"Add one with species `{species}`, or write `any`."
        return Finding(f"biology/parameters/{table}.csv", problem, remedy, None, symbol)
    if module is None:
        remedy = "Add a row for it; its name is the same in every module that uses it."
        return Finding("biology/parameters", "This symbol has no row in any table.", remedy, None, symbol)
    file = module_file(module)
    if re.search(rf"(?<![\w.]){symbol}'?\s*:?=", _body(module)):
        problem = f"The module {module} computes this, and the table has no row for it."
        kind = "state" if re.search(rf"(?<![\w.]){symbol}'\s*=", _body(module)) else "read-out"
        remedy = f"Add the row: module {module}, symbol {symbol}, kind {kind}, its unit and its meaning."
        return Finding(f"biology/variables/{file}.csv", problem, remedy, None, symbol)
    problem = f"The module {module} uses this, and no table has a row for it."
    remedy = (
        f"If it is a number, add its row here; if another module gives it, add it to variables/{file}.csv as input."
    )
    return Finding(f"biology/parameters/{file}.csv", problem, remedy, None, symbol)


def open_inputs(names: Iterable[str], modules: Mapping[str, str]) -> InputError:
    """The error for inputs that nothing gives and that have no default."""
    found: dict[tuple[str, str], Finding] = {}
    for name in names:
        instance = max((i for i in modules if name.startswith(f"{i}_")), key=len)
        symbol, module = name.removeprefix(f"{instance}_"), modules[instance]
        scope, _, short = instance.partition("_")
        place = f"{'BODY' if scope == 'body' else 'ZONE'}.{short}.{symbol}"
        problem = f"No part of the model gives this input of {module}."
        remedy = f"Write `{place} := ...;` in a wiring file, or a number as its default here."
        file = f"biology/variables/{module_file(module)}.csv"
        found.setdefault((module, symbol), Finding(file, problem, remedy, None, symbol))
    return InputError(found.values())


def _near(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, sorted(known), n=1)
    return f"Did you mean `{near[0]}`?" if near else "Correct its spelling, or write the line that declares it."


@cache
def _body(module: str) -> str:
    text = re.sub(r"//.*", "", read_text(FOLDER / "modules" / f"{module_file(module)}.ant"))
    body = re.search(rf"^model {module}\(\)(.*?)^end", text, re.DOTALL | re.MULTILINE)
    return body[1] if body else ""
