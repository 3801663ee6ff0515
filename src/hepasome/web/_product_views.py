"""From what is known of products to what the API gives, and so to what the pages show."""

from __future__ import annotations

import shlex
from base64 import b64encode
from pathlib import Path
from typing import Any

from hepasome.files import Finding, InputError
from hepasome.product import IdentityItem, Product, check_product, load_product
from hepasome.web._product_folder import (
    CONTROL,
    FIGURES,
    FILES,
    Reading,
    product_in,
    read_answers,
)
from hepasome.web._product_models import (
    LISTS,
    AnswerView,
    ProductSummary,
    ProductView,
    ProteinView,
    QuestionView,
    ReadingView,
)
from hepasome.web._products import ProductEntry, Products
from hepasome.web._render import part
from hepasome.web._views import findings

_OPTIONS = {answer: option for option, answer in LISTS.items()}


def product_summary(entry: ProductEntry) -> ProductSummary:
    """A product in a list."""
    return ProductSummary(**_summary(entry))


def product_view(products: Products, entry: ProductEntry) -> ProductView:
    """A product in whole."""
    if entry.product is None:
        return ProductView(**_summary(entry), text="")
    folder = entry.path.parent if entry.reading is not None else None
    return _view(_summary(entry), entry.text, entry.product, products.pictures(entry.id), entry.reading, folder)


def reading_view(folder: Path, found: Reading) -> ReadingView:
    """What laboratory files gave; `folder` is where they were read."""
    if found.problems:
        return ReadingView(problems=findings(InputError(unanswered(found))))
    view = ReadingView(
        questions=[_question(one) for one in found.questions],
        findings=found.findings,
        derivations=found.derivations,
        assumptions=found.assumptions,
    )
    if found.product is None:
        return view
    path = product_in(folder, found.product)
    product = load_product(path)
    drawn = {one.stem: one.read_bytes() for one in sorted((folder / FIGURES).glob("*.svg"), reverse=True)}
    summary = _summary(ProductEntry(found.product, True, path, product))
    view.product = _view(summary, path.read_text(encoding="utf-8"), product, list(drawn), found, folder)
    sources = {name: f"data:image/svg+xml;base64,{b64encode(drawing).decode()}" for name, drawing in drawn.items()}
    view.preview = part("product_parts.html.j2", product=view.product, sources=sources, figures="")
    return view


def unanswered(found: Reading) -> list[Finding]:
    """Why there is no product: what is wrong, and what is asked, as findings."""
    asked = [_question(one) for one in found.questions]
    return [
        *(_problem(one) for one in found.problems),
        *(Finding("your answers", one.text, one.why, field=one.fields[0]) for one in asked),
    ]


def command(folder: Path, name: str) -> str:
    """The command that reads the same product from the same files, from the folder that is served."""
    told = read_answers(folder)
    files = [f"products/{name}/{FILES}/{file}" for file in _names(folder / FILES)]
    words = ["hepasome", "product", "read", *files]
    for field, value in told.items():
        option = f"--{_OPTIONS.get(field, field).replace('_', '-')}"
        for one in value if isinstance(value, list) else [value]:
            if one is True:
                words.append(option)
            elif one not in (None, False, ""):
                written = repr(one).removesuffix(".0") if isinstance(one, float) else str(one)
                words += [f"{option}={written}"] if written.startswith("-") else [option, written]
    words += [word for file in _names(folder / CONTROL) for word in ("--control", f"products/{name}/{CONTROL}/{file}")]
    return shlex.join(words)


def fields_of(flag: str) -> list[str]:
    """Fields of the form for options of the command line: `--total-copies or --assume-native`."""
    return [one.removeprefix("--").replace("-", "_") if one != "FILE" else "files" for one in flag.split(" or ")]


def _view(
    summary: dict[str, Any],
    text: str,
    product: Product,
    pictures: list[str],
    reading: Reading | None,
    folder: Path | None,
) -> ProductView:
    check, vesicles = check_product(product), product.vesicles
    return ProductView(
        **summary,
        text=text,
        purity=vesicles.particles_per_ug.model_dump() if vesicles.particles_per_ug is not None else None,
        identity=[_answer(item) for item in check.part("identity")],
        missing=[_answer(item) for item in check.missing],
        kept=product.storage.kept().value,
        stored=product.storage.temperature is not None,
        findings=list(vesicles.notes),
        assumptions=list(vesicles.assumptions),
        derivations=reading.derivations if reading is not None else [],
        proteins=[ProteinView(**one) for one in reading.proteins] if reading is not None else [],
        files=[*_names(folder / FILES), *_names(folder / CONTROL)] if folder is not None else [],
        command=command(folder, summary["id"]) if folder is not None else "",
        pictures=pictures,
    )


def _summary(entry: ProductEntry) -> dict[str, Any]:
    product = entry.product
    if product is None:
        return {"id": entry.id, "name": entry.id, "own": entry.own, "problem": str(entry.error)}
    check = check_product(product)
    asked = len(check.part("report"))
    return {
        "id": entry.id,
        "name": product.name,
        "own": entry.own,
        "kind": product.kind.replace("_", " "),
        "source_cell": product.source_cell,
        "species": product.source_species,
        "cargo": len(product.vesicles.cargo),
        "told": asked - len(check.missing),
        "asked": asked,
    }


def _answer(item: IdentityItem) -> AnswerView:
    asked = item.criterion
    return AnswerView(
        question=asked.question, answer=item.answer, found=item.found, remedy=asked.remedy, source=asked.source
    )


def _question(one: dict[str, str]) -> QuestionView:
    return QuestionView(text=one["text"], why=one["why"], fields=fields_of(one["flag"]))


def _problem(one: dict[str, Any]) -> Finding:
    field = str(one["field"])
    place = fields_of(field)[0] if field.startswith("--") else field
    return Finding("your files", one["problem"], one["remedy"], one["line"], place, one["value"])


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*"))
