"""Reading text that somebody else wrote, without trusting it."""

from __future__ import annotations

import codecs
import math
import stat
from pathlib import Path

from hepasome.files._findings import input_error

MEGABYTE = 1_000_000


def read_text(path: Path | str, *, limit: int = 20 * MEGABYTE, encodings: tuple[str, ...] = ("utf-8-sig",)) -> str:
    """The text of a file, after checks that nothing later has to repeat.

    Args:
        path: The file.
        limit: Largest size that is read, bytes; a larger file is refused unread.
        encodings: Tried in order. Instruments that write Latin-1 need ("utf-8-sig", "latin-1").

    Returns:
        The whole text, with line ends as newline characters.

    Raises:
        InputError: If there is no such file, or it is a folder, a device, too large, binary or empty.
    """
    path = Path(path)
    name = str(path)
    try:
        status = path.stat()
    except (OSError, ValueError):
        raise input_error(name, "There is no such file.", "Check the path and its spelling.") from None
    if not stat.S_ISREG(status.st_mode):
        raise input_error(name, "This is a folder or a device, not a file.", "Give the path of one text file.")
    if status.st_size > limit:
        size, most = math.ceil(10 * status.st_size / MEGABYTE) / 10, limit / MEGABYTE
        raise input_error(
            name,
            f"The file has {size:,} MB; this kind of file never has more than {most:g} MB.",
            "Export the summary or the table alone, not raw videos or reads.",
        )
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise input_error(name, f"The file cannot be read: {error.strerror}.", "Check its permissions.") from None
    return decode_text(raw, name, encodings)


def decode_text(raw: bytes, name: str, encodings: tuple[str, ...] = ("utf-8-sig",)) -> str:
    """Text from bytes, wherever they come from, after the checks of `read_text`.

    Args:
        raw: The whole file.
        name: What messages call it.
        encodings: Tried in order.

    Raises:
        InputError: If it is binary, empty or in another encoding.
    """
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise input_error(name, 'This is UTF-16 text ("Unicode text" in Excel).', "Save it as UTF-8, or as CSV UTF-8.")
    if b"\0" in raw:
        raise input_error(
            name,
            "This is a binary file, not text.",
            "Export it as CSV or YAML text from the program that wrote it.",
        )
    if not raw.removeprefix(codecs.BOM_UTF8).strip():
        raise input_error(name, "The file is empty.", "Export it again.")
    for encoding in encodings:
        try:
            return raw.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeDecodeError:
            continue
    raise input_error(name, "The file is not UTF-8 text.", "Save it as UTF-8.")


def inside(folder: Path, name: str, *, file: str) -> Path:
    """The path of `name` in `folder`, where a name that points outside of the folder is refused.

    Args:
        folder: Where the file must lie.
        name: Relative path as a user wrote it in `file`.
        file: The file that names it, for the message.

    Returns:
        The resolved path; it need not exist.

    Raises:
        InputError: If the path is absolute or leaves the folder, also through links.
    """
    base = folder.resolve()
    try:
        target = (base / name).resolve()
    except (OSError, RuntimeError, ValueError):  # a link to itself, or a name no file can have
        raise input_error(file, "This is not the path of a file.", "Correct it.", value=name) from None
    if Path(name).is_absolute() or not target.is_relative_to(base):
        raise input_error(
            file,
            "A path leaves the folder of the file that names it.",
            f"Put the file into {base}.",
            value=name,
        )
    return target
