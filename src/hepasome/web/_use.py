"""A product in a study: an arm like the main treated one, with this product."""

from __future__ import annotations

from typing import Any

from hepasome.files import input_error
from hepasome.product import Product
from hepasome.trial import Study, main_arm, treated_arms
from hepasome.web._views import written


def with_arm(study: Study, product: Product, base: str) -> dict[str, Any]:
    """A study with one more arm, as plain data.

    Dose, route and schedule are those of the main treated arm that gets the same kind of product; what was done to
    that arm's product is not done to this one.

    Args:
        study: The study.
        product: What the new arm gets.
        base: What the study calls it.

    Raises:
        InputError: If no arm gets such a product, so that nobody says how it is given.
    """
    alike = [name for name in treated_arms(study) if _kind(study, name) == product.kind]
    if not alike:
        what = product.kind.replace("_", " ")
        problem, remedy = (
            f"No arm of this study gets {what}.",
            "Add the arm in the editor, with dose, route and schedule.",
        )
        raise input_error(study.id, problem, remedy, field="arms")
    main = main_arm(study)
    content = written(study)
    arm = dict(content["arms"][main if main in alike else alike[0]])
    arm["treatment"] = arm["treatment"] | {"product": {"base": base}}
    name, number = product.id, 2
    while name in content["arms"]:
        name, number = f"{product.id}_{number}", number + 1
    content["arms"] = content["arms"] | {name: arm}
    return content


def _kind(study: Study, arm: str) -> str:
    treatment = study.arms[arm].treatment
    return treatment.product.resolve().kind if treatment is not None else ""
