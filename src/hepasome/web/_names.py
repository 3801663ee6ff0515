"""Names in addresses: what does not look like one never becomes a path."""

from __future__ import annotations

import re
from pathlib import Path

from hepasome.files import InputError, input_error, inside

STUDY = r"^[a-z][a-z0-9_]{0,63}$"
RUN = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$"
PRODUCT = r"^[A-Za-z][A-Za-z0-9_]{0,63}$"  # as a product file may call it
FIGURE = r"^[A-Za-z0-9][A-Za-z0-9_]{0,99}$"


class MissingError(Exception):
    """What was asked for is not there.

    Attributes:
        sentence: For the reader.
    """

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


class RefusedError(Exception):
    """What was asked for is not done now, and why.

    Attributes:
        sentence: For the reader.
    """

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


def named(folder: Path, name: str, form: str) -> Path:
    """The path of a name in a folder.

    Raises:
        MissingError: If it is no such name, or the path would leave the folder, also through links.
    """
    if not re.fullmatch(form, name):
        raise MissingError("There is nothing of this name.")
    try:
        return inside(folder, name, file=name)
    except InputError:
        raise MissingError("There is nothing of this name.") from None


def check_id(name: str, taken: set[str]) -> None:
    """Check the id of a new study.

    Raises:
        InputError: If it is no id, or taken.
    """
    if not re.fullmatch(STUDY, name):
        problem = "This is no id of a study."
        raise input_error(
            "study", problem, "Use small letters, digits and _, starting with a letter.", field="id", value=name
        )
    if name in taken:
        raise input_error("study", "There is a study of this id.", "Choose another one.", field="id", value=name)
